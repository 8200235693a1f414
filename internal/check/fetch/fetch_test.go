package fetch

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFolderStaysInside(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	inside := filepath.Join(dir, "in")
	if err := os.Mkdir(inside, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{filepath.Join(dir, "secret"): "secret", filepath.Join(inside, "a b.m4s"): "0123456789"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../secret", filepath.Join(inside, "link")); err != nil {
		t.Fatal(err)
	}
	f, err := OpenFolder(inside)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, reference := range []string{"../secret", "/etc/passwd", "file:///etc/passwd", "http://example.com/x", "//example.com/x", "..%2fsecret", "x/../../secret"} {
		if address, err := f.Resolve("index.m3u8", reference); !errors.Is(err, ErrOutside) {
			t.Errorf("%s leads to %q, %v", reference, address, err)
		}
	}
	if data, err := ReadAll(t.Context(), f, "link", 100); err == nil {
		t.Errorf("the link gives %q", data)
	}
	address, err := f.Resolve("x/index.m3u8", "../a%20b.m4s?query")
	if err != nil || address != "a b.m4s" {
		t.Fatalf("%q, %v", address, err)
	}
	data, err := Read(t.Context(), f, address, Range{2, 3}, 100)
	if err != nil || string(data) != "234" {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := Read(t.Context(), f, address, Range{8, 3}, 100); err == nil {
		t.Error("a range beyond the end is read")
	}
	if _, err := Read(t.Context(), f, address, Range{}, 5); err == nil {
		t.Error("more than the limit is read")
	}
	if _, err := ReadAll(t.Context(), f, "none", 5); !errors.Is(err, ErrMissing) {
		t.Errorf("%v", err)
	}
}

func TestWeb(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte("0123456789abcdef"), 40000) // several blocks
	mux := http.NewServeMux()
	mux.HandleFunc("/ranges", func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "x.mp4", time.Time{}, bytes.NewReader(content))
	})
	mux.HandleFunc("/whole", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(content) })
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	w := &Web{Client: NewClient(server.Client().Transport)}
	for _, path := range []string{"/ranges", "/whole"} {
		data, err := ReadAll(t.Context(), w, server.URL+path, 1<<20)
		if err != nil || !bytes.Equal(data, content) {
			t.Errorf("%s: %d bytes, %v", path, len(data), err)
		}
		data, err = Read(t.Context(), w, server.URL+path, Range{300001, 5}, 10)
		if err != nil || string(data) != "12345" {
			t.Errorf("%s: %q, %v", path, data, err)
		}
	}
	for _, path := range []string{"/loop", "/away", "/none"} {
		_, err := ReadAll(t.Context(), w, server.URL+path+"?token=secret", 1<<20)
		if err == nil || strings.Contains(err.Error(), "secret") || (path == "/none" && !errors.Is(err, ErrMissing)) {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, reference := range []string{"file:///etc/passwd", "data:text/plain,x", "ftp://example.com/x"} {
		if _, err := w.Resolve(server.URL+"/index.m3u8", reference); !errors.Is(err, ErrOutside) {
			t.Errorf("%s: %v", reference, err)
		}
	}
}
