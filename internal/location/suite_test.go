package location_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/objectstore"
	"github.com/via-orchestrate/orchestrate/internal/s3test"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// site is a set of locations of one kind, under the names store, media and
// other, and "shared" for inline ones of every tenant.
type site struct {
	set    *location.Set
	shared vod.Location
	// damage has the file at an address hold other bytes of the same number.
	damage func(t *testing.T, uri string)
	// remove takes a file away.
	remove func(t *testing.T, uri string)
}

// eachSite runs a test for every kind of location.
func eachSite(t *testing.T, test func(t *testing.T, s site)) {
	t.Helper()
	t.Run("file", func(t *testing.T) {
		t.Parallel()
		test(t, fileSite(t))
	})
	t.Run("s3", func(t *testing.T) {
		t.Parallel()
		s, _, _ := bucketSite(t)
		test(t, s)
	})
}

func fileSite(t *testing.T) site {
	t.Helper()
	dir := t.TempDir()
	named := map[string]vod.Location{}
	for _, name := range []string{"store", "media", "other"} {
		named[name] = vod.Location{Name: name, Type: vod.LocationFile, Path: filepath.Join(dir, name)}
	}
	shared := vod.Location{Name: "x", Type: vod.LocationFile, Path: filepath.Join(dir, "shared")}
	set, err := location.New(location.Config{Named: named, Media: named["media"].Path, Folders: map[string][]string{"*": {shared.Path}}})
	if err != nil {
		t.Fatal(err)
	}
	return site{
		set: set, shared: shared,
		damage: func(t *testing.T, uri string) { flip(t, pathOf(t, uri)) },
		remove: func(t *testing.T, uri string) {
			if err := os.Remove(pathOf(t, uri)); err != nil {
				t.Fatal(err)
			}
		},
	}
}

func pathOf(t *testing.T, uri string) string {
	t.Helper()
	path, err := location.PathOf(uri)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// bucketSite keeps all of it in one bucket of a server of the test's own.
func bucketSite(t *testing.T) (site, *s3test.Server, string) {
	t.Helper()
	server := s3test.Start(t)
	bucket := server.Bucket(t)
	return bucketSiteAt(t, server, bucket, server.Endpoint), server, bucket
}

// bucketSiteAt reaches the server by another address.
func bucketSiteAt(t *testing.T, server *s3test.Server, bucket, endpoint string) site {
	t.Helper()
	at := func(name string) vod.Location {
		return vod.Location{Name: name, Type: vod.LocationS3, S3Arn: "arn:aws:s3:::" + bucket + "/" + name, Endpoint: endpoint, Region: server.Region}
	}
	shared := at("shared")
	shared.Name = "x"
	set, err := location.New(location.Config{
		Named:   map[string]vod.Location{"store": at("store"), "media": at("media"), "other": at("other")},
		Media:   "s3://" + bucket + "/media",
		Buckets: map[string][]vod.Location{"*": {shared}},
		Objects: objectstore.New(objectstore.Options{Credentials: credentials.NewStaticCredentialsProvider(server.AccessKey, server.SecretKey, "")}),
	})
	if err != nil {
		t.Fatal(err)
	}
	path := func(t *testing.T, uri string) string {
		t.Helper()
		name, key, err := objectstore.Parse(uri)
		if err != nil {
			t.Fatal(err)
		}
		return server.Path(name, key)
	}
	return site{
		set: set, shared: shared,
		damage: func(t *testing.T, uri string) { flip(t, path(t, uri)) },
		remove: func(t *testing.T, uri string) {
			if err := os.Remove(path(t, uri)); err != nil {
				t.Fatal(err)
			}
		},
	}
}

// flip changes the last byte of a file, but not through its hard links.
func flip(t *testing.T, path string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteAt([]byte{'!'}, info.Size()-1); err != nil {
		t.Fatal(err)
	}
}

// job is a new attempt of a new task.
func (s site) job(t *testing.T, tenant string) step.Job {
	t.Helper()
	job := newJob(tenant)
	job.Scratch = filepath.Join(t.TempDir(), "scratch")
	return job
}

// folder makes a committed folder with files by name.
func (s site) folder(t *testing.T, job step.Job, at string, files map[string]string) *location.Folder {
	t.Helper()
	f := s.open(t, job, at, files)
	if _, err := f.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	return f
}

func (s site) open(t *testing.T, job step.Job, at string, files map[string]string) *location.Folder {
	t.Helper()
	loc := vod.Location{Name: at}
	if at == "shared" {
		loc = s.shared
	}
	f, err := s.set.Create(t.Context(), job, loc)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		write(t, filepath.Join(f.Path(), name), text)
	}
	return f
}

func filesetOf(uri string) []vod.Fileset { return []vod.Fileset{{Files: []vod.File{{URI: uri}}}} }

var package1 = map[string]string{"index.m3u8": "#EXTM3U", "video/å 1%.m4s": "segment", "video/empty.m4s": ""}

