package subtitles_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/media/subtitle"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/step/subtitles"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const tenant = "acme"

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a step with real tools and locations.
type bench struct {
	locations *location.Set
	store     vod.Location
	runner    step.Runner
	traces    int // of ffmpeg
}

func setup(t *testing.T) *bench {
	t.Helper()
	return setupWith(t, ffmpeg.Config{})
}

func setupWith(t *testing.T, config ffmpeg.Config) *bench {
	t.Helper()
	tools, err := ffmpeg.New(config)
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	store := vod.Location{Name: location.NameStore, Type: vod.LocationFile, Path: root}
	set, err := location.New(location.Config{Named: map[string]vod.Location{store.Name: store}})
	if err != nil {
		t.Fatal(err)
	}
	return &bench{locations: set, store: store, runner: subtitles.New(tools, set)}
}

func (b *bench) job(t *testing.T) step.Job {
	t.Helper()
	return step.Job{
		Tenant: tenant, AssetID: "1", IngestID: uuid.NewString(), TaskID: uuid.NewString(), Attempt: 1,
		MediaKey: strings.Repeat("ab", 16), Log: slog.New(slog.DiscardHandler), LabelOut: "subtitles",
		Scratch: filepath.Join(t.TempDir(), "scratch"), Profile: b.profile(t, nil),
		Progress: func(float64) {}, Trace: func([]string, string) { b.traces++ },
	}
}

func (b *bench) profile(t *testing.T, fields map[string]any) json.RawMessage {
	t.Helper()
	profile := map[string]any{"name": "p", "type": subtitles.Type, "targetLocation": b.store}
	for key, value := range fields {
		profile[key] = value
	}
	text, err := json.Marshal(profile)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// source is a file to put where retrieval would have.
type source struct {
	name, language string
	text           string // of a subtitle file
	path           string // of a video file instead
}

// retrieved makes the fileset that retrieval would have put out.
func (b *bench) retrieved(t *testing.T, sources ...source) vod.Fileset {
	t.Helper()
	folder, err := b.locations.Create(context.Background(), b.job(t), b.store)
	if err != nil {
		t.Fatal(err)
	}
	set := vod.Fileset{Labels: []string{"retrieved"}}
	for _, s := range sources {
		file := vod.File{MediaType: vod.MediaSubtitle, URI: folder.URI(s.name)}
		content := []byte(s.text)
		if s.path != "" {
			file.MediaType = vod.MediaVideo
			if content, err = os.ReadFile(s.path); err != nil {
				t.Fatal(err)
			}
		}
		if s.language != "" {
			file.Language = &s.language
		}
		if err := os.WriteFile(filepath.Join(folder.Path(), s.name), content, 0o600); err != nil {
			t.Fatal(err)
		}
		set.Files = append(set.Files, file)
	}
	if _, err := folder.Commit(context.Background()); err != nil {
		t.Fatal(err)
	}
	return set
}

// output is what a run put out.
type output struct {
	set     vod.Fileset
	notes   media.SubtitleNotes
	texts   []string // of the WebVTT files, without their first line
	remarks []string
}

// completed runs the step on sources and reads what it put out.
func (b *bench) completed(t *testing.T, fields map[string]any, sources ...source) output {
	t.Helper()
	job := b.job(t)
	job.Inputs, job.Profile = []vod.Fileset{b.retrieved(t, sources...)}, b.profile(t, fields)
	result, err := b.runner.Run(context.Background(), job)
	if err != nil {
		t.Fatal(err)
	}
	return b.read(t, result)
}

func (b *bench) read(t *testing.T, result step.Result) output {
	t.Helper()
	var out output
	if result.Report != nil {
		out.remarks = result.Report.Remarks
	}
	if len(result.Outputs) == 0 {
		return out
	}
	out.set = result.Outputs[0]
	if len(result.Outputs) > 1 || !b.locations.Exists(t.Context(), tenant, result.Outputs) {
		t.Fatalf("outputs %+v", result.Outputs)
	}
	for i, f := range out.set.Files {
		path, err := b.locations.Local(t.Context(), step.Job{Tenant: tenant}, f.URI)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		track, err := subtitle.ParseWebVTT(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		out.texts = append(out.texts, strings.TrimPrefix(string(text), "WEBVTT\n\n"))
		if i == 0 {
			readNotes(t, filepath.Join(filepath.Dir(path), media.SubtitleNotesName), &out.notes)
		}
		note := out.notes.Tracks[i]
		if filepath.Base(path) != note.File || note.Cues != len(track.Cues) || note.End != track.End().Seconds() {
			t.Errorf("note %+v for %s", note, path)
		}
	}
	return out
}

func readNotes(t *testing.T, path string, notes *media.SubtitleNotes) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, notes); err != nil {
		t.Fatal(err)
	}
}

// failed runs the step on bad sources, and checks that nothing is left of it.
func (b *bench) failed(t *testing.T, fields map[string]any, sources ...source) *vod.StepError {
	t.Helper()
	job := b.job(t)
	job.Inputs, job.Profile = []vod.Fileset{b.retrieved(t, sources...)}, b.profile(t, fields)
	before := files(t, b.store.Path)
	_, err := b.runner.Run(context.Background(), job)
	var se *vod.StepError
	if !errors.As(err, &se) {
		t.Fatalf("got %v, want a StepError", err)
	}
	if after := files(t, b.store.Path); len(after) != len(before) {
		t.Errorf("files left behind: %v", after)
	}
	return se
}

func files(t *testing.T, root string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// generate makes a video file of six seconds with the real ffmpeg. The inputs
// are further files, from number 2 on.
func generate(t *testing.T, name string, inputs []string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	argv := []string{
		"-hide_banner", "-v", "error", "-nostdin", "-y",
		"-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=6", "-f", "lavfi", "-i", "sine=duration=6:sample_rate=48000",
	}
	for _, in := range inputs {
		argv = append(argv, "-i", in)
	}
	argv = append(argv, "-map", "0", "-map", "1", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac")
	out, err := exec.Command("ffmpeg", append(append(argv, args...), path)...).CombinedOutput()
	if err != nil {
		t.Fatalf("ffmpeg %q: %v\n%s", args, err, out)
	}
	return path
}

// file writes a text to a file.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
