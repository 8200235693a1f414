package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/metrics"
	"github.com/via-orchestrate/orchestrate/internal/upload"
)

// listenMetrics binds the address for metrics, if there is to be one. Counting
// costs so little that it is always done.
func (p *core) listenMetrics(ctx context.Context) (err error) {
	if p.config.MetricsAddr == "" {
		return nil
	}
	if p.metricsListener, err = new(net.ListenConfig).Listen(ctx, "tcp", p.config.MetricsAddr); err != nil {
		return fmt.Errorf("listen at %s for metrics: %w; choose another address with --metrics-addr", p.config.MetricsAddr, err)
	}
	p.onClose(func() error { return ignoreClosed(p.metricsListener.Close()) })
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", p.metrics.Handler(p.log))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", p.ready)
	p.metricsServer = &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: 20 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}
	return nil
}

// ready answers whether the process can do what it is there for.
func (p *core) ready(w http.ResponseWriter, r *http.Request) {
	if err := p.store.Ready(r.Context()); err != nil {
		p.log.WarnContext(r.Context(), "not ready", "error", err)
		http.Error(w, "the store does not answer", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

// watchState has the metrics look at what has a value at every moment. It is
// called once store and engine are there.
func (p *core) watchState() {
	sources := metrics.Sources{
		Load: p.engine.Load, Unfinished: p.store.UnfinishedByStatus, Database: p.config.SQLitePath(),
		Folders: map[string]string{}, FreeSpace: upload.FreeSpace, MinFree: int64(p.config.MinFree),
	}
	for _, f := range folders(p.config) {
		sources.Folders[f.name] = f.path
	}
	if !p.config.Postgres() {
		sources.Backups = filepath.Join(p.config.Data, "backups")
	}
	p.metrics.Watch(sources)
}

func (p *core) serveMetrics() {
	if p.metricsServer == nil {
		return
	}
	p.work.Go(func() {
		if err := p.metricsServer.Serve(p.metricsListener); !errors.Is(err, http.ErrServerClosed) {
			p.fail(fmt.Errorf("serve metrics: %w", err))
		}
	})
	p.log.Info("serving metrics", "url", p.MetricsURL())
}

// MetricsURL is where metrics are scraped, "" if nowhere.
func (p *core) MetricsURL() string {
	if p.metricsListener == nil {
		return ""
	}
	return "http://" + p.metricsListener.Addr().String() + "/metrics"
}

// stopMetrics cuts scrapes off. It is called when the work has ended, which can
// be watched until then, and before the store is closed.
func (p *core) stopMetrics() error {
	if p.metricsServer == nil {
		return nil
	}
	return p.metricsServer.Close()
}
