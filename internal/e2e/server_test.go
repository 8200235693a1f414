package e2e

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/app"
	"github.com/via-orchestrate/orchestrate/internal/config"
)

// serve runs a whole server in this process. edit changes its configuration.
func serve(t *testing.T, edit func(*config.Config)) (*client.Client, *app.App) {
	t.Helper()
	c := configure(t, "--data", t.TempDir(), "--addr", "127.0.0.1:0", "--min-free", "0B", "--allow-net", "127.0.0.0/8", "--drain", "0s")
	if edit != nil {
		edit(&c)
	}
	log := slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelInfo}))
	a, err := app.New(t.Context(), c, log)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	cl, err := client.New(a.URL(), client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return cl, a
}

// configure reads a configuration as the command line does.
func configure(t *testing.T, flags ...string) config.Config {
	t.Helper()
	var c config.Config
	source := config.NewSource(func(string) (string, bool) { return "", false })
	parser, err := kong.New(&c, kong.Resolvers(source))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(flags); err != nil {
		t.Fatal(err)
	}
	if err := source.Finish(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(string(bytes.TrimSpace(p)))
	return len(p), nil
}

var _ io.Writer = testWriter{}

// submit sends a submission, with the profile "default" unless it names one.
func submit(t *testing.T, c *client.Client, s client.Submission) string {
	t.Helper()
	accepted, err := c.Submit(t.Context(), s, "")
	if err != nil {
		t.Fatalf("submit %s: %v", s.AssetID, err)
	}
	return accepted.IngestID
}

// waitFor polls until the ingest fulfils done, at most for the given time.
func waitFor(t *testing.T, c *client.Client, id string, limit time.Duration, done func(*client.IngestDetail) bool) *client.IngestDetail {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var last *client.IngestDetail
	for {
		detail, err := c.Get(ctx, id)
		if err == nil {
			last = detail
			if done(detail) {
				return detail
			}
		}
		select {
		case <-ctx.Done():
			t.Fatalf("ingest %s after %v: %+v (%v)", id, limit, last, err)
		case <-tick.C:
		}
	}
}

// over is for waitFor: the ingest is final.
func over(d *client.IngestDetail) bool {
	switch d.Status {
	case client.IngestStatusCOMPLETED, client.IngestStatusSKIPPED, client.IngestStatusFAILED, client.IngestStatusCANCELLED:
		return true
	}
	return false
}