func TestSuiteCommitAndRead(t *testing.T) {
	t.Parallel()
	eachSite(t, func(t *testing.T, s site) {
		for _, at := range []string{"store", "media", "shared"} {
			job := s.job(t, "acme")
			f := s.open(t, job, at, package1)
			uri := f.URI("video/å 1%.m4s")
			if s.set.Exists(t.Context(), "acme", filesetOf(uri)) {
				t.Errorf("%s: it exists before it is committed", at)
			}
			if _, err := s.set.Inventory(t.Context(), "acme", uri); vod.AsStepError(err).Reason != vod.ReasonSourceMissing {
				t.Errorf("%s: its inventory before it is committed: %v", at, err)
			}
			inv, err := f.Commit(t.Context())
			if err != nil || len(inv.Files) != 3 || inv.Files[0].Name != "index.m3u8" || inv.Files[1].Size+inv.Files[2].Size != 7 {
				t.Fatalf("%s: %+v, %v", at, inv.Files, err)
			}
			if !s.set.Exists(t.Context(), "acme", filesetOf(uri)) || at != "media" && s.set.Exists(t.Context(), "other", filesetOf(uri)) {
				t.Errorf("%s: Exists is wrong", at)
			}
			reader := s.job(t, "acme")
			for range 2 {
				path, err := s.set.Local(t.Context(), reader, uri)
				if err != nil {
					t.Fatal(err)
				}
				if text, err := os.ReadFile(path); string(text) != "segment" {
					t.Errorf("%s: read %q, %v", at, text, err)
				}
			}
			if _, err := s.set.Local(t.Context(), reader, location.Beside(uri, "none")); vod.AsStepError(err).Reason != vod.ReasonSourceMissing {
				t.Errorf("%s: what is not there: %v", at, err)
			}
			read, err := s.set.Inventory(t.Context(), "acme", uri)
			if err != nil || read.Name != "video/å 1%.m4s" {
				t.Fatalf("%s: inventory %+v, %v", at, read, err)
			}
			file, err := read.Open(t.Context(), "index.m3u8")
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(file)
			if err != nil || string(text) != "#EXTM3U" || file.Close() != nil {
				t.Errorf("%s: read %q, %v", at, text, err)
			}
			s.remove(t, f.URI("video/empty.m4s"))
			if s.set.Exists(t.Context(), "acme", filesetOf(uri)) {
				t.Errorf("%s: it exists without a segment", at)
			}
		}
	})
}

func TestSuiteTake(t *testing.T) {
	t.Parallel()
	eachSite(t, func(t *testing.T, s site) {
		for _, target := range []string{"store", "media", "other"} {
			job := s.job(t, "acme")
			from := s.folder(t, s.job(t, "acme"), "store", package1)
			inv, err := s.set.Inventory(t.Context(), "acme", from.URI("index.m3u8"))
			if err != nil {
				t.Fatal(err)
			}
			f := s.open(t, job, target, map[string]string{"new": "new"})
			for _, e := range inv.Files {
				if err := f.TakeAs(t.Context(), inv, e, "1/"+e.Name); err != nil {
					t.Fatalf("%s: %v", target, err)
				}
			}
			got, err := f.Commit(t.Context())
			if err != nil || len(got.Files) != 4 || got.Files[1].SHA256 != inv.Files[1].SHA256 {
				t.Fatalf("%s: %+v, %v", target, got.Files, err)
			}
			if err := s.set.RemoveIngest(t.Context(), "acme", "no id", ""); err != nil {
				t.Error(err)
			}
			if err := from.Discard(t.Context()); err != nil {
				t.Fatal(err)
			}
			path, err := s.set.Local(t.Context(), s.job(t, "acme"), f.URI("1/video/å 1%.m4s"))
			if err != nil {
				t.Fatal(err)
			}
			if text, err := os.ReadFile(path); string(text) != "segment" || !s.set.Exists(t.Context(), "acme", filesetOf(f.URI("new"))) {
				t.Errorf("%s: after its source went: %q, %v", target, text, err)
			}
		}
	})
}

func TestSuiteFindsDamage(t *testing.T) {
	t.Parallel()
	eachSite(t, func(t *testing.T, s site) {
		from := s.folder(t, s.job(t, "acme"), "store", package1)
		uri := from.URI("video/å 1%.m4s")
		inv, err := s.set.Inventory(t.Context(), "acme", uri)
		if err != nil {
			t.Fatal(err)
		}
		e, _ := inv.Entry(inv.Name)
		e.Size = 3
		if err := s.open(t, s.job(t, "acme"), "other", nil).Take(t.Context(), inv, e); vod.AsStepError(err).Reason != vod.ReasonChecksum {
			t.Errorf("another size: %v", err)
		}
		s.damage(t, uri)
		if path, err := s.set.Local(t.Context(), s.job(t, "acme"), uri); strings.Contains(path, "fetched") && vod.AsStepError(err).Reason != vod.ReasonChecksum {
			t.Errorf("other bytes, read: %s, %v", path, err)
		}
		s.remove(t, uri)
		e.Size = 7
		if err := s.open(t, s.job(t, "acme"), "other", nil).Take(t.Context(), inv, e); vod.AsStepError(err).Reason != vod.ReasonSourceMissing {
			t.Errorf("gone: %v", err)
		}
	})
}

