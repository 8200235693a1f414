package retrieval_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

func benchmarkStep(b *testing.B, address string, size int) {
	w := setup(b)
	w.job.Progress = func(float64) {}
	b.SetBytes(int64(size))
	for b.Loop() {
		if _, err := w.run(b, input(address)); err != nil {
			b.Fatal(err)
		}
	}
}

// benchmarkCopy is what the step is measured against: the same bytes to a
// synced file, with nothing computed.
func benchmarkCopy(b *testing.B, address string, size int) {
	path := filepath.Join(b.TempDir(), "a")
	b.SetBytes(int64(size))
	for b.Loop() {
		resp, err := http.Get(address)
		if err != nil {
			b.Fatal(err)
		}
		file, err := os.Create(path)
		if err != nil {
			b.Fatal(err)
		}
		if _, err = io.Copy(file, resp.Body); err == nil {
			err = file.Sync()
		}
		if err != nil {
			b.Fatal(err)
		}
		_ = resp.Body.Close()
		_ = file.Close()
	}
}
