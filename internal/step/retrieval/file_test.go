package retrieval_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/disktest"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/step/retrieval"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestFileSource(t *testing.T) {
	t.Parallel()
	b := setup(t)
	data := randomBytes(600 << 10)
	path := filepath.Join(b.sources, "under", "a clip's #1 100% æøå?.mov")
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := b.run(t, input(location.FileURI(path)))
	b.wantBytes(t, r, err, data)
	if local, _ := b.set.Local(t.Context(), step.Job{Tenant: "acme"}, r.Outputs[0].Files[0].URI); filepath.Base(local) != filepath.Base(path) {
		t.Errorf("named %s", filepath.Base(local))
	}
	wrong := strings.Repeat("0", 32)
	in := input(location.FileURI(path))
	in[0].Files[0].MD5Sum = &wrong
	b = setupAt(t, t.TempDir(), func(c *retrieval.Config) { c.SourceDirs = []string{"/nowhere", filepath.Dir(path)} })
	_, err = b.run(t, in)
	b.wantError(t, err, vod.ClassMedia, vod.ReasonChecksum, "has MD5 "+sum(data))
}

func TestFileSourceRefusals(t *testing.T) {
	t.Parallel()
	b := setup(t)
	outside := filepath.Join(t.TempDir(), "secret")
	must(t, os.WriteFile(outside, []byte("secret"), 0o600))
	must(t, os.Symlink(outside, filepath.Join(b.sources, "link")))
	must(t, os.Symlink(filepath.Dir(outside), filepath.Join(b.sources, "dir")))
	must(t, syscall.Mkfifo(filepath.Join(b.sources, "pipe"), 0o600))
	must(t, os.WriteFile(filepath.Join(b.sources, "empty"), nil, 0o600))
	for uri, want := range map[string]struct {
		class   vod.Class
		reason  vod.Reason
		message string
	}{
		location.FileURI(outside):                                {vod.ClassConfig, vod.ReasonForbidden, "not below a folder"},
		location.FileURI(b.sources):                              {vod.ClassConfig, vod.ReasonForbidden, "not below a folder"},
		"file://" + b.sources + "/../secret":                     {vod.ClassConfig, vod.ReasonConfig, "clean absolute path"},
		"file://" + b.sources + "/%2e%2e/secret":                 {vod.ClassConfig, vod.ReasonConfig, "clean absolute path"},
		"file://other.host" + b.sources + "/empty":               {vod.ClassConfig, vod.ReasonConfig, "of this machine"},
		location.FileURI(filepath.Join(b.sources, "link")):       {vod.ClassMedia, vod.ReasonSourceUnreadable, "cannot be opened"},
		location.FileURI(filepath.Join(b.sources, "dir/secret")): {vod.ClassMedia, vod.ReasonSourceUnreadable, "cannot be opened"},
		location.FileURI(filepath.Join(b.sources, "dir")):        {vod.ClassMedia, vod.ReasonSourceUnreadable, "cannot be opened"},
		location.FileURI(filepath.Join(b.sources, "pipe")):       {vod.ClassMedia, vod.ReasonSourceUnreadable, "cannot be opened"},
		location.FileURI(filepath.Join(b.sources, "gone")):       {vod.ClassMedia, vod.ReasonSourceMissing, "does not exist"},
		location.FileURI(filepath.Join(b.sources, "empty/gone")): {vod.ClassMedia, vod.ReasonSourceMissing, "does not exist"},
		location.FileURI(filepath.Join(b.sources, "empty")):      {vod.ClassMedia, vod.ReasonBadMedia, "is empty"},
	} {
		_, err := b.run(t, input(uri))
		b.wantError(t, err, want.class, want.reason, want.message)
	}
	none := setupAt(t, t.TempDir(), func(c *retrieval.Config) { c.SourceDirs = nil })
	_, err := none.run(t, input(location.FileURI(outside)))
	none.wantError(t, err, vod.ClassConfig, vod.ReasonForbidden, "not below a folder")
}

// TestFileThatGrows is written to faster than it is read.
func TestFileThatGrows(t *testing.T) {
	t.Parallel()
	b := setup(t)
	path := filepath.Join(b.sources, "a.mp4")
	must(t, os.WriteFile(path, randomBytes(1<<20), 0o600))
	b.job.Progress = func(float64) {
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
		if err == nil {
			_, err = file.Write(randomBytes(1 << 20))
		}
		if err != nil || file.Close() != nil {
			t.Errorf("cannot append: %v", err)
		}
	}
	_, err := b.run(t, input(location.FileURI(path)))
	b.wantError(t, err, vod.ClassRemote, vod.ReasonSourceUnreadable, "a.mp4 changed while it was read")
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// uploads has one upload of tenant acme.
type uploads struct{ path, name string }

func (u uploads) Open(_ context.Context, tenant, id string) (io.ReadSeekCloser, string, int64, error) {
	switch {
	case id == "partial":
		return nil, "", 0, &vod.StepError{Class: vod.ClassMedia, Reason: vod.ReasonSourceMissing, Message: "The upload is not complete."}
	case id == "unreachable":
		return nil, "", 0, errors.New("the bucket does not answer")
	case tenant != "acme" || id != "u1":
		return nil, "", 0, fmt.Errorf("upload: %w", fs.ErrNotExist)
	}
	f, err := os.Open(u.path)
	return f, u.name, 4, err
}

func TestUpload(t *testing.T) {
	t.Parallel()
	u := uploads{filepath.Join(t.TempDir(), "u1.data"), ""}
	must(t, os.WriteFile(u.path, []byte("data"), 0o600))
	b := setupAt(t, t.TempDir(), func(c *retrieval.Config) { c.Uploads = u })
	_, err := b.run(t, input("upload:u2"))
	b.wantError(t, err, vod.ClassMedia, vod.ReasonSourceMissing, "upload:u2 does not exist")
	_, err = b.run(t, input("upload:partial"))
	b.wantError(t, err, vod.ClassMedia, vod.ReasonSourceMissing, "not complete")
	_, err = b.run(t, input("upload:unreachable"))
	b.wantError(t, err, vod.ClassInfra, vod.ReasonSourceUnreadable, "upload:unreachable cannot be opened")
	r, err := b.run(t, input("upload:u1", "upload:u1"))
	b.wantBytes(t, r, err, []byte("data"))
	if first, second := r.Outputs[0].Files[0].URI, r.Outputs[1].Files[0].URI; !strings.HasSuffix(first, "/source") || !strings.HasSuffix(second, "/source-2") {
		t.Errorf("named %s and %s", first, second)
	}
	b = setup(t)
	_, err = b.run(t, input("upload:u1"))
	b.wantError(t, err, vod.ClassMedia, vod.ReasonSourceMissing, "does not exist")
}

// TestFullDisk fills a real file system of 1 MiB.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := disktest.Mount(t, "1m")
	b := setupAt(t, dir, func(*retrieval.Config) {})
	s := serve(t, randomBytes(4<<20), nil)
	_, err := b.run(t, input(s.URL+"/a.mp4"))
	b.wantError(t, err, vod.ClassInfra, vod.ReasonDiskFull, "no space left")
}
