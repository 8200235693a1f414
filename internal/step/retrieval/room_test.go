package retrieval_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/disktest"
	"github.com/via-orchestrate/orchestrate/internal/step/retrieval"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// A file that cannot fit is refused before it has filled the disk.
func TestRefusesWhatCannotFit(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1152921504606846976") // 1 EiB
		_, _ = w.Write([]byte("the beginning"))
	}))
	t.Cleanup(s.Close)
	_, err := b.run(t, input(s.URL+"/film.mp4"))
	b.wantError(t, err, vod.ClassInfra, vod.ReasonDiskFull, "1152921504606846976 bytes are needed")
}

// What would leave less free than is to stay free is refused at once if its
// length is known, and broken off if it is not.
func TestLeavesMinFree(t *testing.T) {
	t.Parallel()
	piece := randomBytes(1 << 20)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/known.mp4" {
			w.Header().Set("Content-Length", fmt.Sprint(40<<20))
		}
		for { // has no end
			if _, err := w.Write(piece); err != nil {
				return
			}
		}
	}))
	t.Cleanup(s.Close)
	for name, c := range map[string]struct {
		minFree, free int64 // free: in MiB, when it was refused
		says          string
	}{
		"known.mp4":   {130 << 20, 160, "41943040 bytes are needed, "},
		"endless.mp4": {130 << 20, 96, "bytes are free, and 136314880 are to stay free (min-free)"},
		"full.mp4":    {1 << 40, 160, "bytes are free, and 1099511627776 are to stay free (min-free)"},
	} {
		b := setupAt(t, disktest.Mount(t, "160m"), func(r *retrieval.Config) { r.MinFree = c.minFree })
		_, err := b.run(t, input(s.URL+"/"+name))
		b.wantError(t, err, vod.ClassInfra, vod.ReasonDiskFull, c.says)
		if free := freeThen.FindStringSubmatch(fmt.Sprint(err)); free == nil || len(*b.shares) > 0 {
			t.Errorf("%s: %v, progress %v", name, err, *b.shares)
		} else if n, err := strconv.ParseInt(free[1], 10, 64); err != nil || n>>20 != c.free {
			t.Errorf("%s: refused when %d MiB were free, want %d", name, n>>20, c.free)
		}
	}
}

var freeThen = regexp.MustCompile(`([0-9]+) (bytes )?are free`)
