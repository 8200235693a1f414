package temporal

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/engine/enginetest"
	"github.com/via-orchestrate/orchestrate/internal/temporaltest"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestMain(m *testing.M) {
	if enginetest.Main(newEngine) {
		os.Exit(1)
	}
	os.Exit(temporaltest.Main(m.Run))
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

// AwaitLevel waits until the ingest's waiting task has the level.
func (c *connected) AwaitLevel(t testing.TB, ingestID string, level int) {
	t.Helper()
	eventually(t, "the task at its new level", func() bool {
		described, err := c.Client.DescribeWorkflowExecution(t.Context(), ingestID, "")
		if err != nil {
			t.Fatal(err)
		}
		pending := described.GetPendingActivities()
		return len(pending) == 1 && int(pending[0].GetPriority().GetPriorityKey()) == level
	})
}

func newEngine(d enginetest.Deps) (engine.Engine, error) {
	conn, err := client.Dial(client.Options{HostPort: os.Getenv(temporaltest.SharedKey), Logger: log.NewStructuredLogger(d.Log)})
	if err != nil {
		return nil, err
	}
	return &connected{Engine: New(config(conn, d)), close: sync.OnceFunc(conn.Close)}, nil
}

// config is that of an engine that does everything.
func config(conn client.Client, d enginetest.Deps) Config {
	slots := map[vod.Stage]int{}
	for _, stage := range vod.Stages() {
		slots[stage] = 4
	}
	for stage, n := range d.Slots {
		slots[stage] = n
	}
	return Config{
		Client: conn, Namespace: temporaltest.Namespace, Prefix: d.Name,
		Operations: d.Operations, Unfinished: d.Unfinished, Sweep: time.Minute,
		Workers: func(context.Context) ([]vod.Worker, error) {
			return []vod.Worker{{Slots: slots}}, nil
		},
		Slots: slots, Hold: d.Hold, HoldPoll: 10 * time.Millisecond, Heartbeat: 2 * time.Second, Log: d.Log,
	}
}

func TestEngine(t *testing.T) {
	t.Parallel()
	temporaltest.Address(t) // or skip
	enginetest.Exercise(t, newEngine, nil)
}

func BenchmarkEngine(b *testing.B) { enginetest.Speed(b, newEngine) }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// eventually waits until what must come has come.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for deadline := time.Now().Add(time.Minute); !is(); <-ticker.C {
		if time.Now().After(deadline) {
			t.Fatalf("it does not come: %s", what)
		}
	}
}
