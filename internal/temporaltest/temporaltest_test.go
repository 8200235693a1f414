package temporaltest_test

import (
	"os"
	"testing"

	"go.temporal.io/sdk/client"

	"github.com/via-orchestrate/orchestrate/internal/temporaltest"
)

func TestMain(m *testing.M) { os.Exit(temporaltest.Main(m.Run)) }

func TestAddress(t *testing.T) {
	t.Parallel()
	connect(t, temporaltest.Address(t))
}

// What has been started is there after a kill.
func TestRestart(t *testing.T) {
	t.Parallel()
	s := temporaltest.Start(t)
	c := connect(t, s.Address)
	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{TaskQueue: "nobody"}, "nothing")
	if err != nil {
		t.Fatal(err)
	}
	for _, end := range []func(){s.Kill, func() { s.Stop(t) }} {
		end()
		s.Restart(t)
		if _, err := connect(t, s.Address).DescribeWorkflowExecution(t.Context(), run.GetID(), ""); err != nil {
			t.Fatal(err)
		}
	}
}

func connect(t *testing.T, address string) client.Client {
	t.Helper()
	c, err := client.DialContext(t.Context(), client.Options{HostPort: address, Namespace: temporaltest.Namespace})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}
