package objectstore

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/via-orchestrate/orchestrate/internal/s3test"
)

// TestCopyInParts copies as objects of more than 5 GiB are, with smaller parts.
func TestCopyInParts(t *testing.T) {
	t.Parallel()
	const size = 17<<20 + 3
	server := s3test.Start(t)
	clients := New(Options{Credentials: credentials.NewStaticCredentialsProvider(server.AccessKey, server.SecretKey, "")})
	access := Access{Endpoint: server.Endpoint, Region: server.Region}
	from, err := clients.Bucket(t.Context(), access, server.Bucket(t))
	if err != nil {
		t.Fatal(err)
	}
	to, err := clients.Bucket(t.Context(), access, server.Bucket(t))
	if err != nil {
		t.Fatal(err)
	}
	data := make([]byte, size)
	_, _ = rand.Read(data)
	sum := sha256.Sum256(data)
	path := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := from.Put(t.Context(), "å b+c.mp4", file, File{Size: size, SHA256: hex.EncodeToString(sum[:])}); err != nil {
		t.Fatal(err)
	}
	object, err := from.Head(t.Context(), "å b+c.mp4")
	if err != nil {
		t.Fatal(err)
	}
	about := File{ContentType: "video/mp4", CacheControl: "no-store"}
	if err := to.copyParts(t.Context(), from, object, "parts.mp4", about, 5<<20); err != nil {
		t.Fatal(err)
	}
	if err := to.Copy(t.Context(), from, object, "whole.mp4", about); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"parts.mp4", "whole.mp4"} {
		out, err := to.Client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &to.Name, Key: &key})
		if err != nil {
			t.Fatal(err)
		}
		hash := sha256.New()
		if _, err := io.Copy(hash, out.Body); err != nil {
			t.Fatal(err)
		}
		if [sha256.Size]byte(hash.Sum(nil)) != sum || *out.ContentType != "video/mp4" || *out.CacheControl != "no-store" {
			t.Errorf("%s: other bytes, or %s, %s", key, *out.ContentType, *out.CacheControl)
		}
		if err := out.Body.Close(); err != nil {
			t.Error(err)
		}
	}
	object.ETag = `"of-another-version"`
	if err := to.copyParts(t.Context(), from, object, "changed.mp4", about, 5<<20); err == nil {
		t.Error("an object that changed was copied")
	}
	for u, err := range to.Uploads(t.Context(), "") {
		t.Errorf("an upload is left: %+v, %v", u, err)
	}
}
