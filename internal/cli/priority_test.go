package cli

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPriority(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	due := `{"priority":"LOW","dueTime":"2026-12-01T06:00:00.000Z"}`
	d.answer("GET /ingests/i/schedule", 200, due)
	var sent []string
	d.HandleFunc("PUT /ingests/i/schedule", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sent = append(sent, strings.TrimSpace(string(body)))
		writeJSON(w, 200, sent[len(sent)-1])
	})
	d.run(t, "priority", "i", "low", "-o", "json").want(t, 0, due+"\n", "")
	shown := local(time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC))
	d.run(t, "priority", "i", "LOW", "--due", "2026-12-01T07:00:00+01:00").want(t, 0, "The ingest i has the priority LOW, due "+shown+".\n", "")
	d.run(t, "priority", "i", "HIGH", "--no-due").want(t, 0, "The ingest i has the priority HIGH.\n", "")
	if diff := cmp.Diff([]string{due, due, `{"priority":"HIGH"}`}, sent); diff != "" {
		t.Error(diff)
	}
	if asked := d.requests(); len(asked) != 4 { // The due time is asked for where it is to stay.
		t.Errorf("asked %q", asked)
	}
	if r := d.run(t, "priority", "i", "HIGH", "--no-due", "--due", "2026-12-01T06:00:00Z"); r.code == 0 || !strings.Contains(r.err, "--due") {
		t.Errorf("both: %+v", r)
	}
	if r := d.run(t, "priority", "i", "HIGH", "--due", "soon"); r.code == 0 || !strings.Contains(r.err, "soon") {
		t.Errorf("no time: %+v", r)
	}
	d.problem("PUT /ingests/over/schedule", 409, "Ingest over is COMPLETED already.")
	if r := d.run(t, "priority", "over", "HIGH", "--no-due"); r.code == 0 || !strings.Contains(r.err, "COMPLETED") || !strings.Contains(r.err, "orchestrate get over") {
		t.Errorf("over: %+v", r)
	}
}

func TestSubmitWithPriority(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	sent := ""
	d.HandleFunc("POST /ingests", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sent = string(body)
		writeJSON(w, 202, `{"ingestId":"i","detailsUrl":"/ingests/i"}`)
	})
	r := d.run(t, "submit", "https://example.com/a.mp4", "--asset", "7", "--priority", "high", "--due", "2026-12-01T06:00:00Z")
	if r.code != 0 || !strings.Contains(sent, `"priority":"HIGH","dueTime":"2026-12-01T06:00:00.000Z"`) {
		t.Errorf("%+v, sent %s", r, sent)
	}
}

// TestGetTellsItsTurn: only where somebody said something about it.
func TestGetTellsItsTurn(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"ingestId":"i","priority":"NORMAL","dueTime":null,"steps":[]}`: "",
		`{"ingestId":"i","priority":"LOW","dueTime":null,"steps":[]}`:    "\nPriority: LOW\n",
	} {
		d := newDouble(t)
		d.answer("GET /ingests/i", 200, `{"ingestId":"i","status":"QUEUED","tasks":[]}`)
		d.answer("GET /ingests/i/plan", 200, body)
		if r := d.run(t, "get", "i"); r.code != 0 || !strings.HasSuffix(r.out, want) || strings.Contains(r.out, "Priority") != (want != "") {
			t.Errorf("%s: %+v", body, r)
		}
	}
}

func TestWorkers(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	idle := newDouble(t)
	idle.answer("GET /workers", 200, `{"items":[],"count":0}`)
	idle.run(t, "workers").want(t, 0, "No worker is up, so all tasks wait. Start one with orchestrate worker; a server without Temporal is one itself.\n", "")
	list := `{"items":[{"id":"w","host":"encode-1","version":"1.4.0","stages":[{"stage":"ENCODING","slots":2},{"stage":"PACKAGING","slots":4}],` +
		`"capabilities":["hevc","uhd"],"memory":17179869184,"processors":8,"scratch":214748364800,"running":1,` +
		`"startTime":"2026-11-24T06:00:00.000Z","seenTime":"2026-11-24T09:12:41.000Z"}],"count":1}`
	d.answer("GET /workers", 200, list)
	d.run(t, "workers", "-o", "json").want(t, 0, list+"\n", "")
	seen := local(time.Date(2026, 11, 24, 9, 12, 41, 0, time.UTC))
	d.run(t, "workers").want(t, 0, `HOST      VERSION  STAGES                   CAN        CPUS  MEMORY    SCRATCH    RUNNING  SEEN
encode-1  1.4.0    ENCODING 2, PACKAGING 4  hevc, uhd  8     16.0 GiB  200.0 GiB  1        `+seen+`
`, "")
}
