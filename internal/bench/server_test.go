package bench

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/app"
	"github.com/via-orchestrate/orchestrate/internal/config"
)

// serve runs a whole server in this process.
func serve(b *testing.B, flags ...string) *client.Client {
	b.Helper()
	var c config.Config
	source := config.NewSource(func(string) (string, bool) { return "", false })
	parser, err := kong.New(&c, kong.Resolvers(source))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := parser.Parse(append(flags, "--data", b.TempDir(), "--addr", "127.0.0.1:0", "--min-free", "0B")); err != nil {
		b.Fatal(err)
	}
	if err := source.Finish(&c); err != nil {
		b.Fatal(err)
	}
	a, err := app.New(b.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	if err := a.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := a.Stop(context.Background()); err != nil {
			b.Error(err)
		}
	})
	cl, err := client.New(a.URL(), client.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return cl
}

// finished waits until the ingest is over, looking every 5 ms.
func finished(b *testing.B, c *client.Client, id string) *client.IngestDetail {
	b.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		d, err := c.Get(b.Context(), id)
		if err != nil {
			b.Fatal(err)
		}
		if d.EndTime != nil {
			if d.Status != client.IngestStatusCOMPLETED {
				b.Fatalf("ended %s: %v", d.Status, d.Error)
			}
			return d
		}
		<-tick.C
	}
}
