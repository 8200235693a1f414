package objectstore_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/via-orchestrate/orchestrate/internal/objectstore"
	"github.com/via-orchestrate/orchestrate/internal/s3test"
)

// counting counts what is sent.
type counting struct {
	next objectstore.Sender
	sent *atomic.Int64
}

func (c counting) Do(r *http.Request) (*http.Response, error) {
	c.sent.Add(1)
	return c.next.Do(r)
}

// TestObserved: what is sent for a file in parts can be counted, and each
// transfer is one span, however many requests it takes.
func TestObserved(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	name, sent := server.Bucket(t), &atomic.Int64{}
	bucket, err := objectstore.New(objectstore.Options{
		Credentials: credentials.NewStaticCredentialsProvider(server.AccessKey, server.SecretKey, ""),
		Observe:     func(next objectstore.Sender) objectstore.Sender { return counting{next, sent} },
	}).Bucket(t.Context(), objectstore.Access{Endpoint: server.Endpoint, Region: server.Region}, name)
	if err != nil {
		t.Fatal(err)
	}
	data := make([]byte, 20<<20)
	_, _ = rand.Read(data)
	source := filepath.Join(t.TempDir(), "source")
	if err := os.WriteFile(source, data, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(source)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	spans := tracetest.NewSpanRecorder()
	ctx, root := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)).Tracer("").Start(t.Context(), "attempt")
	sum := sha256.Sum256(data)
	if err := bucket.Put(ctx, "a/b", file, objectstore.File{Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}); err != nil {
		t.Fatal(err)
	}
	if n := sent.Load(); n < 5 { // It is begun, sent in 3 parts, and completed.
		t.Errorf("%d requests were seen", n)
	}
	object, err := bucket.Head(ctx, "a/b")
	if err != nil {
		t.Fatal(err)
	}
	to, err := os.Create(filepath.Join(t.TempDir(), "copy"))
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	if err := bucket.Download(ctx, object, to); err != nil {
		t.Fatal(err)
	}
	if err := bucket.Copy(ctx, bucket, object, "a/c", objectstore.File{}); err != nil {
		t.Fatal(err)
	}
	object.ETag = `"of another"`
	if err := bucket.Download(ctx, object, to); err == nil {
		t.Error("an object that has changed was downloaded")
	}
	root.End()
	var names []string
	for _, s := range spans.Ended() {
		if s.Name() != "attempt" && s.Parent().SpanID() != root.SpanContext().SpanID() {
			t.Errorf("%s is not below the attempt", s.Name())
		}
		name := s.Name()
		if s.Status().Code == codes.Error {
			name += " failed"
		}
		names = append(names, name)
	}
	if want := []string{"s3.put", "s3.get", "s3.copy", "s3.get failed", "attempt"}; !slices.Equal(names, want) {
		t.Errorf("spans %q, want %q", names, want)
	}
}
