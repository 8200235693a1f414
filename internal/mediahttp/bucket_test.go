package mediahttp

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Nothing but what players fetch is served, and what is deleted is gone.
func TestNotServedFromABucket(t *testing.T) {
	t.Parallel()
	b, url := setupBucket(t, map[string]string{
		key + "/a.mp4": "x", key + "/inventory.json": "x", key + "/page.html": "x", key + "/.hidden.mp4": "x", "loose.mp4": "x",
		key + "/dir.mp4/a.mp4": "x",
	})
	for _, path := range []string{
		"/media/", "/media/" + key, "/media/" + key + "/", "/media/loose.mp4", "/media/" + key + "/inventory.json", "/media/" + key + "/page.html",
		"/media/" + key + "/.hidden.mp4", "/media/" + key + "/missing.mp4", "/media/" + key + "/dir.mp4", "/media/" + key + "/../loose.mp4",
	} {
		for _, method := range []string{"GET", "HEAD"} {
			if res, _ := do(t, method, url+path, nil); res.StatusCode != 404 || res.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s %s: %d, %s", method, path, res.StatusCode, res.Header.Get("Cache-Control"))
			}
		}
	}
	address, object := url+"/media/"+key+"/a.mp4", "media/"+key+"/a.mp4"
	if res, _ := do(t, "GET", address, nil); res.StatusCode != 200 {
		t.Fatal(res.Status)
	}
	if _, err := b.Client().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &b.name, Key: &object}); err != nil {
		t.Fatal(err)
	}
	if res, _ := do(t, "GET", address, nil); res.StatusCode != 404 {
		t.Error(res.Status)
	}
	if b.log.Len() > 0 {
		t.Errorf("what is not there is no failure: %s", b.log)
	}
}

// What goes wrong with the storage is told in the log, not to players, and is
// never a 404 that a cache would remember.
func TestBucketOutOfOrder(t *testing.T) {
	t.Parallel()
	b, url := setupBucket(t, map[string]string{key + "/a.mp4": "0123456789"})
	address := url + "/media/" + key + "/a.mp4"
	check := func(what string, status int) {
		t.Helper()
		for _, method := range []string{"GET", "HEAD"} {
			b.log.Reset()
			res, body := do(t, method, address, nil)
			if res.StatusCode != status || res.Header.Get("Retry-After") != "5" || res.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s, %s: %d %v", what, method, res.StatusCode, res.Header)
			}
			if method == "GET" && (!strings.Contains(body, "The storage of media") || strings.Contains(body, b.name)) {
				t.Errorf("%s: %s", what, body)
			}
			if log := b.log.String(); !strings.Contains(log, "cannot be read from the bucket") || strings.Contains(log, key) {
				t.Errorf("%s: log %q", what, log)
			}
		}
	}
	secret := b.SecretKey
	b.SecretKey = "wrong"
	refused := listen(t, Bucket(b.Client(), b.name, "media/", slog.New(slog.NewTextHandler(b.log, nil))))
	b.SecretKey = secret
	address = refused + "/media/" + key + "/a.mp4"
	check("wrong credentials", http.StatusBadGateway)
	address = url + "/media/" + key + "/a.mp4"
	b.Kill()
	check("no server", http.StatusServiceUnavailable)
	b.Restart(t)
	if res, body := do(t, "GET", address, nil); res.StatusCode != 200 || body != "0123456789" {
		t.Errorf("after a restart: %d %q", res.StatusCode, body)
	}
}

// A body that the storage breaks off is not taken for a whole one.
func TestBrokenOff(t *testing.T) {
	t.Parallel()
	const size = 64 << 20
	b, url := setupBucket(t, map[string]string{key + "/a.mp4": strings.Repeat("x", size)})
	req, err := http.NewRequestWithContext(t.Context(), "GET", url+"/media/"+key+"/a.mp4", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.ReadFull(res.Body, make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	b.Kill() // The rest does not fit into the buffers on the way.
	n, err := io.Copy(io.Discard, res.Body)
	if err == nil {
		t.Errorf("%d bytes came, and no error", n)
	}
}
