package temporal

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/engine/enginetest"
	"github.com/via-orchestrate/orchestrate/internal/temporaltest"
)

// record writes the histories of TestHistories to testdata/histories, beside
// those of earlier versions. It is needed when the code of a workflow changes:
//
//	go test ./internal/engine/temporal -run TestHistories -record v2
var record = flag.String("record", "", "version of the workflow's code to record histories of")

// recorded are the cases of the suite whose histories are kept.
func recorded() []string {
	return []string{
		"Chain", "RemoteFailsOnce", "MediaFailsAtOnce", "CancelRunning", "RetryAfterCancel",
		"RaisedWhileQueued", "ChangedWhileRunning", "NoRoom", "StopGivesBack", "Killed",
	}
}

// TestHistories: what the service keeps of ingests, however they went, can be
// replayed, and names neither an address of media nor a document nor the text of
// an error.
func TestHistories(t *testing.T) {
	temporaltest.Address(t) // or skip
	for _, name := range recorded() {
		var mu sync.Mutex
		var prefix string
		enginetest.Run(t, func(d enginetest.Deps) (engine.Engine, error) {
			mu.Lock()
			defer mu.Unlock()
			prefix = d.Name
			return newEngine(d)
		}, name)
		for i, h := range histories(t, prefix) {
			t.Logf("%s: %d events, %d bytes", name, len(h.GetEvents()), proto.Size(h))
			replay(t, name, h)
			blameless(t, name, h)
			if *record != "" {
				keep(t, fmt.Sprintf("%s-%s-%d.json", *record, name, i+1), h)
			}
		}
	}
}

// keep writes a history, without the name of the machine that it ran on.
func keep(t *testing.T, name string, h *history.History) {
	t.Helper()
	text, err := protojson.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(text, []byte(host), []byte("worker"))
	if err := os.WriteFile(filepath.Join("testdata", "histories", name), append(text, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
}

// histories gives those of all workflows with the prefix.
func histories(t *testing.T, prefix string) (all []*history.History) {
	t.Helper()
	conn := dial(t, temporaltest.Address(t))
	eventually(t, "the workflows in the visibility store", func() bool {
		list, err := conn.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{
			Query: fmt.Sprintf("TaskQueue = %q", prefix),
		})
		if err != nil {
			t.Fatal(err)
		}
		all = nil
		for _, w := range list.GetExecutions() {
			all = append(all, historyOf(t, conn, w.GetExecution().GetWorkflowId(), w.GetExecution().GetRunId()))
		}
		return len(all) > 0
	})
	return all
}

func historyOf(t *testing.T, conn client.Client, id, run string) *history.History {
	t.Helper()
	h := &history.History{}
	for it := conn.GetWorkflowHistory(t.Context(), id, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); it.HasNext(); {
		event, err := it.Next()
		if err != nil {
			t.Fatal(err)
		}
		h.Events = append(h.Events, event)
	}
	return h
}

// replayer runs the code of workflows over histories.
func replayer() worker.WorkflowReplayer {
	r := worker.NewWorkflowReplayer()
	d := &driver{planning: &planning{}, prefix: "replayed"}
	r.RegisterWorkflowWithOptions(d.ingest, workflow.RegisterOptions{Name: workflowName})
	return r
}

func replay(t *testing.T, name string, h *history.History) {
	t.Helper()
	if err := replayer().ReplayWorkflowHistory(nil, h); err != nil {
		t.Errorf("%s cannot be replayed: %v", name, err)
	}
}

// blameless: histories are read by whoever may look at the service.
func blameless(t *testing.T, name string, h *history.History) {
	t.Helper()
	for _, event := range h.GetEvents() {
		text := event.String()
		for _, secret := range []string{"origin.example", "://", "filesetFilter", "does not answer.", "holds no video"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: the history holds %q: %s", name, secret, text)
			}
		}
	}
}

// TestReplay: what earlier versions of the code have begun, this one can go on
// with.
func TestReplay(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "histories", "*.json"))
	if err != nil || len(files) < len(recorded()) {
		t.Fatalf("there are the histories %v, %v", files, err)
	}
	for _, path := range files {
		if err := replayer().ReplayWorkflowHistoryFromJSONFile(nil, path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}
