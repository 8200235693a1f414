package encoding

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const tenant = "acme"

// bench is a step with real tools and locations.
type bench struct {
	tools     *ffmpeg.Tools
	locations *location.Set
	store     vod.Location
	runner    step.Runner
	scratch   string
	shares    []float64 // progress of the last run
	command   []string  // traced by the last run
}

func setup(t *testing.T, config ffmpeg.Config) *bench {
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
	return &bench{tools: tools, locations: set, store: store, runner: New(tools, set), scratch: t.TempDir()}
}

func (b *bench) job() step.Job {
	return step.Job{
		Tenant: tenant, AssetID: "1", IngestID: uuid.NewString(), TaskID: uuid.NewString(), Attempt: 1,
		MediaKey: strings.Repeat("ab", 16), Scratch: b.scratch, Log: slog.New(slog.DiscardHandler),
		Progress: func(float64) {}, Trace: func([]string, string) {},
	}
}

// retrieved puts files where retrieval would have, and gives their fileset.
func (b *bench) retrieved(t *testing.T, paths ...string) vod.Fileset {
	t.Helper()
	folder, err := b.locations.Create(context.Background(), b.job(), b.store)
	if err != nil {
		t.Fatal(err)
	}
	set := vod.Fileset{Labels: []string{"retrieved"}}
	for _, path := range paths {
		name := filepath.Base(path)
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder.Path(), name), content, 0o600); err != nil {
			t.Fatal(err)
		}
		set.Files = append(set.Files, vod.File{MediaType: vod.MediaVideo, URI: folder.URI(name)})
	}
	if _, err := folder.Commit(context.Background()); err != nil {
		t.Fatal(err)
	}
	return set
}

// encode runs the step on one fileset with further fields of the profile.
func (b *bench) encode(ctx context.Context, t *testing.T, set vod.Fileset, fields map[string]any) (step.Result, error) {
	t.Helper()
	job := b.job()
	job.Inputs, job.Profile, job.LabelOut = []vod.Fileset{set}, profileFor(t, b, fields), "encoded"
	job.Progress = func(share float64) { b.shares = append(b.shares, share) }
	job.Trace = func(command []string, _ string) { b.command = command }
	return b.runner.Run(ctx, job)
}

// profileFor is a profile that encodes fast, with further fields.
func profileFor(t *testing.T, b *bench, fields map[string]any) json.RawMessage {
	t.Helper()
	profile := map[string]any{"name": "p", "type": Type, "targetLocation": b.store, "preset": "ultrafast", "passThrough": false}
	for key, value := range fields {
		profile[key] = value
	}
	text, err := json.Marshal(profile)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// output is what a run put out.
type output struct {
	dir   string
	files []vod.File
	notes media.EncodingNotes
}

// completed runs the step and reads what it put out.
func (b *bench) completed(t *testing.T, fields map[string]any, paths ...string) output {
	t.Helper()
	result, err := b.encode(context.Background(), t, b.retrieved(t, paths...), fields)
	if err != nil {
		t.Fatalf("%v\n%q", err, b.command)
	}
	if len(result.Outputs) != 1 {
		t.Fatalf("outputs %+v", result.Outputs)
	}
	return b.read(t, result.Outputs[0])
}

func (b *bench) read(t *testing.T, set vod.Fileset) output {
	t.Helper()
	out := output{files: set.Files}
	for _, f := range out.files {
		path, err := b.locations.Local(t.Context(), step.Job{Tenant: tenant}, f.URI)
		if err != nil {
			t.Fatal(err)
		}
		out.dir = filepath.Dir(path)
	}
	text, err := os.ReadFile(filepath.Join(out.dir, media.NotesName))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &out.notes); err != nil {
		t.Fatal(err)
	}
	return out
}

