package temporal

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

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
	return connect(os.Getenv(temporaltest.SharedKey), d, func(*Config) {})
}

func connect(address string, d enginetest.Deps, change func(*Config)) (*connected, error) {
	conn, err := Dial(context.Background(), Connection{
		Address: address, Namespace: temporaltest.Namespace, Patience: time.Minute, Log: d.Log,
	})
	if err != nil {
		return nil, err
	}
	c := config(conn, d)
	change(&c)
	return &connected{Engine: New(c), close: sync.OnceFunc(conn.Close)}, nil
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
		Operations: d.Operations, Unfinished: d.Schedules, Sweep: time.Minute,
		Workers: func(context.Context) ([]vod.Worker, error) {
			return []vod.Worker{{Slots: slots, Capabilities: d.Capabilities}}, nil
		},
		Slots: slots, Capabilities: d.Capabilities, Hold: d.Hold, HoldPoll: 10 * time.Millisecond, Heartbeat: heartbeat(), Failed: func(err error) { d.Log.Error("the engine has failed", "error", err) }, Log: d.Log,
	}
}

// heartbeatKey is the environment variable with the engines' heartbeat, for the
// second process of the suite too.
const heartbeatKey = "ENGINETEST_HEARTBEAT"

func heartbeat() time.Duration {
	d, err := time.ParseDuration(os.Getenv(heartbeatKey))
	if err != nil {
		return 2 * time.Second
	}
	return d
}

func TestEngine(t *testing.T) {
	t.Parallel()
	temporaltest.Address(t) // or skip
	enginetest.Exercise(t, newEngine, map[string]string{
		"Outage":  "needs a service of its own: TestOutage",
		"Unwoken": "needs a sweep in time: TestSweep",
	})
}

// flaky is an engine whose service can be taken away.
type flaky struct {
	*connected
	server *temporaltest.Server
}

// Outage kills the service; end brings it back.
func (f *flaky) Outage(t testing.TB) (end func()) {
	t.Helper()
	f.server.Kill()
	return func() { f.server.Restart(t) }
}

func TestOutage(t *testing.T) {
	t.Parallel()
	server := temporaltest.Start(t)
	enginetest.Run(t, func(d enginetest.Deps) (engine.Engine, error) {
		c, err := connect(server.Address, d, func(*Config) {})
		return &flaky{c, server}, err
	}, "Outage")
}

// TestSweep: what no wake has told of is found.
func TestSweep(t *testing.T) {
	t.Parallel()
	temporaltest.Address(t) // or skip
	enginetest.Run(t, func(d enginetest.Deps) (engine.Engine, error) {
		return connect(os.Getenv(temporaltest.SharedKey), d, func(c *Config) { c.Sweep = time.Second })
	}, "Unwoken")
}

// TestContinuesAsNew: where histories are to be short, an ingest is done in
// several, and none the worse for it.
func TestContinuesAsNew(t *testing.T) {
	t.Parallel()
	server := temporaltest.Start(t, "limit.historyCount.suggestContinueAsNew=20")
	enginetest.Run(t, func(d enginetest.Deps) (engine.Engine, error) {
		return connect(server.Address, d, func(*Config) {})
	}, "Chain", "SideBySide", "WakeInVain", "CancelRunning", "RetryAfterCancel", "RetryAfterFailure", "RemoteFailsOnce")
	again, err := dial(t, server.Address).CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{
		Query: "ExecutionStatus = 'ContinuedAsNew'",
	})
	if err != nil || again.GetCount() == 0 {
		t.Errorf("continued as new: %v, %v", again, err)
	}
}

func dial(t testing.TB, address string) client.Client {
	t.Helper()
	conn, err := Dial(t.Context(), Connection{Address: address, Namespace: temporaltest.Namespace, Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn
}

// patient is an engine whose heartbeats are those of production.
type patient struct{ *connected }

// CancelWithin is how long a running step may take to hear of a cancel.
func (patient) CancelWithin() time.Duration { return 5 * time.Second }

// TestHeartbeats: with the heartbeats of production a cancel reaches a step
// within five seconds, and the task of a worker that has died runs again within
// thirty, which is what the suite waits.
func TestHeartbeats(t *testing.T) {
	t.Setenv(heartbeatKey, "10s")
	temporaltest.Address(t) // or skip
	enginetest.Run(t, func(d enginetest.Deps) (engine.Engine, error) {
		c, err := connect(os.Getenv(temporaltest.SharedKey), d, func(*Config) {})
		return patient{c}, err
	}, "CancelRunning", "Killed")
}

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
