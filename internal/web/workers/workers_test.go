package workers_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
	"github.com/via-orchestrate/orchestrate/internal/web/workers"
)

// service has the workers that a test gives it.
type service []vod.Worker

func (s service) Workers(_ context.Context, by vod.Caller) ([]vod.Worker, error) {
	return s, by.Require(vod.ReadIngests)
}

// get is what a caller with these permissions gets of the page.
func get(t *testing.T, s service, may []vod.Permission, header ...string) (status int, body string) {
	t.Helper()
	kit := page.New(page.Config{Caller: func(context.Context) (vod.Caller, error) {
		return vod.Caller{Subject: "ann", Tenant: "acme", Permissions: may}, nil
	}})
	workers.Routes(kit, s)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/ui/acme/workers", nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	kit.ServeHTTP(w, r)
	return w.Code, strings.Join(strings.Fields(w.Body.String()), " ")
}

func TestWorkers(t *testing.T) {
	t.Parallel()
	list := service{{
		ID: "w", Host: "<encode-1>", Version: "1.4.0", Slots: map[vod.Stage]int{vod.Packaging: 4, vod.Encoding: 2},
		Capabilities: []vod.Capability{vod.CanHEVC, vod.CanUHD}, Memory: 1 << 34, Processors: 8, Scratch: 1 << 37, Running: 1,
		Seen: time.Date(2026, 11, 24, 9, 12, 41, 0, time.UTC),
	}, {ID: "v", Host: "encode-2"}}
	status, whole := get(t, list, vod.Viewer.Permissions())
	for _, want := range []string{
		`href="/ui/acme/workers" aria-current="page"`, "&lt;encode-1&gt;", "version 1.4.0", "encode HEVC, encode above 1080 lines",
		`<span class="chip">ENCODING 2</span> <span class="chip">PACKAGING 4</span>`, "16 GiB", "128 GiB", "2026-11-24 09:12:41", "encode-2", `class="number">–</td>`,
	} {
		if !strings.Contains(whole, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if _, part := get(t, list, vod.Viewer.Permissions(), "HX-Request", "true"); status != http.StatusOK || strings.Contains(part, "<html") || !strings.Contains(part, "encode-2") {
		t.Errorf("status %d, part %s", status, part)
	}
	if status, _ := get(t, list, nil); status != http.StatusForbidden {
		t.Errorf("without permission: %d", status)
	}
}

// TestNoWorker: the page says why there may be none.
func TestNoWorker(t *testing.T) {
	t.Parallel()
	if _, whole := get(t, nil, vod.Viewer.Permissions()); !strings.Contains(whole, "so all tasks wait") || strings.Contains(whole, "<table") {
		t.Error(whole)
	}
}
