package app

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"github.com/coreos/go-systemd/v22/daemon"

	"github.com/via-orchestrate/orchestrate/internal/config"
)

// Serve runs a server until ctx is done, and stops it in order. A service
// manager that asks for it (systemd, Type=notify) hears when it serves and when
// it stops.
func Serve(ctx context.Context, c config.Config, stderr io.Writer) error {
	log := newLogger(c, stderr)
	a, err := New(ctx, c, log)
	if err != nil {
		return err
	}
	return run(ctx, a, log)
}

// Work runs a worker as [Serve] runs a server.
func Work(ctx context.Context, c config.Config, stderr io.Writer) error {
	log := newLogger(c, stderr)
	w, err := NewWorker(ctx, c, log)
	if err != nil {
		return err
	}
	return run(ctx, w, log)
}

// process is a server or a worker.
type process interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	Failed() <-chan error
}

func run(ctx context.Context, p process, log *slog.Logger) error {
	err := p.Start(ctx)
	if err != nil {
		return errors.Join(err, p.Stop(context.WithoutCancel(ctx)))
	}
	tellManager(log, daemon.SdNotifyReady)
	select {
	case <-ctx.Done():
	case err = <-p.Failed():
	}
	tellManager(log, daemon.SdNotifyStopping)
	return errors.Join(err, p.Stop(context.WithoutCancel(ctx)))
}

// tellManager tells the service manager, if it listens (sd_notify(3)). A watchdog is
// left out on purpose: a slow disk would get the process and all encodes under
// way killed, and one that ends for any reason is started again anyway.
func tellManager(log *slog.Logger, state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		log.Warn("cannot tell the service manager", "state", state, "error", err)
	}
}
