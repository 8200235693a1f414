package location_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func withVersion(loc vod.Location) vod.Location {
	loc.VersionID = 7
	return loc
}

// TestFoldersBehindALink reaches every location through a symbolic link, as
// operators do who move data to another disk.
func TestFoldersBehindALink(t *testing.T) {
	t.Parallel()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	b := setupIn(t, link)
	for _, loc := range []vod.Location{{Name: "store"}, {Name: "media"}, {Name: "x", Type: vod.LocationFile, Path: b.own}} {
		f := create(t, b, newJob("acme"), loc)
		write(t, filepath.Join(f.Path(), "a"), "x")
		if _, err := f.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if path, _ := location.PathOf(f.URI("a")); !strings.HasPrefix(path, f.Location().Path+"/") {
			t.Errorf("%s is not below %s", f.URI("a"), f.Location().Path)
		}
		if !b.set.Exists(t.Context(), "acme", []vod.Fileset{{Files: []vod.File{{URI: f.URI("a")}}}}) {
			t.Errorf("%s does not exist", f.URI("a"))
		}
		held := 0
		for a, err := range b.set.Attempts(t.Context()) {
			if err == nil && a.Holds(f.URI("a")) {
				held++
			}
			if a.Holds(location.FileURI(b.store)) {
				t.Errorf("%s holds everything", a.Path)
			}
		}
		if held != 1 {
			t.Errorf("%d attempts hold %s", held, f.URI("a"))
		}
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	b := setup(t)
	outside := t.TempDir()
	if err := os.MkdirAll(b.shared, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(b.shared, "link")); err != nil {
		t.Fatal(err)
	}
	file := func(path string) vod.Location { return vod.Location{Name: "x", Type: vod.LocationFile, Path: path} }
	web := func(base string) vod.Location { return vod.Location{Name: "x", Type: vod.LocationWeb, BaseURL: base} }
	for _, c := range []struct {
		name   string
		tenant string
		loc    vod.Location
		want   vod.Location
		fault  string // part of the message
	}{
		{"by name", "acme", vod.Location{Name: "store"}, b.named["store"], ""},
		{"named in full", "acme", b.named["media"], b.named["media"], ""},
		{"with a version", "acme", withVersion(b.named["media"]), withVersion(b.named["media"]), ""},
		{"by name with a version", "acme", vod.Location{Name: "store", VersionID: 7}, withVersion(b.named["store"]), ""},
		{"unknown name", "acme", vod.Location{Name: "s"}, vod.Location{}, `no location named "s"`},
		{"operator's name, other folder", "acme", vod.Location{Name: "store", Type: vod.LocationFile, Path: "/etc"}, vod.Location{}, "may not use folder /etc"},
		{"shared", "other", file(b.shared + "/./a/../b/"), file(b.shared + "/b"), ""},
		{"own", "acme", file(b.own), file(b.own), ""},
		{"another tenant's", "other", file(b.own), vod.Location{}, "may not use"},
		{"tenant named star", "*", file(b.own), vod.Location{}, "may not use"},
		{"beside by prefix", "acme", file(b.own + "er"), vod.Location{}, "may not use"},
		{"dots", "acme", file(b.own + "/../x"), vod.Location{}, "may not use"},
		{"symbolic link", "acme", file(b.shared + "/link/a"), vod.Location{}, "may not use"},
		{"relative", "acme", file("own"), vod.Location{}, "not absolute"},
		{"within an ingest", "acme", file(b.own + "/" + uuid.NewString()), vod.Location{}, "folder of an ingest"},
		{"too deep", "acme", file(b.own + "/a/b/c/d/e"), vod.Location{}, "more than 4 folders"},
		{"in media", "acme", file(b.media + "/a"), vod.Location{}, `location named "media"`},
		{"web", "acme", web("https://cdn.example/x/"), web("https://cdn.example/x"), ""},
		{"web with user", "acme", web("https://u:p@cdn.example/x/"), vod.Location{}, "must have no user"},
		{"web with query", "acme", web("https://cdn.example/x?a"), vod.Location{}, "must have no user, query"},
		{"web of another scheme", "acme", web("javascript:alert(1)"), vod.Location{}, "not an absolute http"},
		{"s3", "acme", vod.Location{Name: "x", Type: vod.LocationS3, S3Arn: "arn:aws:s3:::b"}, vod.Location{}, "may not use s3://b"},
		{"no type", "acme", vod.Location{Name: "x", Path: "/x"}, vod.Location{}, "none of file, s3 and web"},
	} {
		got, err := b.set.Resolve(c.tenant, c.loc)
		if c.fault == "" && (err != nil || got != c.want) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
		if c.fault != "" && (vod.CodeOf(err) != vod.Unusable || !strings.Contains(err.Error(), c.fault)) {
			t.Errorf("%s: error is %v, want %q", c.name, err, c.fault)
		}
	}
}

func TestCreateRefusesHostileNames(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, tenant := range []string{"", ".", "..", "a/b", "../x", "a\x00", "a\nb", strings.Repeat("a", 200)} {
		job := newJob(tenant)
		if _, err := b.set.Create(t.Context(), job, vod.Location{Name: "store"}); vod.AsStepError(err).Class != vod.ClassConfig {
			t.Errorf("tenant %q: %v", tenant, err)
		}
	}
	for _, id := range []string{"", "..", "../../x", "not-a-uuid"} {
		job := newJob("acme")
		job.IngestID = id
		if _, err := b.set.Create(t.Context(), job, vod.Location{Name: "store"}); vod.AsStepError(err).Class != vod.ClassConfig {
			t.Errorf("ingest %q: %v", id, err)
		}
		job = newJob("acme")
		job.MediaKey = id
		if _, err := b.set.Create(t.Context(), job, vod.Location{Name: "media"}); vod.AsStepError(err).Class != vod.ClassConfig {
			t.Errorf("media key %q: %v", id, err)
		}
	}
	if _, err := b.set.Create(t.Context(), newJob("acme"), vod.Location{Name: "public"}); vod.AsStepError(err).Class != vod.ClassConfig {
		t.Errorf("web: %v", err)
	}
}

func TestCreateDoesNotFollowLinksOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	outside := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(b.store, "acme")); err != nil {
		t.Fatal(err)
	}
	_, err := b.set.Create(t.Context(), newJob("acme"), vod.Location{Name: "store"})
	left, rerr := os.ReadDir(outside)
	if err == nil || rerr != nil || len(left) != 0 {
		t.Fatalf("error %v, outside holds %v, %v", err, left, rerr)
	}
}

func TestLocalRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := newJob("acme")
	f := create(t, b, job, vod.Location{Name: "store"})
	write(t, filepath.Join(f.Path(), "a"), "x")
	secret := filepath.Join(t.TempDir(), "secret")
	write(t, secret, "x")
	if err := os.Symlink(secret, filepath.Join(f.Path(), "link")); err != nil {
		t.Fatal(err)
	}
	for _, uri := range []string{
		"file:///etc/passwd", location.FileURI(secret), f.URI("link"),
		"file://" + f.Path() + "/../../../../x", "file://" + f.Path() + "/%2e%2e/" + "1/a",
		f.URI("a") + "?x", f.URI("a") + "#x", "file://host" + f.Path() + "/a", "file://u@" + f.Path() + "/a",
		"file:" + "relative", "http://x/" + f.Path(), f.URI(""), location.FileURI(b.store), "file:///%00", "", "file:",
	} {
		if path, err := b.set.Local(t.Context(), step.Job{Tenant: "acme"}, uri); vod.AsStepError(err).Reason != vod.ReasonForbidden {
			t.Errorf("%q: gives %q, %v", uri, path, err)
		}
	}
	if _, err := b.set.Local(t.Context(), step.Job{Tenant: "other"}, f.URI("a")); vod.AsStepError(err).Reason != vod.ReasonForbidden {
		t.Errorf("another tenant: %v", err)
	}
	if _, err := b.set.Local(t.Context(), step.Job{Tenant: "acme"}, f.URI("gone")); vod.AsStepError(err).Reason != vod.ReasonSourceMissing {
		t.Errorf("a file that is gone: %v", err)
	}
	if path, err := b.set.Local(t.Context(), step.Job{Tenant: "acme"}, "file://localhost"+f.Path()+"/a"); err != nil || path != filepath.Join(f.Path(), "a") {
		t.Errorf("localhost: %q, %v", path, err)
	}
}

func TestInlineFoldersAreApart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job, other := newJob("acme"), newJob("other")
	inline := vod.Location{Name: "x", Type: vod.LocationFile, Path: filepath.Join(b.shared, "other")}
	f := create(t, b, job, inline)
	write(t, filepath.Join(f.Path(), "a"), "x")
	if _, err := b.set.Local(t.Context(), step.Job{Tenant: "acme"}, f.URI("a")); err != nil {
		t.Error(err)
	}
	if _, err := b.set.Local(t.Context(), step.Job{Tenant: "other"}, f.URI("a")); err == nil {
		t.Error("another tenant may read it")
	}
	g := create(t, b, other, vod.Location{Name: "x", Type: vod.LocationFile, Path: b.shared})
	if err := b.set.RemoveIngest(t.Context(), "other", job.IngestID, ""); err != nil || !exists(f.Path()) {
		t.Fatalf("another tenant removed it: %v", err)
	}
	if err := b.set.RemoveIngest(t.Context(), "acme", job.IngestID, ""); err != nil || exists(f.Path()) || !exists(g.Path()) {
		t.Fatalf("RemoveIngest: %v", err)
	}
}

