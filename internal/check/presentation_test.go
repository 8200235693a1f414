package check_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/check"
	"github.com/via-orchestrate/orchestrate/internal/check/fetch"
	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/step/packaging"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// clips are encoded files to make presentations from.
type clips struct {
	tools *ffmpeg.Tools
	set   *location.Set
	store vod.Location
	dir   *location.Folder
}

func newClips(t *testing.T) *clips {
	t.Helper()
	store := vod.Location{Name: "store", Type: vod.LocationFile, Path: filepath.Join(t.TempDir(), "store")}
	set, err := location.New(location.Config{Named: map[string]vod.Location{"store": store}})
	if err != nil {
		t.Fatal(err)
	}
	tools, err := ffmpeg.New(ffmpeg.Config{})
	if err != nil {
		t.Fatal(err)
	}
	c := &clips{tools: tools, set: set, store: store}
	if c.dir, err = set.Create(t.Context(), c.job(t, 2), store); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *clips) job(t *testing.T, segment float64) step.Job {
	t.Helper()
	profile, err := json.Marshal(packaging.Profile{Name: "cmaf", Type: packaging.Type, TargetLocation: c.store, SegmentDuration: segment})
	if err != nil {
		t.Fatal(err)
	}
	return step.Job{
		Tenant: "acme", IngestID: uuid.NewString(), TaskID: uuid.NewString(), Attempt: 1, Profile: profile,
		LabelOut: "packaged", Scratch: t.TempDir(), Progress: func(float64) {}, Trace: func([]string, string) {}, Log: slog.New(slog.DiscardHandler),
	}
}

func (c *clips) ffmpeg(t *testing.T, args string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ffmpeg", append([]string{"-v", "error", "-y", "-nostdin"}, strings.Fields(args)...)...)
	cmd.Dir = c.dir.Path()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %s: %v\n%s", args, err, out)
	}
}

const (
	seconds = 8
	x264    = " -pix_fmt yuv420p -c:v libx264 -preset ultrafast -bf 2 -x264-params scenecut=0:open-gop=0 -force_key_frames expr:gte(t,n_forced*2) "
	x265    = " -pix_fmt yuv420p -c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=50:min-keyint=50:scenecut=0:open-gop=0 -tag:v hvc1 "
)

func (c *clips) video(t *testing.T, name, source, codec string) {
	t.Helper()
	c.ffmpeg(t, fmt.Sprintf("-f lavfi -i %s:d=%d%s%s", source, seconds, codec, name))
}

func (c *clips) audio(t *testing.T, name, source, language string) {
	t.Helper()
	c.ffmpeg(t, fmt.Sprintf("-f lavfi -i %s:d=%d -ar 48000 -ac 2 -c:a aac -b:a 64k -metadata:s:a:0 language=%s %s", source, seconds, language, name))
}

// standard makes two renditions in H.264, one in HEVC and two languages.
func (c *clips) standard(t *testing.T) {
	t.Helper()
	c.video(t, "v180.mp4", "testsrc2=s=320x180:r=25", x264)
	c.video(t, "v360.mp4", "testsrc2=s=640x360:r=25", x264)
	c.video(t, "h180.mp4", "testsrc2=s=320x180:r=25", x265)
	c.audio(t, "eng.mp4", "sine=f=440", "eng")
	c.audio(t, "nor.mp4", "sine=f=660", "nor")
}

// packaged packages the files with the real step and gives the folder.
func (c *clips) packaged(t *testing.T, segment float64, files ...string) string {
	t.Helper()
	job := c.job(t, segment)
	for _, name := range files {
		kind := vod.MediaVideo
		switch {
		case strings.HasSuffix(name, ".vtt"):
			kind = vod.MediaSubtitle
		case !strings.HasPrefix(name, "v") && !strings.HasPrefix(name, "h"):
			kind = vod.MediaAudio
		}
		job.Inputs = append(job.Inputs, vod.Fileset{Labels: []string{"encoded"}, Files: []vod.File{{MediaType: kind, URI: c.dir.URI(name)}}})
	}
	result, err := packaging.New(c.tools, c.set, nil).Run(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	path, err := c.set.Local(t.Context(), step.Job{Tenant: "acme"}, result.Outputs[0].Files[0].URI)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(path)
}

// checked checks a folder.
func (c *clips) checked(t *testing.T, dir string, change func(*check.Options)) *check.Report {
	t.Helper()
	folder, err := fetch.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	o := check.Options{Source: folder, Tools: c.tools, Scratch: t.TempDir()}
	if o.Manifests, err = check.FindManifests(os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&o)
	}
	report, err := check.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func wantClean(t *testing.T, name string, r *check.Report, tracks int) {
	t.Helper()
	for _, f := range r.Findings {
		if f.Severity != check.Info {
			t.Errorf("%s: %s %s: %s: %s", name, f.Severity, f.Rule, f.Where, f.Message)
		}
	}
	if len(r.Tracks) != tracks {
		t.Errorf("%s: %d tracks were read instead of %d", name, len(r.Tracks), tracks)
	}
}
