package mediahttp

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/s3test"
)

const key = "0123456789abcdef0123456789abcdef"

// setup serves a folder with the files given, by path below the media folder.
func setup(t testing.TB, files map[string]string) (root, url string) {
	t.Helper()
	root = filepath.Join(t.TempDir(), "media")
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root, listen(t, Folder(root))
}

// setupBucket serves the files from a real bucket.
func setupBucket(t testing.TB, files map[string]string) (b *bucket, url string) {
	t.Helper()
	b = &bucket{Server: s3test.Start(t), log: &bytes.Buffer{}}
	b.name = b.Bucket(t)
	for name, text := range files {
		key := "media/" + name
		if _, err := b.Client().PutObject(t.Context(), &s3.PutObjectInput{Bucket: &b.name, Key: &key, Body: strings.NewReader(text)}); err != nil {
			t.Fatal(err)
		}
	}
	return b, listen(t, Bucket(b.Client(), b.name, "media/", slog.New(slog.NewTextHandler(b.log, nil))))
}

type bucket struct {
	*s3test.Server
	name string
	log  *bytes.Buffer
}

// listen serves the files until the test ends.
func listen(t testing.TB, files Files) (url string) {
	t.Helper()
	server := httptest.NewServer(Handler(files))
	t.Cleanup(server.Close)
	return server.URL
}

// onBoth runs a test on a folder and on a bucket.
func onBoth(t *testing.T, files map[string]string, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("folder", func(t *testing.T) {
		t.Parallel()
		_, url := setup(t, files)
		test(t, url)
	})
	t.Run("bucket", func(t *testing.T) {
		t.Parallel()
		_, url := setupBucket(t, files)
		test(t, url)
	})
}