// refused runs the step on a bad source, and checks that nothing is left of it.
func (b *bench) refused(t *testing.T, paths ...string) *vod.StepError {
	t.Helper()
	set := b.retrieved(t, paths...)
	before := files(t, b.store.Path)
	_, err := b.encode(context.Background(), t, set, nil)
	var se *vod.StepError
	if !errors.As(err, &se) {
		t.Fatalf("got %v, want a StepError", err)
	}
	if se.Class != vod.ClassMedia || se.Reason != vod.ReasonBadMedia {
		t.Errorf("got %s, %s: %v", se.Class, se.Reason, se)
	}
	if after := files(t, b.store.Path); len(after) != len(before) {
		t.Errorf("files left behind: %v", after)
	}
	return se
}

func files(t *testing.T, root string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
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

// generate makes a source with the real ffmpeg.
func generate(t *testing.T, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	ff(t, append(args, ffmpeg.FileURL(path))...)
	return path
}

func ff(t *testing.T, args ...string) string {
	t.Helper()
	argv := append([]string{"-hide_banner", "-v", "info", "-nostdin", "-y"}, args...)
	out, err := exec.Command("ffmpeg", argv...).CombinedOutput()
	if err != nil {
		t.Fatalf("ffmpeg %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// pattern is a moving picture with detail.
func pattern(size string, rate string, duration string) []string {
	return []string{"-f", "lavfi", "-i", fmt.Sprintf("testsrc2=size=%s:rate=%s:duration=%s", size, rate, duration)}
}

// tone is a sine at a frequency in Hz.
func tone(frequency int, duration string) []string {
	return []string{"-f", "lavfi", "-i", fmt.Sprintf("sine=frequency=%d:duration=%s:sample_rate=48000", frequency, duration)}
}

func x264(more ...string) []string {
	return append([]string{"-c:v", "libx264", "-preset", "ultrafast", "-crf", "12"}, more...)
}

func cat(parts ...[]string) []string {
	var all []string
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

var ssimAll = regexp.MustCompile(`SSIM .*All:([0-9.]+)`)

// similar compares the largest rendition with the source at three points.
// filter is what makes the source's picture the one expected.
func (o output) similar(t *testing.T, source, filter string) {
	t.Helper()
	v := o.notes.Video[0]
	for _, share := range []float64{0.1, 0.5, 0.9} {
		at := int64(share * float64(v.Frames))
		one := fmt.Sprintf("trim=start_frame=%d:end_frame=%d,setpts=0", at, at+1)
		still := fmt.Sprintf("fps=%s:start_time=0,%s,scale=%d:%d,setsar=1,format=yuv420p", o.notes.FrameRate, one, v.Width, v.Height)
		if filter != "" {
			still = filter + "," + still
		}
		log := ff(t, "-i", ffmpeg.FileURL(source), "-i", filepath.Join(o.dir, v.File),
			"-filter_complex", "[0:v:0]"+still+"[a];[1:v:0]"+one+"[b];[a][b]ssim", "-f", "null", "-")
		m := ssimAll.FindStringSubmatch(log)
		if m == nil {
			t.Fatalf("no SSIM at frame %d:\n%s", at, log)
		}
		if got, err := strconv.ParseFloat(m[1], 64); err != nil || got < 0.9 {
			t.Errorf("SSIM at frame %d is %s", at, m[1])
		}
	}
}

// lasts checks that every track lasts as long as expected, within a frame.
func (o output) lasts(t *testing.T, want time.Duration) {
	t.Helper()
	frame := 0.0215 // of AAC at 48 kHz
	if o.notes.FrameRate.Valid() {
		frame = math.Max(frame, 1/o.notes.FrameRate.Float())
	}
	for _, v := range o.notes.Video {
		if math.Abs(v.Duration-want.Seconds()) > frame+1e-3 {
			t.Errorf("%s lasts %.4f s, want %v", v.File, v.Duration, want)
		}
	}
	for _, a := range o.notes.Audio {
		if math.Abs(a.Duration-want.Seconds()) > frame+1e-3 {
			t.Errorf("%s lasts %.4f s, want %v", a.File, a.Duration, want)
		}
	}
}

// sized checks the size of the largest rendition and of its file.
func (o output) sized(t *testing.T, width, height int) {
	t.Helper()
	v := o.notes.Video[0]
	if v.Width != width || v.Height != height {
		t.Errorf("size %dx%d, want %dx%d", v.Width, v.Height, width, height)
	}
}
