package packaging

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// bundle is what a test of this step works with.
type bundle struct {
	set    *location.Set
	tools  *ffmpeg.Tools
	folder *location.Folder // of the encoded files
	media  vod.Location
}

func setup(t *testing.T) *bundle {
	t.Helper()
	dir := t.TempDir()
	store := vod.Location{Name: "store", Type: vod.LocationFile, Path: filepath.Join(dir, "store")}
	set, err := location.New(location.Config{Named: map[string]vod.Location{"store": store}})
	if err != nil {
		t.Fatal(err)
	}
	tools, err := ffmpeg.New(ffmpeg.Config{})
	if err != nil {
		t.Fatal(err)
	}
	b := &bundle{set: set, tools: tools, media: store}
	b.folder, err = set.Create(t.Context(), b.job(t, 0), store)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// job is an attempt of packaging with that nominal duration, 0 for the default.
func (b *bundle) job(t *testing.T, segment float64) step.Job {
	t.Helper()
	profile, err := json.Marshal(Profile{Name: "cmaf", Type: Type, TargetLocation: b.media, SegmentDuration: segment})
	if err != nil {
		t.Fatal(err)
	}
	return step.Job{
		Tenant: "acme", IngestID: uuid.NewString(), TaskID: uuid.NewString(), Attempt: 1,
		Profile: profile, LabelOut: "packaged", Scratch: t.TempDir(),
		Progress: func(float64) {}, Trace: func([]string, string) {}, Log: slog.New(slog.DiscardHandler),
	}
}

// run packages the files, each given as media type and name.
func (b *bundle) run(ctx context.Context, job step.Job, files ...[2]string) (step.Result, error) {
	for _, f := range files {
		job.Inputs = append(job.Inputs, vod.Fileset{
			Labels: []string{"encoded"},
			Files:  []vod.File{{MediaType: f[0], URI: b.folder.URI(f[1])}},
		})
	}
	return New(b.tools, b.set, nil).Run(ctx, job)
}

// outputFolder is the folder with the package.
func (b *bundle) outputFolder(t *testing.T, r step.Result) string {
	t.Helper()
	path, err := b.set.Local(t.Context(), step.Job{Tenant: "acme"}, r.Outputs[0].Files[0].URI)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(path)
}

// ffmpegRun runs ffmpeg in the folder of the encoded files.
func (b *bundle) ffmpegRun(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ffmpeg", append([]string{"-v", "error", "-y", "-nostdin"}, args...)...)
	cmd.Dir = b.folder.Path()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %v: %v\n%s", args, err, out)
	}
}

// video makes a rendition with keyframes every two seconds.
func (b *bundle) video(t *testing.T, name string, height int, rate string, seconds float64) {
	t.Helper()
	b.ffmpegRun(t, "-f", "lavfi", "-i", fmt.Sprintf("testsrc2=s=%dx%d:r=%s:d=%g", height*16/9/2*2, height, rate, seconds),
		"-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-x264-params", "scenecut=0:open-gop=0",
		"-force_key_frames", "expr:gte(t,n_forced*2)", name)
}

// audio makes an audio track with the language.
func (b *bundle) audio(t *testing.T, name, language string, rate int, seconds float64) {
	t.Helper()
	b.ffmpegRun(t, "-f", "lavfi", "-i", fmt.Sprintf("sine=frequency=440:sample_rate=%d:duration=%g", rate, seconds),
		"-ac", "2", "-c:a", "aac", "-b:a", "64k", "-metadata:s:a:0", "language="+language, name)
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
