package objectstore_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/rs/zerolog"

	"github.com/via-orchestrate/orchestrate/internal/objectstore"
	"github.com/via-orchestrate/orchestrate/internal/proctest"
	"github.com/via-orchestrate/orchestrate/internal/s3test"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// traffic counts requests, and the bytes of bodies.
type traffic struct {
	next                     objectstore.Sender
	sent, received, requests *atomic.Int64
}

func (c traffic) Do(r *http.Request) (*http.Response, error) {
	c.requests.Add(1)
	if r.Body != nil && r.Body != http.NoBody {
		counted := *r
		counted.Body = counter{r.Body, c.sent}
		r = &counted
	}
	resp, err := c.next.Do(r)
	if err == nil {
		resp.Body = counter{resp.Body, c.received}
	}
	return resp, err
}

type sender func(r *http.Request) (*http.Response, error)

func (s sender) Do(r *http.Request) (*http.Response, error) { return s(r) }

type counter struct {
	io.ReadCloser
	n *atomic.Int64
}

func (c counter) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// through leads to an address by way of a proxy.
func through(t *testing.T, address string) *toxiproxy.Proxy {
	t.Helper()
	listen, err := proctest.Address(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	proxy := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "", listen, address)
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	return proxy
}

// options are those of the server's account, and quick.
func options(server *s3test.Server) objectstore.Options {
	return objectstore.Options{
		Credentials: credentials.NewStaticCredentialsProvider(server.AccessKey, server.SecretKey, ""), Pause: 10 * time.Millisecond,
	}
}

func open(t *testing.T, o objectstore.Options, endpoint, name string) *objectstore.Bucket {
	t.Helper()
	bucket, err := objectstore.New(o).Bucket(t.Context(), objectstore.Access{Endpoint: endpoint, Region: "eu-north-1"}, name)
	if err != nil {
		t.Fatal(err)
	}
	return bucket
}

// random is a file of so many bytes, and what there is to say of it.
func random(t *testing.T, size int64) (*os.File, objectstore.File) {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "random"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	hash := sha256.New()
	source := rand.NewChaCha8([32]byte{byte(size)})
	if _, err := io.CopyN(io.MultiWriter(file, hash), source, size); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	return file, objectstore.File{Size: size, SHA256: hex.EncodeToString(hash.Sum(nil)), ContentType: "video/mp4"}
}

func sumOf(t *testing.T, r io.Reader) string {
	t.Helper()
	hash := sha256.New()
	if _, err := io.Copy(hash, r); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

func wantError(t *testing.T, name string, err error, class vod.Class, reason vod.Reason) {
	t.Helper()
	se := vod.AsStepError(err)
	if err == nil || se.Class != class || se.Reason != reason {
		t.Errorf("%s: %s %s, %v; want %s %s", name, se.Class, se.Reason, err, class, reason)
	}
}
