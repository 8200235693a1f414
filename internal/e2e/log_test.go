package e2e

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/via-orchestrate/orchestrate/client"
)

// Secrets as they get into a server. None is part of another.
const (
	signature  = "sig-4dd1f3c7a9"   // in the query of a source's address
	redirected = "redir-77b02e51c"  // in the query that a source leads to
	webhookKey = "hook-Zm9vYmFyMTI" // what a profile refers to
	bearer     = "bearer-1c55e0d9aa"
	askedFor   = "query-90c1d2e3f4" // in the query of a request that is refused
)

// secretSources serves a film where there is a signature, and breaks the first
// answer off. Other addresses lead there, or to nowhere.
func secretSources(t *testing.T) (base string) {
	t.Helper()
	var cut atomic.Bool
	film := read(t, "../../testdata/demo.mp4")
	mux := http.NewServeMux()
	mux.HandleFunc("/film.mp4", func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !strings.Contains(r.URL.RawQuery, signature) && !strings.Contains(r.URL.RawQuery, redirected):
			http.Error(w, "no signature", http.StatusForbidden)
		case cut.CompareAndSwap(false, true):
			w.Header().Set("Content-Length", fmt.Sprint(len(film)))
			_, _ = w.Write(film[:len(film)/2])
			panic(http.ErrAbortHandler)
		default:
			http.ServeFile(w, r, "../../testdata/demo.mp4")
		}
	})
	mux.Handle("/moved.mp4", http.RedirectHandler("/film.mp4?token="+redirected, http.StatusFound))
	mux.Handle("/lost.mp4", http.RedirectHandler("http://127.0.0.1:1/gone.mp4?token="+redirected, http.StatusFound))
	mux.HandleFunc("/hook", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

// applyHooked applies the built-in profile with a signed webhook besides.
func applyHooked(t *testing.T, c *client.Client, hook string) {
	t.Helper()
	built, err := c.Profile(t.Context(), "default", 0)
	if err != nil {
		t.Fatal(err)
	}
	var document map[string]any
	if err := json.Unmarshal(built.Document, &document); err != nil {
		t.Fatal(err)
	}
	delete(document, "name")
	steps, _ := document["playout"].([]any)
	document["playout"] = append(steps, map[string]any{
		"filesetFilter":  "copied",
		"playoutProfile": map[string]any{"name": "hook", "type": "WEBHOOK", "url": hook, "secret": "file:hook"},
	})
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.ApplyProfile(t.Context(), "hooked", text); err != nil {
		t.Fatal(err)
	}
}

// ask sends a request with a request id and gives the id of the answer.
func ask(t *testing.T, address, id string, want int) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+bearer)
	req.Header.Set("X-Request-Id", id)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != want {
		t.Errorf("GET %s: %s, want %d, %v", address, resp.Status, want, err)
	}
	return resp.Header.Get("X-Request-Id")
}

