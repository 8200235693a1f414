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
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/upload"
)

// listenMetrics binds the address for metrics, if there is to be one. Counting
// costs so little that it is always done.
func (a *App) listenMetrics(ctx context.Context) (err error) {
	if a.config.MetricsAddr == "" {
		return nil
	}
	if a.metricsListener, err = new(net.ListenConfig).Listen(ctx, "tcp", a.config.MetricsAddr); err != nil {
		return fmt.Errorf("listen at %s for metrics: %w; choose another address with --metrics-addr", a.config.MetricsAddr, err)
	}
	a.onClose(func() error { return ignoreClosed(a.metricsListener.Close()) })
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.metrics.Handler(a.log))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	a.metricsServer = &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: 20 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}
	return nil
}

// watchState has the metrics look at what has a value at every moment. It is
// called once store and engine are there.
func (a *App) watchState(db *sqlite.Store) {
	a.metrics.Watch(metrics.Sources{
		Load: a.engine.Load, Unfinished: db.UnfinishedByStatus, Database: a.config.SQLitePath(),
		Folders:   map[string]string{"data": a.config.Data, "media": a.config.MediaRoot},
		FreeSpace: upload.FreeSpace, MinFree: int64(a.config.MinFree),
		Backups: filepath.Join(a.config.Data, "backups"),
	})
}

func (a *App) serveMetrics() {
	if a.metricsServer == nil {
		return
	}
	a.work.Go(func() {
		if err := a.metricsServer.Serve(a.metricsListener); !errors.Is(err, http.ErrServerClosed) {
			a.failed <- fmt.Errorf("serve metrics: %w", err)
		}
	})
	a.log.Info("serving metrics", "url", a.MetricsURL())
}

// MetricsURL is where metrics are scraped, "" if nowhere.
func (a *App) MetricsURL() string {
	if a.metricsListener == nil {
		return ""
	}
	return "http://" + a.metricsListener.Addr().String() + "/metrics"
}

// stopMetrics cuts scrapes off. It is called when the work has ended, which can
// be watched until then, and before the store is closed.
func (a *App) stopMetrics() error {
	if a.metricsServer == nil {
		return nil
	}
	return a.metricsServer.Close()
}
