package distribution_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const key = "0123456789abcdef0123456789abcdef"

// bundle is a set of locations in folders of the test's own.
type bundle struct {
	set          *location.Set
	store, media string
	job          step.Job
	shares       *[]float64
}

func setup(t testing.TB) bundle { return setupAt(t, t.TempDir(), "media") }

// setupAt has the served folder apart, so that it can be a disk of its own.
func setupAt(t testing.TB, dir, media string) bundle {
	t.Helper()
	b := bundle{store: filepath.Join(dir, "store"), media: media, shares: &[]float64{}}
	if !filepath.IsAbs(media) {
		b.media = filepath.Join(dir, media)
	}
	set, err := location.New(location.Config{
		Named: map[string]vod.Location{
			"store":  {Name: "store", Type: vod.LocationFile, Path: b.store},
			"media":  {Name: "media", Type: vod.LocationFile, Path: b.media},
			"public": {Name: "public", Type: vod.LocationWeb, BaseURL: "http://127.0.0.1:8080/media"},
			"cdn":    {Name: "cdn", Type: vod.LocationWeb, BaseURL: "https://cdn.example/vod"},
		},
		Media: b.media,
	})
	must(t, err)
	b.set = set
	b.job = step.Job{
		Tenant: "acme", AssetID: "1", IngestID: uuid.NewString(), TaskID: uuid.NewString(), Attempt: 1, MediaKey: key,
		LabelOut: "distributed",
		Progress: func(share float64) { *b.shares = append(*b.shares, share) },
		Log:      slog.New(slog.DiscardHandler),
	}
	return b
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// folder makes the committed folder of another task.
func (b bundle) folder(t testing.TB, files map[string]string) *location.Folder {
	t.Helper()
	f := b.bare(t, files)
	_, err := f.Commit(t.Context())
	must(t, err)
	return f
}

func (b bundle) bare(t testing.TB, files map[string]string) *location.Folder {
	t.Helper()
	job := b.job
	job.TaskID = uuid.NewString()
	f, err := b.set.Create(t.Context(), job, vod.Location{Name: "store"})
	must(t, err)
	for name, text := range files {
		path := filepath.Join(f.Path(), name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o750))
		must(t, os.WriteFile(path, []byte(text), 0o640))
	}
	return f
}

func fileset(kind, mediaType, uri string) vod.Fileset {
	md5sum := "d41d8cd98f00b204e9800998ecf8427e"
	return vod.Fileset{
		Files:    []vod.File{{MediaType: mediaType, URI: uri, MD5Sum: &md5sum}},
		Location: &vod.Location{Name: "store"}, Labels: []string{"packaged", kind},
	}
}

func (b bundle) run(t testing.TB, r step.Runner, profile any, inputs ...vod.Fileset) (step.Result, error) {
	t.Helper()
	text, err := json.Marshal(profile)
	must(t, err)
	b.job.Profile, b.job.Inputs = text, inputs
	return r.Run(t.Context(), b.job)
}

func wantError(t testing.TB, err error, class vod.Class, reason vod.Reason, message string) {
	t.Helper()
	se := vod.AsStepError(err)
	if err == nil || se.Class != class || se.Reason != reason || !contains(se.Message, message) {
		t.Errorf("error is %s %s %q (%v), want %s %s %q", se.Class, se.Reason, se.Message, se.Cause, class, reason, message)
	}
}

func (b bundle) wantNothing(t testing.TB) {
	t.Helper()
	left, err := os.ReadDir(b.media)
	if err != nil && !errors.Is(err, os.ErrNotExist) || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