// TestNoSecretIsKept runs ingests that bear secrets, good and bad ones, at
// DEBUG level. The log has none of them, and the database has the queries of
// sources only, where they are kept apart from all documents.
func TestNoSecretIsKept(t *testing.T) {
	t.Parallel()
	data, sources := t.TempDir(), secretSources(t)
	if err := os.MkdirAll(filepath.Join(data, "secrets", "default"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(data, "secrets", "default", "hook"), []byte(webhookKey))
	p := start(t, data, "--log-format", "json", "--log-level", "DEBUG")
	base := strings.TrimSuffix(p.client.URL("x"), "/x")
	c, err := client.New(base, client.Options{Token: bearer})
	if err != nil {
		t.Fatal(err)
	}
	applyHooked(t, c, sources+"/hook")

	for _, one := range []struct {
		path, profile string
		want          client.IngestStatus
	}{
		{"/film.mp4?X-Amz-Signature=" + signature, "default", client.IngestStatusCOMPLETED},
		{"/moved.mp4?s=" + signature, "default", client.IngestStatusSKIPPED},
		{"/absent.mp4?s=" + signature, "default", client.IngestStatusFAILED},
		{"/film.mp4?s=" + signature, "hooked", client.IngestStatusFAILED},
	} {
		id := submit(t, c, client.Submission{AssetID: "4711", URI: sources + one.path, Profile: one.profile})
		d := waitFor(t, c, id, time.Minute, over)
		if d.Status != one.want {
			t.Errorf("%s under %s ended %s: %v", one.path, one.profile, d.Status, d.Error)
		}
	}
	play, err := c.Playback(t.Context(), "4711")
	if err != nil || play.HLS == nil {
		t.Fatalf("playback %+v, %v", play, err)
	}
	key := regexp.MustCompile(`/media/([0-9a-f]{32})/`).FindStringSubmatch(*play.HLS)[1]
	if id := ask(t, *play.HLS, "editor-42", http.StatusOK); id != "editor-42" {
		t.Errorf("the request's id is %q", id)
	}
	if id := ask(t, base+"/media/"+key+"/absent.m3u8", "two words; level=ERROR", http.StatusNotFound); len(id) < 20 || strings.Contains(id, " ") {
		t.Errorf("the request's id is %q", id)
	}
	ask(t, base+"/ingests?status=none&access_token="+askedFor, "a", http.StatusBadRequest)
	ask(t, base+"/ingests?"+askedFor+"=1", "a", http.StatusBadRequest)
	lost := submit(t, c, client.Submission{AssetID: "lost", URI: sources + "/lost.mp4?s=" + signature})
	waitFor(t, c, lost, time.Minute, func(d *client.IngestDetail) bool { // until its first attempt has failed
		return len(d.Tasks) > 0 && d.Tasks[0].Status == client.TaskStatusTASKPENDING
	})
	if err := c.Cancel(t.Context(), lost); err != nil {
		t.Error(err)
	}
	waitFor(t, c, lost, time.Minute, over)
	// The one that failed may have published before it did, and play then.
	if err := c.Delete(t.Context(), play.IngestID); err != nil {
		t.Error(err)
	}
	ask(t, *play.HLS, "a", http.StatusNotFound)
	log := p.end(t, syscall.SIGTERM)

	for _, secret := range []string{signature, redirected, webhookKey, bearer, askedFor, key} {
		for line := range strings.Lines(log) {
			if strings.Contains(line, secret) {
				t.Errorf("the log has %s: %s", secret, line)
			}
		}
	}
	checkLines(t, log)
	checkRows(t, filepath.Join(data, "orchestrate.db"))
}

// checkLines: each is a JSON object without a key twice, and what it is about
// stands under the same keys everywhere.
func checkLines(t *testing.T, log string) {
	t.Helper()
	needed := map[string][]string{
		"attempt starts": {"tenant", "ingest", "task", "stage", "attempt"}, "attempt done": {"tenant", "ingest", "task", "stage", "attempt"},
		"attempt failed": {"tenant", "ingest", "task", "stage", "attempt", "class", "reason"},
		"ingest ended":   {"tenant", "ingest", "status"}, "ingest.submit": {"tenant", "ingest", "requestId"},
		"ingest.cancel": {"tenant", "ingest", "requestId"}, "request": {"requestId", "route", "status"},
		"download broke off, going on": {"tenant", "ingest", "task", "stage", "attempt"},
	}
	seen := map[string]int{}
	for line := range strings.Lines(log) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil || !jsontext.Value(line).IsValid() {
			t.Errorf("no JSON object, %v: %s", err, line)
			continue
		}
		message, _ := fields["msg"].(string)
		seen[message]++
		for _, key := range append(needed[message], "time", "level", "msg") {
			if fields[key] == nil {
				t.Errorf("no %s: %s", key, line)
			}
		}
		for _, other := range []string{"err", "ingestId", "taskId", "tenantId"} {
			if fields[other] != nil {
				t.Errorf("%s: %s", other, line)
			}
		}
	}
	for message := range needed {
		if seen[message] == 0 {
			t.Errorf("no line says %q", message)
		}
	}
	if !strings.Contains(log, `"requestId":"editor-42"`) {
		t.Error("the client's own id of the request is not logged")
	}
}

// checkRows goes through every value of every table.
func checkRows(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	apart := 0
	for _, table := range column(t, db, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`) {
		for _, name := range column(t, db, `SELECT name FROM pragma_table_info(?)`, table) {
			for _, value := range column(t, db, fmt.Sprintf(`SELECT coalesce(CAST(%q AS TEXT), '') FROM %q`, name, table)) {
				for _, secret := range []string{signature, redirected, webhookKey, bearer, askedFor} {
					switch {
					case !strings.Contains(value, secret):
					case table == "ingest_inputs" && name == "sources" && secret == signature:
						apart++
					default:
						t.Errorf("%s.%s has %s: %s", table, name, secret, value)
					}
				}
			}
		}
	}
	if apart != 4 { // One of the five was deleted.
		t.Errorf("%d ingests have the signature of their source, want 4", apart)
	}
}

func column(t *testing.T, db *sql.DB, query string, args ...any) (values []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return values
}
