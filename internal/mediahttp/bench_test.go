package mediahttp

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkSegment serves a segment of 500 kB (4 s at 1 Mbit/s) over real
// HTTP, beside [http.FileServer] as the measure of what is possible.
func BenchmarkSegment(b *testing.B) {
	const segment = key + "/ingest/task/1/v1/00001.m4s"
	root := filepath.Join(b.TempDir(), "media")
	path := filepath.Join(root, filepath.FromSlash(segment))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Repeat("x", 500_000)), 0o600); err != nil {
		b.Fatal(err)
	}
	for name, h := range map[string]http.Handler{
		"mediahttp":  Handler(Folder(root)),
		"fileserver": http.StripPrefix("/media/", http.FileServer(http.Dir(root))),
	} {
		b.Run(name, func(b *testing.B) {
			server := httptest.NewServer(h)
			defer server.Close()
			b.SetBytes(500_000)
			for b.Loop() {
				if res, _ := do(b, "GET", server.URL+"/media/"+segment, nil); res.StatusCode != 200 {
					b.Fatal(res.Status)
				}
			}
		})
	}
}
