package conformance_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/apptest"
)

const tenant = "vimond"

// fixture is a server with the history of the API page, three imported ingests
// of one instant, one that failed, one cancelled and one under way.
type fixture struct {
	url string
	// slow is the address of a video that is never there as a whole.
	slow string
}

func newFixture(t *testing.T) fixture {
	t.Helper()
	released := make(chan struct{})
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/slow.mp4" {
			_, _ = w.Write([]byte(strings.Repeat("This is no film.\n", 100)))
			return
		}
		w.Header().Set("Content-Length", "1000000")
		_, _ = w.Write(make([]byte, 1000))
		_ = http.NewResponseController(w).Flush()
		select {
		case <-released:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(source.Close)
	t.Cleanup(func() { close(released) })
	_, a := apptest.Serve(t, "--slots", "retrieval=8")
	c, err := client.New(a.URL(), client.Options{Tenant: tenant})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"list.json", "list-by-asset.json", "detail.json"} {
		text, err := os.ReadFile(filepath.Join("..", "httpd", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		load(t, c, text)
	}
	load(t, c, []byte(ties()))
	f := fixture{url: a.URL(), slow: source.URL + "/slow.mp4"}
	begin(t, c, source.URL+"/text.mp4", "text", "FAILED")
	id := begin(t, c, f.slow, "given-up", "RUNNING")
	if err := c.Cancel(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	reach(t, c, id, "CANCELLED")
	begin(t, c, f.slow, "2-slow", "RUNNING")
	return f
}

// ties is a list of three ingests that started in the same millisecond, shortly
// after midnight.
func ties() string {
	var items []string
	for _, id := range []string{"c3", "b2", "a1"} {
		items = append(items, fmt.Sprintf(`{"ingestId":"%s000000-0000-4000-8000-000000000000","assetId":"tie-%s","detailsUrl":`+
			`"/ingests/%[1]s000000-0000-4000-8000-000000000000","profileName":"331456700","error":null,"mediaTypes":["VIDEO"],"progress":100,`+
			`"startTime":"2021-12-08T00:30:00.000Z","endTime":"2021-12-08T00:30:01.500Z","status":"COMPLETED","elapsedTime":1500}`, id, id))
	}
	return `{"items":[` + strings.Join(items, ",") + `],"count":3,"cursor":null}`
}

func load(t *testing.T, c *client.Client, text []byte) {
	t.Helper()
	result, err := c.Import(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range result.Rows {
		if row.Outcome != client.ImportRowOutcomeWritten {
			t.Fatalf("import: %+v", row)
		}
	}
}

// begin submits a video and waits for the status.
func begin(t *testing.T, c *client.Client, uri, asset string, status client.IngestStatus) string {
	t.Helper()
	accepted, err := c.Submit(t.Context(), client.Submission{AssetID: asset, URI: uri}, "")
	if err != nil {
		t.Fatal(err)
	}
	reach(t, c, accepted.IngestID, status)
	return accepted.IngestID
}

func reach(t *testing.T, c *client.Client, id string, status client.IngestStatus) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		d, err := c.Get(ctx, id)
		if err == nil && d.Status == status && (status != "RUNNING" || len(d.Tasks) > 0) {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("ingest %s is not %s: %+v (%v)", id, status, d, err)
		case <-tick.C:
		}
	}
}
