package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/auth"
	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/engine/local"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/metrics"
	"github.com/via-orchestrate/orchestrate/internal/notify"
	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/retention"
	"github.com/via-orchestrate/orchestrate/internal/session"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/tracing"
	"github.com/via-orchestrate/orchestrate/internal/upload"
)

// App is a server.
type App struct {
	config   config.Config
	log      *slog.Logger
	listener net.Listener
	server   *http.Server
	engine   *local.Engine
	service  *orchestrate.Service
	store    *sqlite.Store
	hub      *notify.Hub
	auth     *auth.Authenticator // nil: there is no sign-in
	// sessions is nil without sign-in; clientSecret is that of the OIDC client.
	sessions     *session.Manager
	clientSecret config.Secret
	locations    *location.Set
	uploads      *upload.Server
	retention    *retention.Worker

	tracing         *tracing.Tracing
	metrics         *metrics.Metrics
	metricsListener net.Listener // nil: metrics are not served
	metricsServer   *http.Server

	background context.Context
	endWork    context.CancelFunc
	work       sync.WaitGroup
	closers    []func() error // in the order of opening
	failed     chan error
	stopOnce   sync.Once
	stopErr    error
}

// New makes a server that is bound to its address and serves nothing yet. The
// data folder is locked: exactly one process serves it.
func New(ctx context.Context, c config.Config, log *slog.Logger) (_ *App, err error) {
	a := &App{
		config: c, log: log, metrics: metrics.New(PipelineVersion), hub: notify.New(notify.Config{InAll: maxStreams}), failed: make(chan error, 2),
	}
	a.background, a.endWork = context.WithCancel(context.WithoutCancel(ctx))
	defer func() {
		if err != nil {
			err = errors.Join(err, a.closeAll())
		}
	}()
	if err := a.openTracing(ctx, "orchestrate-server"); err != nil {
		return nil, err
	}
	if err := a.openData(); err != nil {
		return nil, err
	}
	if err := a.openStore(ctx); err != nil {
		return nil, err
	}
	if err := a.openSignIn(ctx); err != nil {
		return nil, err
	}
	if a.listener, err = new(net.ListenConfig).Listen(ctx, "tcp", c.Addr); err != nil {
		return nil, fmt.Errorf("listen at %s: %w; is another server running there? Choose another address with --addr", c.Addr, err)
	}
	a.onClose(func() error { return ignoreClosed(a.listener.Close()) })
	if a.config.PublicURL == "" {
		a.config.PublicURL = "http://" + a.listener.Addr().String()
	}
	a.openSessions()
	if err := a.listenMetrics(ctx); err != nil {
		return nil, err
	}
	if err := a.wire(ctx); err != nil {
		return nil, err
	}
	return a, nil
}

// openData makes the data folder, locks it and the database, and clears what
// attempts of an earlier process left in the scratch folder.
func (a *App) openData() error {
	if err := os.MkdirAll(a.config.Data, 0o750); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	for _, path := range []string{filepath.Join(a.config.Data, "lock"), a.config.SQLitePath() + ".lock"} {
		unlock, err := lock(path)
		if err != nil {
			return err
		}
		a.onClose(unlock)
	}
	if err := os.RemoveAll(a.scratch()); err != nil {
		return fmt.Errorf("clear the scratch folder: %w", err)
	}
	return os.MkdirAll(a.scratch(), 0o750)
}

func (a *App) scratch() string { return filepath.Join(a.config.Data, "scratch") }

// Start takes up unfinished ingests and begins to serve.
func (a *App) Start(ctx context.Context) error {
	if err := a.engine.Start(ctx); err != nil {
		return err
	}
	a.work.Go(func() { a.retention.Run(a.background) })
	if a.auth != nil {
		a.work.Go(func() { a.auth.Run(a.background) })
	}
	a.work.Go(func() {
		if err := a.server.Serve(a.listener); !errors.Is(err, http.ErrServerClosed) {
			a.failed <- fmt.Errorf("serve: %w", err)
		}
	})
	a.serveMetrics()
	a.log.Info("serving", "url", a.URL(), "data", a.config.Data)
	return nil
}

// Addr is the address that the server listens at.
func (a *App) Addr() string { return a.listener.Addr().String() }

// URL is the server's address as a local client uses it.
func (a *App) URL() string { return "http://" + a.Addr() }

// Failed gives the error that ended serving, if it ever comes to that.
func (a *App) Failed() <-chan error { return a.failed }

// requestsEnd is how long requests under way may take when the server stops.
const requestsEnd = time.Second

// Stop takes no more requests, lets running tasks finish for the configured
// drain time, interrupts the rest and hands it to the next start.
func (a *App) Stop(ctx context.Context) error {
	a.stopOnce.Do(func() {
		a.log.Info("stopping", "drain", a.config.Drain)
		a.hub.Close() // Else the server would wait for open streams.
		bounded, cancel := context.WithTimeout(ctx, requestsEnd)
		defer cancel()
		if err := a.server.Shutdown(bounded); err != nil {
			a.log.Info("requests cut off", "error", a.server.Close())
		}
		a.service.StopBulk()
		drained, cancel := context.WithTimeout(ctx, a.config.Drain)
		defer cancel()
		a.stopErr = errors.Join(a.engine.Stop(drained), a.stopMetrics())
		a.endWork()
		a.work.Wait()
		a.stopErr = errors.Join(a.stopErr, a.closeAll())
		a.log.Info("stopped")
	})
	return a.stopErr
}

func (a *App) onClose(f func() error) { a.closers = append(a.closers, f) }

// closeAll closes in the reverse order of opening.
func (a *App) closeAll() error {
	a.endWork()
	var errs []error
	for _, f := range slices.Backward(a.closers) {
		errs = append(errs, f())
	}
	a.closers = nil
	return errors.Join(errs...)
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
