package retrieval_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

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
