package upload

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/problem"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// bundle is a server on a folder of its own, spoken to over real HTTP.
type bundle struct {
	*testing.T
	server *Server
	url    string
}

func setup(t *testing.T, change func(*Options)) *bundle {
	t.Helper()
	return setupIn(t, t.TempDir(), change)
}

func setupIn(t *testing.T, dir string, change func(*Options)) *bundle {
	t.Helper()
	o := Options{
		Tenant: func(r *http.Request) (string, error) {
			if tenant := r.Header.Get("X-Vimond-Tenant"); tenant != "" {
				return tenant, nil
			}
			return "", vod.Faultf(vod.Forbidden, "No tenant.")
		},
		Free: func(string) (int64, error) { return 1 << 40, nil },
	}
	if change != nil {
		change(&o)
	}
	server, err := New(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server.Handler())
	t.Cleanup(func() {
		web.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return &bundle{t, server, web.URL}
}

type header map[string]string

func (b *bundle) do(method, path string, body io.Reader, h header) *http.Response {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), method, b.url+path, body)
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Tus-Resumable", "1.0.0")
	req.Header.Set("X-Vimond-Tenant", "a")
	for k, v := range h {
		if v == "" {
			req.Header.Del(k)
			continue
		}
		req.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = res.Body.Close() })
	return res
}

// create begins an upload and gives its path.
func (b *bundle) create(length int64, name string) string {
	b.Helper()
	res := b.do("POST", "/uploads", nil, header{
		"Upload-Length":   strconv.FormatInt(length, 10),
		"Upload-Metadata": "filename " + base64.StdEncoding.EncodeToString([]byte(name)),
	})
	wantStatus(b.T, res, 201)
	return res.Header.Get("Location")
}

func (b *bundle) patch(path string, offset int64, body io.Reader, h header) *http.Response {
	b.Helper()
	all := header{"Upload-Offset": strconv.FormatInt(offset, 10), "Content-Type": "application/offset+octet-stream"}
	for k, v := range h {
		all[k] = v
	}
	return b.do("PATCH", path, body, all)
}

func (b *bundle) offset(path string) int64 {
	b.Helper()
	res := b.do("HEAD", path, nil, nil)
	wantStatus(b.T, res, 200)
	n, err := strconv.ParseInt(res.Header.Get("Upload-Offset"), 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// awaitOffset waits until the upload stands at n bytes.
func (b *bundle) awaitOffset(path string, n int64) {
	b.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(10 * time.Second)
	for b.offset(path) != n {
		select {
		case <-tick.C:
		case <-deadline:
			b.Fatalf("the offset never became %d", n)
		}
	}
}

// content reads a complete upload as the retrieval step does.
func (b *bundle) content(path string) (name, text string) {
	b.Helper()
	f, name, size, err := b.server.Open(b.Context(), "a", idOf(path))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		b.Fatal(err)
	}
	if int64(len(data)) != size {
		b.Errorf("Open tells %d bytes, there are %d", size, len(data))
	}
	return name, string(data)
}

func idOf(path string) string { return strings.TrimPrefix(path, "/uploads/") }

func wantStatus(t *testing.T, res *http.Response, status int) {
	t.Helper()
	if res.StatusCode != status {
		body, _ := io.ReadAll(res.Body)
		t.Fatalf("%s %s: status %d, want %d: %s", res.Request.Method, res.Request.URL.Path, res.StatusCode, status, body)
	}
	if res.Header.Get("Tus-Resumable") != "1.0.0" {
		t.Errorf("%s: no Tus-Resumable in the answer", res.Request.Method)
	}
}

// wantProblem checks status and text of a refusal.
func wantProblem(t *testing.T, res *http.Response, status int, detail string) {
	t.Helper()
	wantStatus(t, res, status)
	if ct := res.Header.Get("Content-Type"); ct != problem.ContentType {
		t.Errorf("Content-Type %q, want %q", ct, problem.ContentType)
	}
	var d problem.Document
	if err := json.NewDecoder(res.Body).Decode(&d); err != nil {
		t.Fatal(err)
	}
	if d.Detail != detail {
		t.Errorf("detail\n got %s\nwant %s", d.Detail, detail)
	}
}

// unsized hides the length of a body, so that it goes out in chunks.
func unsized(text string) io.Reader { return io.MultiReader(bytes.NewReader([]byte(text))) }
