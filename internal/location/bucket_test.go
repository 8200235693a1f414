package location_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/s3test"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// watched leads to the server, and has see told of each request before it goes
// there; true: it is refused.
func watched(t *testing.T, server *s3test.Server, see func(*http.Request) bool) string {
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
		if see(r) {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestInterruptedCommit: what was not committed to its end counts for nothing,
// and Discard leaves nothing.
func TestInterruptedCommit(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	bucket := server.Bucket(t)
	s := bucketSiteAt(t, server, bucket, watched(t, server, func(r *http.Request) bool {
		return r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, "/"+location.InventoryName)
	}))
	f := s.open(t, s.job(t, "acme"), "store", map[string]string{"a": "a", "b": "b", "c": "c", "d": "d"})
	_, err := f.Commit(t.Context())
	if se := vod.AsStepError(err); se.Class != vod.ClassConfig || se.Reason != vod.ReasonForbidden || !strings.Contains(se.Message, bucket) {
		t.Errorf("error is %v", err)
	}
	if keys := server.Keys(t, bucket); len(keys) != 4 {
		t.Errorf("objects: %q", keys)
	}
	if s.set.Exists(t.Context(), "acme", filesetOf(f.URI("a"))) {
		t.Error("it exists")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.Discard(ended); err != nil || exists(f.Path()) {
		t.Errorf("Discard: %v", err)
	}
	if keys := server.Keys(t, bucket); len(keys) != 0 {
		t.Errorf("left: %q", keys)
	}
}

// TestFetchedOnce: an attempt downloads a file once, and what it downloads is
// what the inventory says.
func TestFetchedOnce(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	bucket := server.Bucket(t)
	var gets atomic.Int64
	s := bucketSiteAt(t, server, bucket, watched(t, server, func(r *http.Request) bool {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, ".m3u8") {
			gets.Add(1)
		}
		return false
	}))
	f := s.folder(t, s.job(t, "acme"), "store", package1)
	job := s.job(t, "acme")
	for range 3 {
		if _, err := s.set.Local(t.Context(), job, f.URI("index.m3u8")); err != nil {
			t.Fatal(err)
		}
	}
	if n := gets.Load(); n != 1 {
		t.Errorf("it was downloaded %d times", n)
	}
	s.damage(t, f.URI("index.m3u8"))
	if path, err := s.set.Local(t.Context(), s.job(t, "acme"), f.URI("index.m3u8")); vod.AsStepError(err).Class == vod.ClassConfig || err == nil {
		t.Errorf("damage: %s, %v", path, err)
	}
}

// TestTakenByTheService: what is in the same service does not pass through this
// machine, and what is to be read is brought.
func TestTakenByTheService(t *testing.T) {
	t.Parallel()
	s, server, bucket := bucketSite(t)
	from := s.folder(t, s.job(t, "acme"), "store", package1)
	inv, err := s.set.Inventory(t.Context(), "acme", from.URI("index.m3u8"))
	if err != nil {
		t.Fatal(err)
	}
	f := s.open(t, s.job(t, "acme"), "media", nil)
	e, _ := inv.Entry("video/å 1%.m4s")
	if err := f.Take(t.Context(), inv, e); err != nil {
		t.Fatal(err)
	}
	if exists(f.Path() + "/" + e.Name) {
		t.Error("it was downloaded")
	}
	if err := f.Fetch(t.Context()); err != nil || !exists(f.Path()+"/"+e.Name) {
		t.Errorf("it was not brought: %v", err)
	}
	if _, err := f.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	key := strings.TrimPrefix(f.URI(""), "s3://"+bucket+"/")
	for name, want := range map[string]string{
		e.Name: "video/mp4 public, max-age=31536000, immutable", location.InventoryName: "application/json no-store",
	} {
		head, err := server.Client().HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &bucket, Key: aws.String(key + "/" + name)})
		if err != nil {
			t.Fatal(err)
		}
		if got := aws.ToString(head.ContentType) + " " + aws.ToString(head.CacheControl); got != want {
			t.Errorf("%s is %s", name, got)
		}
	}
}

// TestUploading finds what a server that was killed had begun to upload.
func TestUploading(t *testing.T) {
	t.Parallel()
	s, server, bucket := bucketSite(t)
	f := s.open(t, s.job(t, "acme"), "store", nil)
	key := strings.TrimPrefix(f.URI("big.mp4"), "s3://"+bucket+"/")
	for _, key := range []string{key, "store/of-somebody-else"} {
		if _, err := server.Client().CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: &bucket, Key: &key}); err != nil {
			t.Fatal(err)
		}
	}
	find := func(before time.Time) (found []location.Attempt) {
		for a, err := range s.set.Uploading(t.Context(), before) {
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, a)
		}
		return found
	}
	if found := find(time.Now().Add(-time.Hour)); len(found) != 0 {
		t.Errorf("young ones: %+v", found)
	}
	found := find(time.Now().Add(time.Hour))
	if len(found) != 1 || !found[0].Holds(f.URI("big.mp4")) {
		t.Fatalf("found: %+v", found)
	}
	if err := s.set.AbortUploads(t.Context(), found[0]); err != nil {
		t.Fatal(err)
	}
	if found := find(time.Now().Add(time.Hour)); len(found) != 0 {
		t.Errorf("after the abort: %+v", found)
	}
}

// TestSource: only what an operator lets the tenant read, and nothing of
// another tenant's ingests.
func TestSource(t *testing.T) {
	t.Parallel()
	s, _, bucket := bucketSite(t)
	job := s.job(t, "acme")
	f := s.folder(t, job, "shared", package1)
	stored := s.folder(t, job, "store", package1)
	for uri, ok := range map[string]bool{
		"s3://" + bucket + "/shared/films/a%20b.mp4": true,
		f.URI("index.m3u8"):                          true,
		stored.URI("index.m3u8"):                     false,
		"s3://" + bucket + "/shared":                 false,
		"s3://" + bucket + "/sharedother/a.mp4":      false,
		"s3://" + bucket + "/shared/../store/a.mp4":  false,
		"s3://other-bucket/shared/a.mp4":             false,
		"file:///etc/passwd":                         false,
	} {
		objects, key, err := s.set.Source(t.Context(), "acme", uri)
		if ok != (err == nil) || ok && objects.URI(key) != uri {
			t.Errorf("%s: %s, %v", uri, key, err)
		}
		if err != nil && vod.AsStepError(err).Class != vod.ClassConfig {
			t.Errorf("%s: %v", uri, err)
		}
	}
	if _, _, err := s.set.Source(t.Context(), "other", f.URI("index.m3u8")); vod.AsStepError(err).Reason != vod.ReasonForbidden {
		t.Errorf("another tenant: %v", err)
	}
}
