package upload

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestOptions(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *Options) { o.MaxSize = 1000 })
	res := b.do("OPTIONS", "/uploads", nil, header{"Tus-Resumable": ""})
	wantStatus(t, res, 204)
	for key, want := range map[string]string{
		"Tus-Version": "1.0.0", "Tus-Extension": "creation,expiration,termination", "Tus-Max-Size": "1000",
	} {
		if got := res.Header.Get(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}

func TestOtherVersions(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for _, version := range []string{"", "0.2.2", "1.0.1"} {
		res := b.do("POST", "/uploads", nil, header{"Tus-Resumable": version, "Upload-Length": "1"})
		wantStatus(t, res, 412)
		if got := res.Header.Get("Tus-Version"); got != "1.0.0" {
			t.Errorf("Tus-Version %q", got)
		}
	}
}

func TestInPieces(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	path := b.create(11, `C:\clips\été "1".mp4`)
	if b.offset(path) != 0 {
		t.Error("a new upload does not stand at 0")
	}
	res := b.patch(path, 0, strings.NewReader("hello "), nil)
	wantStatus(t, res, 204)
	if got := res.Header.Get("Upload-Offset"); got != "6" {
		t.Errorf("Upload-Offset %s, want 6", got)
	}
	expires, err := http.ParseTime(res.Header.Get("Upload-Expires"))
	if left := time.Until(expires); err != nil || left < Lifetime-time.Minute || left > Lifetime+time.Minute {
		t.Errorf("Upload-Expires in %v, %v; want 24 h", left, err)
	}
	_, _, _, err = b.server.Open(t.Context(), "a", idOf(path))
	var se *vod.StepError
	if !errors.As(err, &se) || se.Message != "The upload "+idOf(path)+" is not complete: 6 of 11 bytes have arrived." {
		t.Errorf("Open of an incomplete upload: %v", err)
	}
	wantStatus(t, b.patch(path, 6, unsized("world"), nil), 204)
	if name, text := b.content(path); name != `été "1".mp4` || text != "hello world" {
		t.Errorf("%q holds %q", name, text)
	}
	head := b.do("HEAD", path, nil, nil)
	if head.Header.Get("Upload-Length") != "11" || head.Header.Get("Cache-Control") != "no-store" ||
		!strings.HasPrefix(head.Header.Get("Upload-Metadata"), "filename ") {
		t.Errorf("HEAD tells %v", head.Header)
	}
}

func TestEmptyFileIsComplete(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	if name, text := b.content(b.create(0, "")); name != "" || text != "" {
		t.Errorf("%q holds %q", name, text)
	}
}

func TestRestartKeepsEverything(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := setupIn(t, dir, nil)
	path := first.create(4, "a.mp4")
	wantStatus(t, first.patch(path, 0, strings.NewReader("ab"), nil), 204)
	second := setupIn(t, dir, nil)
	wantStatus(t, second.patch(path, 2, strings.NewReader("cd"), nil), 204)
	if _, text := second.content(path); text != "abcd" {
		t.Errorf("holds %q", text)
	}
}

func TestMethodOverride(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	path := b.create(2, "")
	res := b.do("POST", path, strings.NewReader("ab"), header{
		"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream",
	})
	wantStatus(t, res, 204)
	wantStatus(t, b.do("POST", path, nil, header{"X-HTTP-Method-Override": "DELETE"}), 204)
	wantStatus(t, b.do("HEAD", path, nil, nil), 404)
}

func TestTenantsAreApart(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	path := b.create(1, "")
	other := header{"X-Vimond-Tenant": "b"}
	wantStatus(t, b.do("HEAD", path, nil, other), 404)
	wantStatus(t, b.do("DELETE", path, nil, other), 404)
	wantProblem(t, b.patch(path, 0, strings.NewReader("x"), other), 404,
		"There is no such upload. It may have expired; begin a new one.")
	if _, _, _, err := b.server.Open(t.Context(), "b", idOf(path)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open by another tenant: %v", err)
	}
	if b.offset(path) != 0 {
		t.Error("another tenant removed the upload")
	}
	wantProblem(t, b.do("POST", "/uploads", nil, header{"X-Vimond-Tenant": "", "Upload-Length": "1"}), 403, "No tenant.")
}

func TestDelete(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	path := b.create(1, "")
	wantStatus(t, b.do("DELETE", path, nil, nil), 204)
	wantStatus(t, b.do("DELETE", path, nil, nil), 404)

	path = b.create(1, "")
	wantStatus(t, b.patch(path, 0, strings.NewReader("x"), nil), 204)
	f, _, _, err := b.server.Open(t.Context(), "a", idOf(path))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	wantStatus(t, b.do("DELETE", path, nil, nil), 204)
	if text, err := io.ReadAll(f); string(text) != "x" || err != nil {
		t.Errorf("an open file reads %q, %v after it was deleted", text, err)
	}
	entries, err := os.ReadDir(b.server.dir)
	if len(entries) != 0 || err != nil {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}