func TestDiscardKeepsOtherAttempts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := newJob("acme")
	first := create(t, b, job, vod.Location{Name: "store"})
	job.Attempt = 2
	second := create(t, b, job, vod.Location{Name: "store"})
	for range 2 {
		if err := first.Discard(t.Context()); err != nil || exists(first.Path()) || !exists(second.Path()) {
			t.Fatalf("after Discard of the first: %v", err)
		}
	}
	if err := second.Discard(t.Context()); err != nil || exists(filepath.Join(b.store, "acme")) || !exists(b.store) {
		t.Fatalf("after Discard of both: %v", err)
	}
}

func TestAttempts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	want := map[string]bool{}
	for i, loc := range []vod.Location{
		{Name: "store"},
		{Name: "media"},
		{Name: "x", Type: vod.LocationFile, Path: b.shared + "/a/b/c/d"},
		{Name: "x", Type: vod.LocationFile, Path: b.own},
	} {
		job := newJob("acme")
		job.Attempt = i + 1
		f := create(t, b, job, loc)
		want[fmt.Sprint(f.Path(), job.TaskID, job.Attempt)] = true
	}
	write(t, filepath.Join(b.store, "stray", "file"), "x")
	for a, err := range b.set.Attempts(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if k := fmt.Sprint(a.Path, a.TaskID, a.Number); !want[k] {
			t.Errorf("unexpected or twice: %+v", a)
		} else {
			delete(want, k)
		}
		if mod, err := a.ModTime(t.Context()); err != nil || mod.IsZero() {
			t.Errorf("ModTime: %v, %v", mod, err)
		}
		if err := b.set.Remove(t.Context(), a); err != nil || exists(a.Path) {
			t.Errorf("Remove: %v", err)
		}
	}
	if len(want) != 0 {
		t.Errorf("not seen: %v", want)
	}
}

func TestRemoveIngestEverywhere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := newJob("acme")
	a, m := create(t, b, job, vod.Location{Name: "store"}), create(t, b, job, vod.Location{Name: "media"})
	for _, id := range []string{"", "..", "."} {
		if err := b.set.RemoveIngest(t.Context(), "acme", id, id); err != nil || !exists(a.Path()) || !exists(m.Path()) {
			t.Fatalf("RemoveIngest(%q) removed something, or %v", id, err)
		}
	}
	if err := b.set.RemoveIngest(t.Context(), "acme", job.IngestID, key); err != nil || exists(a.Path()) || exists(m.Path()) {
		t.Fatalf("RemoveIngest: %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, path string) map[string]vod.Location {
		return map[string]vod.Location{name: {Name: name, Type: vod.LocationFile, Path: path}}
	}
	for name, c := range map[string]location.Config{
		"relative path":         {Named: file("store", "x")},
		"relative media":        {Media: "x"},
		"store in media":        {Named: file("store", dir+"/media/store"), Media: dir + "/media"},
		"media in store":        {Named: file("store", dir), Media: dir + "/media"},
		"relative folder":       {Folders: map[string][]string{"*": {"x"}}},
		"name unlike its key":   {Named: map[string]vod.Location{"a": {Name: "b", Type: vod.LocationFile, Path: dir}}},
		"web without scheme":    {Named: map[string]vod.Location{"a": {Name: "a", Type: vod.LocationWeb, BaseURL: "x"}}},
		"location without type": {Named: map[string]vod.Location{"a": {Name: "a"}}},
	} {
		if _, err := location.New(c); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestWriteError(t *testing.T) {
	t.Parallel()
	_, err := func() (int, error) {
		f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			return 0, err
		}
		defer f.Close()
		return f.Write([]byte("x"))
	}()
	se := vod.AsStepError(location.WriteError("/data/x", fmt.Errorf("copy: %w", err)))
	if se.Class != vod.ClassInfra || se.Reason != vod.ReasonDiskFull || !strings.Contains(se.Message, "/data/x") {
		t.Errorf("a full disk gives %+v", se)
	}
	se = vod.AsStepError(location.WriteError("/data/x", &os.PathError{Op: "open", Path: "/data/x", Err: syscall.EROFS}))
	if se.Class != vod.ClassInfra || !strings.Contains(se.Message, "read-only") {
		t.Errorf("a read-only disk gives %+v", se)
	}
	if err := location.WriteError("x", nil); err != nil {
		t.Errorf("no error gives %v", err)
	}
	if err := location.WriteError("x", context.Canceled); !errors.Is(err, context.Canceled) {
		t.Errorf("the end of a context gives %v", err)
	}
}