func do(t testing.TB, method, url string, h map[string]string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range h {
		req.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestTypesAndCaching(t *testing.T) {
	t.Parallel()
	want := map[string][2]string{
		"main.m3u8":     {"application/vnd.apple.mpegurl", "public, max-age=60"},
		"main.mpd":      {"application/dash+xml", "public, max-age=60"},
		"v1/1.m4s":      {"video/mp4", "public, max-age=31536000, immutable"},
		"v1/init.mp4":   {"video/mp4", "public, max-age=31536000, immutable"},
		"s/en.vtt":      {"text/vtt; charset=utf-8", "public, max-age=31536000, immutable"},
		"poster 1%.jpg": {"image/jpeg", "public, max-age=31536000, immutable"},
	}
	files := map[string]string{}
	for name := range want {
		files[key+"/task/1/"+name] = "content of " + name
	}
	onBoth(t, files, func(t *testing.T, url string) {
		for name, w := range want {
			address := url + "/media/" + key + "/task/1/" + strings.NewReplacer(" ", "%20", "%", "%25").Replace(name)
			res, body := do(t, "GET", address, nil)
			got := [2]string{res.Header.Get("Content-Type"), res.Header.Get("Cache-Control")}
			if res.StatusCode != 200 || body != "content of "+name || got != w {
				t.Errorf("%s: %d %v %q", name, res.StatusCode, got, body)
			}
		}
	})
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	onBoth(t, map[string]string{key + "/a.mp4": "0123456789"}, testHeaders)
}

func testHeaders(t *testing.T, url string) {
	res, body := do(t, "HEAD", url+"/media/"+key+"/a.mp4", nil)
	if body != "" || res.ContentLength != 10 {
		t.Errorf("HEAD: %q, length %d", body, res.ContentLength)
	}
	got := map[string]string{}
	for _, k := range []string{
		"Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "X-Content-Type-Options",
		"Content-Security-Policy", "Cross-Origin-Resource-Policy", "Timing-Allow-Origin", "Accept-Ranges",
	} {
		got[k] = res.Header.Get(k)
	}
	want := map[string]string{
		"Access-Control-Allow-Origin":   "*",
		"Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, Date, ETag",
		"X-Content-Type-Options":        "nosniff",
		"Content-Security-Policy":       "sandbox; default-src 'none'",
		"Cross-Origin-Resource-Policy":  "cross-origin",
		"Timing-Allow-Origin":           "*",
		"Accept-Ranges":                 "bytes",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRangesAndConditions(t *testing.T) {
	t.Parallel()
	onBoth(t, map[string]string{key + "/a.mp4": "0123456789"}, testRangesAndConditions)
}

func testRangesAndConditions(t *testing.T, url string) {
	address := url + "/media/" + key + "/a.mp4"
	first, _ := do(t, "GET", address, nil)
	tag := first.Header.Get("ETag")
	if len(tag) < 3 || tag[0] != '"' || first.Header.Get("Last-Modified") == "" {
		t.Fatalf("ETag %s, Last-Modified %q", tag, first.Header.Get("Last-Modified"))
	}
	tests := []struct {
		name   string
		header map[string]string
		status int
		body   string
	}{
		{"range", map[string]string{"Range": "bytes=2-4"}, 206, "234"},
		{"suffix", map[string]string{"Range": "bytes=-3"}, 206, "789"},
		{"if range holds", map[string]string{"Range": "bytes=2-4", "If-Range": tag}, 206, "234"},
		{"if range fails", map[string]string{"Range": "bytes=2-4", "If-Range": `"other"`}, 200, "0123456789"},
		{"if range since", map[string]string{"Range": "bytes=2-4", "If-Range": first.Header.Get("Last-Modified")}, 206, "234"},
		{"open range", map[string]string{"Range": "bytes=7-"}, 206, "789"},
		{"range beyond the end", map[string]string{"Range": "bytes=7-20"}, 206, "789"},
		{"range and same", map[string]string{"Range": "bytes=2-4", "If-None-Match": tag}, 304, ""},
		{"range and other", map[string]string{"Range": "bytes=2-4", "If-None-Match": `"other"`}, 206, "234"},
		{"one of several", map[string]string{"If-None-Match": `"other", W/` + tag}, 304, ""},
		{"any", map[string]string{"If-None-Match": "*"}, 304, ""},
		{"other", map[string]string{"If-None-Match": `"other"`}, 200, "0123456789"},
		{"match fails", map[string]string{"If-Match": `"other"`}, 412, ""},
		{"since", map[string]string{"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}, 200, "0123456789"},
		{"changed", map[string]string{"If-Unmodified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}, 412, ""},
		{"same", map[string]string{"If-None-Match": tag}, 304, ""},
		{"not since", map[string]string{"If-Modified-Since": first.Header.Get("Last-Modified")}, 304, ""},
	}
	for _, test := range tests {
		res, body := do(t, "GET", address, test.header)
		if res.StatusCode != test.status || body != test.body {
			t.Errorf("%s: %d %q, want %d %q", test.name, res.StatusCode, body, test.status, test.body)
		}
		if res.Header.Get("ETag") != tag {
			t.Errorf("%s: ETag %s, want %s", test.name, res.Header.Get("ETag"), tag)
		}
	}
	res, _ := do(t, "GET", address, map[string]string{"Range": "bytes=20-"})
	if res.StatusCode != 416 || res.Header.Get("Content-Range") != "bytes */10" {
		t.Errorf("past the end: %d, %s", res.StatusCode, res.Header.Get("Content-Range"))
	}
}

func TestPreflightAndMethods(t *testing.T) {
	t.Parallel()
	_, url := setup(t, nil)
	address := url + "/media/" + key + "/a.mp4"
	res, _ := do(t, "OPTIONS", address, map[string]string{"Origin": "https://player.example", "Access-Control-Request-Headers": "range"})
	if res.StatusCode != 204 || !strings.Contains(res.Header.Get("Access-Control-Allow-Headers"), "Range") ||
		res.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("preflight: %d %v", res.StatusCode, res.Header)
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH"} {
		res, _ := do(t, method, address, nil)
		if res.StatusCode != 405 || res.Header.Get("Allow") != "GET, HEAD, OPTIONS" {
			t.Errorf("%s: %d, Allow %s", method, res.StatusCode, res.Header.Get("Allow"))
		}
	}
}

// TestNotServed lists what must look as if it were not there. All of the files
// exist, so that each 404 is a decision.
func TestNotServed(t *testing.T) {
	t.Parallel()
	root, url := setup(t, map[string]string{
		key + "/a.mp4": "x", key + "/inventory.json": "x", key + "/package.json": "x", key + "/page.html": "x", key + "/script.js": "x",
		key + "/.hidden.mp4": "x", key + "/.git/a.mp4": "x", key + "/A.MP4": "x", key + "/image.svg": "x",
		"loose.mp4": "x", "short/a.mp4": "x", strings.ToUpper(key) + "/a.mp4": "x", key + "/dir.mp4/a.mp4": "x",
	})
	outside := filepath.Join(filepath.Dir(root), "secret.mp4")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{outside, "../../secret.mp4"} {
		if err := os.Symlink(target, filepath.Join(root, key, filepath.Base(filepath.Dir(target))+"-link.mp4")); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(root, key, "pipe.mp4"), 0o600); err != nil {
		t.Fatal(err)
	}
	paths := []string{
		"/media/", "/media", "/", "/media/" + key, "/media/" + key + "/", "/media/loose.mp4", "/media/short/a.mp4",
		"/media/" + strings.ToUpper(key) + "/a.mp4", "/other/" + key + "/a.mp4", "/media/" + key + "//a.mp4",
		"/media/" + key + "/../loose.mp4", "/media/" + key + "/..%2floose.mp4", "/media/" + key + "/%2e%2e/%2e%2e/secret.mp4",
		"/media/" + key + "/..%5c..%5csecret.mp4", "/media/" + key + "/a.mp4%00.jpg", "/media/" + key + "/a.mp4/",
		"/media/" + key + "/media-link.mp4", "/media/" + key + "/..-link.mp4",
	}
	for _, name := range []string{
		"inventory.json", "package.json", "page.html", "script.js", ".hidden.mp4", ".git/a.mp4", "A.MP4", "image.svg",
		"dir.mp4", "pipe.mp4", "missing.mp4",
	} {
		paths = append(paths, "/media/"+key+"/"+name)
	}
	links, err := filepath.Glob(filepath.Join(root, key, "*-link.mp4"))
	if len(links) != 2 || err != nil {
		t.Fatalf("links %v, %v", links, err)
	}
	for _, link := range links {
		paths = append(paths, "/media/"+key+"/"+filepath.Base(link))
	}
	for _, path := range paths {
		res, body := do(t, "GET", url+path, nil)
		if res.StatusCode != 404 || res.Header.Get("Cache-Control") != "no-store" || !strings.Contains(body, "There is no such media file.") {
			t.Errorf("%s: %d, %s, %q", path, res.StatusCode, res.Header.Get("Cache-Control"), body)
		}
	}
}

func TestGoneOnceDeleted(t *testing.T) {
	t.Parallel()
	root, url := setup(t, map[string]string{key + "/a.mp4": "x"})
	address := url + "/media/" + key + "/a.mp4"
	if res, _ := do(t, "GET", address, nil); res.StatusCode != 200 {
		t.Fatal(res.Status)
	}
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	if res, _ := do(t, "GET", address, nil); res.StatusCode != 404 {
		t.Error(res.Status)
	}
}

func FuzzResolve(f *testing.F) {
	for _, seed := range []string{
		"/media/" + key + "/a.mp4", "/media/" + key + "/../a.mp4", "/media/" + key + "/.a.mp4", "/media//a.mp4", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		name, _, ok := resolve(path)
		if !ok {
			return
		}
		if !filepath.IsLocal(name) || strings.Contains(name, "/.") || !strings.HasPrefix(path, "/media/") {
			t.Errorf("%q is served as %q", path, name)
		}
	})
}
