package upload

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/s3test"
)

// TestObjects: what is put can be read from anywhere, listed and removed, in a
// folder and in a bucket.
func TestObjects(t *testing.T) {
	t.Parallel()
	t.Run("folder", func(t *testing.T) {
		t.Parallel()
		f, err := OpenFolder(filepath.Join(t.TempDir(), "new"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		testObjects(t, f)
	})
	t.Run("bucket", func(t *testing.T) {
		t.Parallel()
		s := s3test.Start(t)
		testObjects(t, NewBucket(s.Client(), s.Bucket(t), "store/"))
	})
}

func testObjects(t *testing.T, o Objects) {
	t.Helper()
	ctx := t.Context()
	large := bytes.Repeat([]byte("0123456789abcdef"), 2<<20) // 32 MiB: several parts
	for key, data := range map[string][]byte{".uploads/acme/a": large, ".uploads/acme/a.json": []byte("{}"), ".uploads/beta/b": nil} {
		if err := o.Put(ctx, key, fileOf(t, data)); err != nil {
			t.Fatal(err)
		}
	}
	file, about, err := o.Get(ctx, ".uploads/acme/a")
	if err != nil || about.Size != int64(len(large)) || about.ModTime.IsZero() {
		t.Fatalf("%+v, %v", about, err)
	}
	defer file.Close()
	if got, err := io.ReadAll(io.LimitReader(file, 100)); err != nil || !bytes.Equal(got, large[:100]) {
		t.Errorf("the beginning is %q, %v", got, err)
	}
	if at, err := file.Seek(0, io.SeekStart); at != 0 || err != nil {
		t.Errorf("at %d, %v", at, err)
	}
	if got, err := io.ReadAll(file); err != nil || !bytes.Equal(got, large) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if at, err := file.Seek(-3, io.SeekEnd); at != int64(len(large))-3 || err != nil {
		t.Errorf("at %d, %v", at, err)
	}
	if got, err := io.ReadAll(file); err != nil || string(got) != "def" {
		t.Errorf("the end is %q, %v", got, err)
	}
	if diff := cmp.Diff([]string{".uploads/acme/a", ".uploads/acme/a.json", ".uploads/beta/b"}, listed(ctx, t, o)); diff != "" {
		t.Error(diff)
	}
	for range 2 {
		if err := o.Remove(ctx, ".uploads/acme/a"); err != nil {
			t.Error(err)
		}
	}
	if _, _, err := o.Get(ctx, ".uploads/acme/a"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was removed: %v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if err := o.Put(ended, ".uploads/acme/c", fileOf(t, large)); err == nil {
		t.Error("it was put although nobody asked any more")
	}
	if diff := cmp.Diff([]string{".uploads/acme/a.json", ".uploads/beta/b"}, listed(ctx, t, o)); diff != "" {
		t.Error(diff)
	}
}

func listed(ctx context.Context, t *testing.T, o Objects) (keys []string) {
	t.Helper()
	for object, err := range o.List(ctx, ".uploads/") {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, object.Key)
	}
	return keys
}

func fileOf(t *testing.T, data []byte) *os.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// cutting is a client whose answers break off after a few bytes, as often as it
// is told.
type cutting struct {
	BucketClient
	cuts int
}

func (c *cutting) GetObject(ctx context.Context, in *s3.GetObjectInput, o ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	out, err := c.BucketClient.GetObject(ctx, in, o...)
	if err == nil && c.cuts > 0 {
		c.cuts--
		out.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(out.Body, 7), out.Body}
	}
	return out, err
}

// TestBucketIsReadOn: a connection that breaks loses nothing.
func TestBucketIsReadOn(t *testing.T) {
	t.Parallel()
	s := s3test.Start(t)
	b := NewBucket(&cutting{s.Client(), 20}, s.Bucket(t), "")
	data := bytes.Repeat([]byte("0123456789abcdef"), 100)
	if err := b.Put(t.Context(), "a", fileOf(t, data)); err != nil {
		t.Fatal(err)
	}
	file, _, err := b.Get(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if got, err := io.ReadAll(file); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if err := b.Put(t.Context(), "a", fileOf(t, data[1:])); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(file); err == nil {
		t.Errorf("%d bytes of another file", len(got))
	}
}

// TestBrokenOffUpload: its parts, which no list shows, are removed in time.
func TestBrokenOffUpload(t *testing.T) {
	t.Parallel()
	s := s3test.Start(t)
	client, name := s.Client(), s.Bucket(t)
	for _, key := range []string{"store/.uploads/acme/a", "store/other"} {
		if _, err := client.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: &name, Key: &key}); err != nil {
			t.Fatal(err)
		}
	}
	shelf := NewShelf(NewBucket(client, name, "store/"))
	for i, after := range []time.Duration{Lifetime - time.Minute, Lifetime + time.Minute} {
		if _, err := shelf.sweep(t.Context(), time.Now().Add(after), nil); err != nil {
			t.Fatal(err)
		}
		left, err := client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &name})
		if err != nil || len(left.Uploads) != 2-i {
			t.Errorf("after %s %d uploads are left, %v", after, len(left.Uploads), err)
		}
	}
}
