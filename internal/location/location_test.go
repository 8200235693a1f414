package location_test

import (
	"context"
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
	set    *location.Set
	store  string
	media  string
	shared string // inline folder of every tenant
	own    string // inline folder of tenant "acme"
	named  map[string]vod.Location
}

func setup(t *testing.T) bundle {
	t.Helper()
	return setupIn(t, t.TempDir())
}

func setupIn(t *testing.T, dir string) bundle {
	t.Helper()
	b := bundle{
		store: filepath.Join(dir, "store"), media: filepath.Join(dir, "media"),
		shared: filepath.Join(dir, "shared"), own: filepath.Join(dir, "own"),
	}
	b.named = map[string]vod.Location{
		"store":  {Name: "store", Type: vod.LocationFile, Path: b.store},
		"media":  {Name: "media", Type: vod.LocationFile, Path: b.media},
		"public": {Name: "public", Type: vod.LocationWeb, BaseURL: "http://127.0.0.1:8080/media"},
	}
	set, err := location.New(location.Config{
		Named: b.named, Media: b.media,
		Folders: map[string][]string{"*": {b.shared}, "acme": {b.own}},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.set = set
	return b
}

func newJob(tenant string) step.Job {
	return step.Job{Tenant: tenant, AssetID: "1", IngestID: uuid.NewString(), TaskID: uuid.NewString(), Attempt: 1, MediaKey: key}
}

func create(t *testing.T, b bundle, job step.Job, loc vod.Location) *location.Folder {
	t.Helper()
	f, err := b.set.Create(t.Context(), job, loc)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func TestFolderOfAnAttempt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := newJob("acme")
	for name, want := range map[string]string{
		"store": filepath.Join(b.store, "acme", job.IngestID, job.TaskID, "1"),
		"media": filepath.Join(b.media, key, job.TaskID, "1"),
	} {
		f := create(t, b, job, vod.Location{Name: name})
		if f.Path() != want {
			t.Errorf("%s: path is %s, want %s", name, f.Path(), want)
		}
		if f.Location() != b.named[name] {
			t.Errorf("%s: location is %+v", name, f.Location())
		}
		write(t, filepath.Join(f.Path(), "left over"), "x")
		if create(t, b, job, vod.Location{Name: name}); exists(filepath.Join(want, "left over")) {
			t.Errorf("%s: what was there before is still there", name)
		}
	}
}

func TestCommitAndRead(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := newJob("acme")
	f := create(t, b, job, vod.Location{Name: "store"})
	write(t, filepath.Join(f.Path(), "a b#%é'.mp4"), "hello")
	write(t, filepath.Join(f.Path(), "video", "1.m4s"), "")
	uri := f.URI("a b#%é'.mp4")
	if _, err := b.set.Inventory(t.Context(), "acme", uri); vod.AsStepError(err).Reason != vod.ReasonSourceMissing {
		t.Fatalf("before Commit: %v", err)
	}
	inv, err := f.Commit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []location.Entry{
		{Name: "a b#%é'.mp4", Size: 5, SHA256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"},
		{Name: "video/1.m4s", Size: 0, SHA256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	}
	if len(inv.Files) != 2 || inv.Files[0] != want[0] || inv.Files[1] != want[1] {
		t.Fatalf("inventory is %+v", inv)
	}
	read, err := b.set.Inventory(t.Context(), "acme", uri)
	if err != nil || len(read.Files) != 2 || read.Files[1] != want[1] || read.Folder() != f.Path() {
		t.Fatalf("read back: %+v, %v", read, err)
	}
	path, err := b.set.Local(t.Context(), step.Job{Tenant: "acme"}, uri)
	if err != nil || path != filepath.Join(f.Path(), "a b#%é'.mp4") {
		t.Fatalf("Local gives %q, %v", path, err)
	}
	filesets := []vod.Fileset{{Files: []vod.File{{URI: uri}, {URI: "https://cdn.example/x.m3u8"}}}}
	if !b.set.Exists(t.Context(), "acme", filesets) || b.set.Exists(t.Context(), "other", filesets) {
		t.Fatal("Exists is wrong for a whole folder")
	}
	write(t, filepath.Join(f.Path(), "video", "1.m4s"), "longer")
	if b.set.Exists(t.Context(), "acme", filesets) {
		t.Fatal("Exists overlooks a segment of another size")
	}
	if err := b.set.RemoveIngest(t.Context(), "other", job.IngestID, job.MediaKey); err != nil || !exists(path) {
		t.Fatalf("another tenant removed files: %v", err)
	}
	if err := b.set.RemoveIngest(t.Context(), "acme", job.IngestID, job.MediaKey); err != nil || exists(filepath.Join(b.store, "acme")) {
		t.Fatalf("files or their empty parents are still there: %v", err)
	}
}

func TestCommitStopsWhenCancelled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := create(t, b, newJob("acme"), vod.Location{Name: "store"})
	write(t, filepath.Join(f.Path(), "a"), "x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Commit(ctx); err == nil || exists(filepath.Join(f.Path(), location.InventoryName)) {
		t.Fatalf("committed after the end of the context: %v", err)
	}
}

// TestLimitedLocation: a location that is not for a tenant does not exist for
// it, so that names tell nothing.
func TestLimitedLocation(t *testing.T) {
	t.Parallel()
	archive := vod.Location{Name: "archive", Type: vod.LocationFile, Path: t.TempDir()}
	cdn := vod.Location{Name: "cdn", Type: vod.LocationWeb, BaseURL: "https://cdn.example.com/vod"}
	set, err := location.New(location.Config{
		Named:   map[string]vod.Location{"archive": archive, "cdn": cdn},
		Tenants: map[string][]string{"archive": {"acme", "b"}, "cdn": {"*"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := set.Resolve("acme", vod.Location{Name: "archive"}); err != nil || got != archive {
		t.Errorf("acme gets %+v, %v", got, err)
	}
	for _, tenant := range []string{"acme", "other"} {
		if got, err := set.Resolve(tenant, vod.Location{Name: "cdn"}); err != nil || got != cdn {
			t.Errorf("%s gets %+v, %v of what is for all", tenant, got, err)
		}
	}
	for _, given := range []vod.Location{{Name: "archive"}, archive} {
		if got, err := set.Resolve("other", given); vod.CodeOf(err) != vod.Unusable {
			t.Errorf("another tenant gets %+v, %v for %+v", got, err, given)
		}
	}
}
