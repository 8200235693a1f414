package temporal

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"go.temporal.io/api/workflowservice/v1"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/engine/enginetest"
	"github.com/via-orchestrate/orchestrate/internal/temporaltest"
)

// TestSearchAttributes: workflows are found by tenant, asset and profile.
func TestSearchAttributes(t *testing.T) {
	conn := dial(t, temporaltest.Address(t))
	registered := &attributes{log: quiet()}
	registered.register(t.Context(), conn, temporaltest.Namespace)
	count := func(query string) (int64, error) {
		found, err := conn.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{Query: query})
		return found.GetCount(), err
	}
	eventually(t, "the attributes in queries", func() bool {
		_, err := count("OrchestrateTenant = 'nobody'")
		return err == nil
	})
	var prefix string
	enginetest.Run(t, func(d enginetest.Deps) (engine.Engine, error) {
		prefix = d.Name
		return connect(os.Getenv(temporaltest.SharedKey), d, func(*Config) {})
	}, "Chain")
	eventually(t, "the workflow by its attributes", func() bool {
		n, err := count(fmt.Sprintf(
			"TaskQueue = %q AND OrchestrateTenant = 'acme' AND OrchestrateAsset = '1' AND OrchestrateProfile = 'default'", prefix))
		if err != nil {
			t.Fatal(err)
		}
		return n == 1
	})
}

// TestUnknownSearchAttributes: where they are not registered, workflows do
// without.
func TestUnknownSearchAttributes(t *testing.T) {
	t.Parallel()
	server := temporaltest.Start(t)
	e := New(Config{Client: dial(t, server.Address), Prefix: "p", Log: quiet()})
	labels := engine.Labels{Tenant: "acme", Asset: "1", Profile: "default"}
	for _, id := range []string{"first", "second"} {
		if err := e.signalWithStart(t.Context(), id, labels); err != nil {
			t.Fatal(err)
		}
		if _, ok := e.labels.of(labels); ok {
			t.Error("what was refused is tried again at once")
		}
	}
}

func TestShort(t *testing.T) {
	t.Parallel()
	if got := short(strings.Repeat("a", longestLabel-1) + "øø"); got != strings.Repeat("a", longestLabel-1) {
		t.Errorf("cut to %q", got)
	}
	if got := short("asset"); got != "asset" {
		t.Errorf("cut to %q", got)
	}
}
