package httpd

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// BenchmarkList is what the API adds to a page of 25, from request to bytes.
func BenchmarkList(b *testing.B) {
	var runs []vod.Run
	for range 25 {
		runs = append(runs, running())
	}
	handler := New(Config{Service: &memory{runs: runs}, Now: noon, Log: slog.New(slog.DiscardHandler)})
	for b.Loop() {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "http://localhost/ingests?status=RUNNING&limit=25", nil)
		handler.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}
