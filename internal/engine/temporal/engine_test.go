package temporal

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/engine/enginetest"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// addressKey is the environment variable with the address of the dev server,
// for the second process of the suite too.
const addressKey = "ENGINETEST_TEMPORAL"

func TestMain(m *testing.M) {
	if enginetest.Main(newEngine) {
		os.Exit(1)
	}
	os.Exit(withServer(m.Run))
}

// withServer runs the tests beside a dev server of their own.
func withServer(run func() int) (code int) {
	path, err := findServer()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	server, err := testsuite.StartDevServer(context.Background(), testsuite.DevServerOptions{
		ExistingPath: path, LogLevel: "error", Stdout: os.Stderr,
		ClientOptions: &client.Options{Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "start the Temporal dev server:", err)
		return 1
	}
	defer func() {
		if err := server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "stop the Temporal dev server:", err)
			code = 1
		}
	}()
	if err := os.Setenv(addressKey, server.FrontendHostPort()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return run()
}

// findServer looks where scripts/setup.sh puts it, then in $PATH.
func findServer() (string, error) {
	path, err := filepath.Abs("../../../.cache/bin/temporal")
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if path, err = exec.LookPath("temporal"); err != nil {
		return "", fmt.Errorf("the tests of the Temporal driver need its dev server; run: scripts/setup.sh test")
	}
	return path, nil
}

// connected is an engine with a connection of its own.
type connected struct {
	*Engine
	close func()
}

// Stop implements [engine.Engine].
func (c *connected) Stop(ctx context.Context) error {
	defer c.close()
	return c.Engine.Stop(ctx)
}

// Abandon cuts the connection: to the service, this worker is lost.
func (c *connected) Abandon() { c.close() }

func newEngine(d enginetest.Deps) (engine.Engine, error) {
	conn, err := client.Dial(client.Options{HostPort: os.Getenv(addressKey), Logger: log.NewStructuredLogger(d.Log)})
	if err != nil {
		return nil, err
	}
	slots := 16
	if n := d.Slots[vod.Retrieval]; n > 0 {
		slots = n
	}
	return &connected{
		Engine: New(Config{
			Client: conn, TaskQueue: d.Name, Operations: d.Operations, Unfinished: d.Unfinished,
			Slots: slots, Heartbeat: 2 * time.Second, Log: d.Log,
		}),
		close: sync.OnceFunc(conn.Close),
	}, nil
}

func TestEngine(t *testing.T) {
	t.Parallel()
	enginetest.Exercise(t, newEngine, map[string]string{
		"Hold": "what waits, waits at the service; a worker that is short of room is to stop polling, which is the full driver's",
	})
}

func BenchmarkEngine(b *testing.B) { enginetest.Speed(b, newEngine) }
