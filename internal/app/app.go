package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/auth"
	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/mediahttp"
	"github.com/via-orchestrate/orchestrate/internal/notify"
	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/retention"
	"github.com/via-orchestrate/orchestrate/internal/session"
	"github.com/via-orchestrate/orchestrate/internal/upload"
)

// App is a server.
type App struct {
	*core
	hub      *notify.Hub // hears of what changes in the store
	listener net.Listener
	server   *http.Server
	service  *orchestrate.Service
	auth     *auth.Authenticator // nil: there is no sign-in
	// sessions is nil without sign-in; clientSecret is that of the OIDC client.
	sessions     *session.Manager
	clientSecret config.Secret
	media        mediahttp.Files
	uploads      *upload.Server
	retention    *retention.Worker
}

// New makes a server that is bound to its address and serves nothing yet. With
// SQLite the data folder is locked: exactly one process serves it.
func New(ctx context.Context, c config.Config, log *slog.Logger) (_ *App, err error) {
	a := &App{core: newCore(ctx, c, serverStages(c), log), hub: notify.New(notify.Config{InAll: maxStreams})}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.closeAll())
		}
	}()
	if err := a.open(ctx, "orchestrate-server", a.hub.Tell); err != nil {
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

// Start takes up unfinished ingests and begins to serve.
func (a *App) Start(ctx context.Context) error {
	if err := a.engine.Start(ctx); err != nil {
		return err
	}
	a.announce()
	a.work.Go(func() { a.retention.Run(a.background) })
	if a.auth != nil {
		a.work.Go(func() { a.auth.Run(a.background) })
	}
	a.work.Go(func() {
		if err := a.server.Serve(a.listener); !errors.Is(err, http.ErrServerClosed) {
			a.fail(fmt.Errorf("serve: %w", err))
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
		a.stopErr = a.endOfWork(ctx)
		a.log.Info("stopped")
	})
	return a.stopErr
}
