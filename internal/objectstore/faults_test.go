package objectstore_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/via-orchestrate/orchestrate/internal/objectstore"
	"github.com/via-orchestrate/orchestrate/internal/s3test"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// cutAfter has every connection cut after so many bytes in one direction.
func cutAfter(t *testing.T, proxy *toxiproxy.Proxy, stream string, bytes int64) {
	t.Helper()
	text := fmt.Sprintf(`{"type":"limit_data","stream":%q,"attributes":{"bytes":%d}}`, stream, bytes)
	if _, err := proxy.Toxics.AddToxicJson(strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
}

// TestCutConnections moves a large object through a network on which no
// connection lives long: what has been moved is not moved again.
func TestCutConnections(t *testing.T) {
	t.Parallel()
	const size, cuts = 200<<20 + 1, 3
	server := s3test.Start(t)
	name := server.Bucket(t)
	proxy := through(t, server.Host())
	var sent, received, requests atomic.Int64
	o := options(server)
	o.Attempts = 10
	o.Observe = func(next objectstore.Sender) objectstore.Sender { return traffic{next, &sent, &received, &requests} }
	var cut [cuts]sync.Once // of the connections while it uploads
	each := o.Observe
	o.Observe = func(next objectstore.Sender) objectstore.Sender {
		return each(sender(func(r *http.Request) (*http.Response, error) {
			if at := sent.Load() / (50 << 20); at > 0 && at <= cuts {
				cut[at-1].Do(func() {
					proxy.Stop()
					if err := proxy.Start(); err != nil {
						t.Error(err)
					}
				})
			}
			return next.Do(r)
		}))
	}
	bucket := open(t, o, "http://"+proxy.Listen, name)
	file, about := random(t, size)

	if err := bucket.Put(t.Context(), "big.mp4", file, about); err != nil {
		t.Fatal(err)
	}
	if n := sent.Load(); n < size || n > size+cuts*5*8<<20 { // Up to 5 parts of 8 MiB are under way.
		t.Errorf("%d bytes were sent for %d", n, size)
	}
	if n := requests.Swap(0); n < 28+cuts { // 26 parts, the begin and the end
		t.Errorf("nothing was cut: %d requests", n)
	}

	object, err := bucket.Head(t.Context(), "big.mp4")
	if err != nil || object.Size != size {
		t.Fatalf("%+v, %v", object, err)
	}
	cutAfter(t, proxy, "downstream", 10<<20)
	received.Store(0)
	copied, err := os.Create(filepath.Join(t.TempDir(), "copy"))
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	if err := bucket.Download(t.Context(), object, copied); err != nil {
		t.Fatal(err)
	}
	if got := sumOf(t, copied); got != about.SHA256 {
		t.Errorf("other bytes: %s", got)
	}
	if n := received.Load(); n < size || n > size+1<<20 {
		t.Errorf("%d bytes were received for %d", n, size)
	}
	if n := requests.Load(); n < 200/10 {
		t.Errorf("nothing was cut: %d requests", n)
	}
}

// TestDeadServer: a transfer that nothing comes of ends, and leaves nothing.
func TestDeadServer(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	name := server.Bucket(t)
	file, about := random(t, 20<<20)
	bucket := open(t, options(server), server.Endpoint, name)
	if err := bucket.Put(t.Context(), "a", file, about); err != nil {
		t.Fatal(err)
	}
	object, err := bucket.Head(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	r := bucket.Reader(t.Context(), object)
	defer r.Close()
	if _, err := io.CopyN(io.Discard, r, 1<<20); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	_, err = io.Copy(io.Discard, r)
	wantError(t, "read", err, vod.ClassRemote, vod.ReasonUnreachable)
	wantError(t, "write", bucket.Put(t.Context(), "b", file, about), vod.ClassRemote, vod.ReasonUnreachable)
	server.Restart(t)
	if keys := server.Keys(t, name); len(keys) != 1 {
		t.Errorf("objects: %q", keys)
	}
}

// TestStall: a connection that lives on without a byte is given up, and gone on
// with.
func TestStall(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	name := server.Bucket(t)
	file, about := random(t, 20<<20)
	if err := open(t, options(server), server.Endpoint, name).Put(t.Context(), "a", file, about); err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(server.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host
	}}
	var held atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && held.Add(1) <= 2 {
			w = &holding{ResponseWriter: w, left: 1 << 20, until: r.Context().Done()}
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	o := options(server)
	o.Stall = 300 * time.Millisecond
	body, err := open(t, o, s.URL, name).Get(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if got := sumOf(t, body); got != about.SHA256 {
		t.Errorf("other bytes: %s", got)
	}
	if n := held.Load(); n != 3 {
		t.Errorf("it was asked %d times for", n)
	}
}

// holding lets some bytes through, and then holds the connection until the
// client gives it up.
type holding struct {
	http.ResponseWriter
	left  int
	until <-chan struct{}
}

func (h *holding) Write(p []byte) (int, error) {
	if h.left <= 0 {
		_ = http.NewResponseController(h.ResponseWriter).Flush()
		<-h.until
		return 0, context.Canceled
	}
	h.left -= len(p)
	return h.ResponseWriter.Write(p)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	name := server.Bucket(t)
	try := func(o objectstore.Options, bucket string) error {
		b := open(t, o, server.Endpoint, bucket)
		for _, err := range b.List(t.Context(), "") {
			if _, headed := b.Head(t.Context(), "a"); headed == nil || vod.AsStepError(headed).Class != vod.AsStepError(err).Class {
				t.Errorf("HEAD fails otherwise than LIST: %v; %v", headed, err)
			}
			return err
		}
		_, err := b.Get(t.Context(), "a")
		return err
	}
	keys := func(id, secret string) objectstore.Options {
		return objectstore.Options{Credentials: credentials.NewStaticCredentialsProvider(id, secret, "")}
	}
	for what, c := range map[string]struct {
		err    error
		reason vod.Reason
		says   string
	}{
		"no bucket":     {try(options(server), "no-such-bucket"), vod.ReasonConfig, "There is no bucket no-such-bucket at " + server.Endpoint},
		"wrong secret":  {try(keys(server.AccessKey, "hunter2hunter2"), name), vod.ReasonConfig, "does not take the credentials"},
		"wrong account": {try(keys("AKIAHUNTER2HUNTER2", "hunter2hunter2"), name), vod.ReasonConfig, "does not take the credentials"},
	} {
		wantError(t, what, c.err, vod.ClassConfig, c.reason)
		se := vod.AsStepError(c.err)
		if !strings.Contains(se.Message, c.says) || se.Hint == "" {
			t.Errorf("%s: %s %s", what, se.Message, se.Hint)
		}
		for _, secret := range []string{"hunter2", "HUNTER2", server.SecretKey, server.AccessKey} {
			if strings.Contains(se.Sentence()+c.err.Error(), secret) {
				t.Errorf("%s: %v tells a secret", what, c.err)
			}
		}
	}
	err := try(options(server), name)
	wantError(t, "no object", err, vod.ClassInfra, vod.ReasonSourceMissing)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no object: %v", err)
	}
}

// wrapped answers some requests in the server's place, as S3 documents errors.
func wrapped(t *testing.T, server *s3test.Server, refuse func(r *http.Request) (status int, code string)) string {
	t.Helper()
	target, err := url.Parse(server.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host
	}}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status, code := refuse(r); status != 0 {
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>%s</Code><Message>Please.</Message><RequestId>1</RequestId></Error>`, code)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestThrottling: what is refused now and then is asked for again, and what is
// refused for long is left to a later attempt.
func TestThrottling(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	name := server.Bucket(t)
	var asked atomic.Int64
	often := wrapped(t, server, func(*http.Request) (int, string) {
		if asked.Add(1)%3 == 0 {
			return http.StatusServiceUnavailable, "SlowDown"
		}
		return 0, ""
	})
	bucket := open(t, options(server), often, name)
	file, about := random(t, 20<<20)
	if err := bucket.Put(t.Context(), "a", file, about); err != nil {
		t.Fatal(err)
	}
	body, err := bucket.Get(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if got := sumOf(t, body); got != about.SHA256 {
		t.Errorf("other bytes: %s", got)
	}
	for code, want := range map[string]struct {
		status int
		class  vod.Class
		reason vod.Reason
	}{
		"SlowDown":             {http.StatusServiceUnavailable, vod.ClassRemote, vod.ReasonRateLimited},
		"TooManyRequests":      {http.StatusTooManyRequests, vod.ClassRemote, vod.ReasonRateLimited},
		"InternalError":        {http.StatusInternalServerError, vod.ClassRemote, vod.ReasonUnreachable},
		"ExpiredToken":         {http.StatusBadRequest, vod.ClassConfig, vod.ReasonConfig},
		"AccessDenied":         {http.StatusForbidden, vod.ClassConfig, vod.ReasonForbidden},
		"PermanentRedirect":    {http.StatusMovedPermanently, vod.ClassConfig, vod.ReasonConfig},
		"BadDigest":            {http.StatusBadRequest, vod.ClassRemote, vod.ReasonChecksum},
		"InvalidStorageClass_": {http.StatusBadRequest, vod.ClassInfra, vod.ReasonInternal},
	} {
		var requests atomic.Int64
		always := wrapped(t, server, func(*http.Request) (int, string) {
			requests.Add(1)
			return want.status, code
		})
		err := open(t, options(server), always, name).Write(t.Context(), "b", []byte("x"), objectstore.File{
			Size: 1, SHA256: "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
		})
		wantError(t, code, err, want.class, want.reason)
		if n := requests.Load(); n > 4 {
			t.Errorf("%s: asked %d times", code, n)
		}
	}
}

// TestInterruptedUpload: one that is broken off leaves no object, and no parts.
func TestInterruptedUpload(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	name := server.Bucket(t)
	ctx, cancel := context.WithCancel(t.Context())
	var parts atomic.Int64
	stopping := wrapped(t, server, func(r *http.Request) (int, string) {
		if r.URL.Query().Has("partNumber") && parts.Add(1) == 3 {
			cancel()
		}
		return 0, ""
	})
	file, about := random(t, 64<<20)
	if err := open(t, options(server), stopping, name).Put(ctx, "folder/a", file, about); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	bucket := open(t, options(server), server.Endpoint, name)
	for u, err := range bucket.Uploads(t.Context(), "") {
		t.Errorf("an upload is left: %+v, %v", u, err)
	}
	if keys := server.Keys(t, name); len(keys) != 0 {
		t.Errorf("objects: %q", keys)
	}
}

// TestDamageOnTheWay: the server compares what came with the checksum.
func TestDamageOnTheWay(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	name := server.Bucket(t)
	err := open(t, options(server), server.Endpoint, name).Write(t.Context(), "b", []byte("y"), objectstore.File{
		Size: 1, SHA256: "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
	})
	wantError(t, "other bytes", err, vod.ClassRemote, vod.ReasonChecksum)
	if keys := server.Keys(t, name); len(keys) != 0 {
		t.Errorf("objects: %q", keys)
	}
}
