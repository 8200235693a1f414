// Package apptest runs whole servers and workers inside a test or benchmark.
package apptest

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/apicheck"
	"github.com/via-orchestrate/orchestrate/internal/app"
	"github.com/via-orchestrate/orchestrate/internal/config"
)

// Serve runs a server on a loopback port and a data folder of its own until
// the test ends. It may reach servers on loopback and minds no full disk. The
// flags are those of orchestrate serve; the last of a kind counts.
func Serve(t testing.TB, flags ...string) (*client.Client, *app.App) {
	t.Helper()
	a, err := app.New(t.Context(), Configure(t, append([]string{"--addr", "127.0.0.1:0"}, flags...)), newLogger(t))
	if err != nil {
		t.Fatal(err)
	}
	run(t, a)
	cl, err := client.New(a.URL(), client.Options{HTTPClient: HTTPClient(t)})
	if err != nil {
		t.Fatal(err)
	}
	return cl, a
}

// Work runs a worker on a data folder of its own until the test ends. The flags
// are those of orchestrate worker; the last of a kind counts.
func Work(t testing.TB, flags ...string) *app.Worker {
	t.Helper()
	w, err := app.NewWorker(t.Context(), Configure(t, flags), newLogger(t))
	if err != nil {
		t.Fatal(err)
	}
	run(t, w)
	return w
}

// run runs a server or a worker until the test ends.
func run(t testing.TB, process interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
},
) {
	t.Helper()
	t.Cleanup(func() {
		if err := process.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if err := process.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// HTTPClient is one that fails the test on every exchange that api/openapi.yaml
// does not describe. In a benchmark it is a plain one, for the check would be
// part of what is measured.
func HTTPClient(t testing.TB) *http.Client {
	t.Helper()
	if _, measured := t.(*testing.B); measured {
		return &http.Client{}
	}
	checker, err := apicheck.New()
	if err != nil {
		t.Fatal(err)
	}
	return checker.Client(t)
}

// Configure reads a configuration as the command line does, after the flags that
// all have in common.
func Configure(t testing.TB, flags []string) (c config.Config) {
	t.Helper()
	source := config.NewSource(func(string) (string, bool) { return "", false })
	parser, err := kong.New(&c, kong.Resolvers(source))
	if err != nil {
		t.Fatal(err)
	}
	common := []string{"--data", t.TempDir(), "--min-free", "0B", "--allow-net", "127.0.0.0/8", "--drain", "0s"}
	if _, err := parser.Parse(append(common, flags...)); err != nil {
		t.Fatal(err)
	}
	if err := source.Finish(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

// newLogger writes to the test's log; a benchmark's would be part of what is
// measured.
func newLogger(t testing.TB) *slog.Logger {
	if _, measured := t.(*testing.B); measured {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(writer{t}, nil))
}

type writer struct{ testing.TB }

// Write implements [io.Writer].
func (w writer) Write(p []byte) (int, error) {
	w.Log(string(bytes.TrimSpace(p)))
	return len(p), nil
}