func TestSuiteTenantsAreApart(t *testing.T) {
	t.Parallel()
	eachSite(t, func(t *testing.T, s site) {
		job := s.job(t, "acme")
		for _, at := range []string{"store", "shared"} {
			f := s.folder(t, job, at, package1)
			uri := f.URI("index.m3u8")
			for name, err := range map[string]error{
				"Local":     second(s.set.Local(t.Context(), s.job(t, "other"), uri)),
				"Inventory": second(s.set.Inventory(t.Context(), "other", uri)),
			} {
				if vod.AsStepError(err).Reason != vod.ReasonForbidden {
					t.Errorf("%s: %s of another tenant: %v", at, name, err)
				}
			}
			if err := s.set.RemoveIngest(t.Context(), "other", job.IngestID, ""); err != nil || !s.set.Exists(t.Context(), "acme", filesetOf(uri)) {
				t.Errorf("%s: another tenant removed it: %v", at, err)
			}
		}
		for _, name := range []string{"", ".", "..", "a/b", "../acme", "a\x00"} {
			if _, err := s.set.Create(t.Context(), s.job(t, name), vod.Location{Name: "store"}); vod.AsStepError(err).Class != vod.ClassConfig {
				t.Errorf("tenant %q: %v", name, err)
			}
		}
		f := s.folder(t, job, "store", package1)
		for _, uri := range []string{
			strings.Replace(f.URI("index.m3u8"), "/acme/", "/other/../acme/", 1), f.URI("index.m3u8") + "?x", f.URI("index.m3u8") + "#x",
			strings.Replace(f.URI("index.m3u8"), "/acme/", "//acme/", 1), strings.Replace(f.URI("index.m3u8"), "/acme/", "/acme%2F..%2Facme/", 1), f.URI(""),
			"s3://", "s3:///x", "s3://u:p@b/k", "s3://b:1/k", "s3:b/k", "s3://b/%00", "s3://b/a/./b",
		} {
			if path, err := s.set.Local(t.Context(), s.job(t, "acme"), uri); vod.AsStepError(err).Reason != vod.ReasonForbidden {
				t.Errorf("%q gives %s, %v", uri, path, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestSuiteAttempts(t *testing.T) {
	t.Parallel()
	eachSite(t, func(t *testing.T, s site) {
		job := s.job(t, "acme")
		uris := map[string]bool{}
		for _, at := range []string{"store", "media", "shared"} {
			uris[s.folder(t, job, at, package1).URI("index.m3u8")] = true
		}
		lost := s.folder(t, s.job(t, "b"), "store", package1)
		held := 0
		for a, err := range s.set.Attempts(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			for uri := range uris {
				if a.Holds(uri) {
					held++
				}
			}
			if changed, err := a.ModTime(t.Context()); err != nil || changed.IsZero() {
				t.Errorf("ModTime of %s: %v, %v", a.Path, changed, err)
			}
			if a.Holds(lost.URI("index.m3u8")) {
				if err := s.set.Remove(t.Context(), a); err != nil {
					t.Error(err)
				}
			}
		}
		// The media folder's names do not say whose they are, and the two others are
		// told apart by their location alone.
		if held < 3 {
			t.Errorf("%d attempts hold the 3 addresses", held)
		}
		list, err := s.set.IngestAttempts(t.Context(), "acme", job.IngestID, job.MediaKey)
		if err != nil || len(list) != 3 {
			t.Errorf("attempts of the ingest: %+v, %v", list, err)
		}
		if s.set.Exists(t.Context(), "b", filesetOf(lost.URI("index.m3u8"))) {
			t.Error("what was removed exists")
		}
		if err := s.set.RemoveIngest(t.Context(), "acme", job.IngestID, job.MediaKey); err != nil {
			t.Error(err)
		}
		for a := range s.set.Attempts(t.Context()) {
			t.Errorf("%s is left", a.Path)
		}
	})
}

// TestSuiteAttemptAgain: what a lost attempt of the same number left does not
// come to be part of the next one.
func TestSuiteAttemptAgain(t *testing.T) {
	t.Parallel()
	eachSite(t, func(t *testing.T, s site) {
		job := s.job(t, "acme")
		s.folder(t, job, "store", map[string]string{"old": "old"})
		again := s.folder(t, job, "store", map[string]string{"new": "new"})
		inv, err := s.set.Inventory(t.Context(), "acme", again.URI("new"))
		if err != nil || len(inv.Files) != 1 {
			t.Errorf("%+v, %v", inv.Files, err)
		}
		if file, err := inv.Open(t.Context(), "old"); err == nil {
			t.Errorf("the file of the lost attempt is there: %v", file.Close())
		}
		other := job
		other.Attempt = 2
		second := s.folder(t, other, "store", package1)
		for range 2 {
			if err := again.Discard(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if s.set.Exists(t.Context(), "acme", filesetOf(again.URI("new"))) || !s.set.Exists(t.Context(), "acme", filesetOf(second.URI("index.m3u8"))) {
			t.Error("Discard removed too much, or too little")
		}
	})
}
