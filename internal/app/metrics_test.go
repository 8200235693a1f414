package app

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

// TestMetricsListener: metrics are served where they are asked for, by nobody
// else, and for as long as the server works.
func TestMetricsListener(t *testing.T) {
	t.Parallel()
	c := configIn(t.TempDir())
	c.MetricsAddr = "127.0.0.1:0"
	a := newApp(t, c)
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	status, body := get(t, a.MetricsURL())
	for _, want := range []string{`orchestrate_task_slots{stage="PLAYOUT"} `, `orchestrate_disk_free_bytes{folder="media"} `, `orchestrate_build_info{`, `go_goroutines `} {
		if !strings.Contains(body, want) {
			t.Errorf("%d, without %s", status, want)
		}
	}
	base := strings.TrimSuffix(a.MetricsURL(), "/metrics")
	for url, want := range map[string]int{base + "/healthz": 200, base + "/": 404, base + "/ingests": 404, a.URL() + "/metrics": 404} {
		if status, _ := get(t, url); status != want {
			t.Errorf("%s: %d, want %d", url, status, want)
		}
	}
	if err := a.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req); err == nil {
		t.Error("metrics are served by a server that has stopped")
	}
}

// TestMetricsAddress: off by default; one that cannot be had, or that other
// machines reach without a sign-in, keeps the server from starting.
func TestMetricsAddress(t *testing.T) {
	t.Parallel()
	c := configIn(t.TempDir())
	a := newApp(t, c)
	if a.MetricsURL() != "" {
		t.Errorf("metrics at %s", a.MetricsURL())
	}
	for addr, want := range map[string]string{a.Addr(): "--metrics-addr", "0.0.0.0:0": "metrics-addr: not listening at 0.0.0.0:0: there is no sign-in"} {
		other := configIn(t.TempDir())
		other.MetricsAddr = addr
		if _, err := New(t.Context(), other, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", addr, err)
		}
		other.MetricsAddr = ""
		newApp(t, other) // Nothing is held.
	}
}
