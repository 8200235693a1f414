package app

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"github.com/via-orchestrate/orchestrate/internal/config"
)

// Serve runs a server until ctx is done, and stops it in order.
func Serve(ctx context.Context, c config.Config, stderr io.Writer) error {
	log := newLogger(c, stderr)
	a, err := New(ctx, c, log)
	if err != nil {
		return err
	}
	if err := a.Start(ctx); err != nil {
		return errors.Join(err, a.Stop(context.WithoutCancel(ctx)))
	}
	select {
	case <-ctx.Done():
		return a.Stop(context.WithoutCancel(ctx))
	case err := <-a.Failed():
		return errors.Join(err, a.Stop(context.WithoutCancel(ctx)))
	}
}

func newLogger(c config.Config, w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
