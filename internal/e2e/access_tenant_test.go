package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
)

// listed gives a list answer.
func (h *house) listed(who, path string, headers ...string) (l client.IngestList) {
	h.t.Helper()
	got := h.send(who, http.MethodGet, path, nil, headers...)
	if got.StatusCode != http.StatusOK {
		h.t.Fatalf("%s %s: %s %s", who, path, got.Status, got.body)
	}
	if err := json.Unmarshal([]byte(got.body), &l); err != nil {
		h.t.Fatal(err)
	}
	return l
}

// TestTenantsOfCursorsAndFilters: a cursor or a filter leads to rows of the
// caller's tenant alone.
func TestTenantsOfCursorsAndFilters(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	list := read(t, "../httpd/testdata/list.json")
	if got := h.send("beta admin", http.MethodPost, "/imports", list); got.StatusCode != http.StatusOK {
		t.Fatalf("import: %s %s", got.Status, got.body)
	}
	first := h.listed("beta admin", "/ingests?limit=5")
	if len(first.Items) != 5 || first.Cursor == nil {
		t.Fatalf("beta sees %+v", first)
	}
	for _, query := range []string{
		"?cursor=" + *first.Cursor, "?assetId=869214", "?ingestId=" + first.Items[0].IngestID,
		"?profileName=331456700", "?fromDate=2021-12-08&toDate=2021-12-09", "?status=SKIPPED",
	} {
		for _, item := range h.listed("acme admin", "/ingests"+query).Items {
			if item.IngestID != h.ids["ingestId"] {
				t.Errorf("acme sees %s of beta with %s", item.IngestID, query)
			}
		}
	}
	if got := h.listed("both admin", "/ingests", "X-Vimond-Tenant", "acme"); got.Count != 1 {
		t.Errorf("acme has %d ingests for a token of both", got.Count)
	}
	if got := h.send("both admin", http.MethodGet, "/ingests", nil); got.StatusCode != http.StatusBadRequest || !strings.Contains(got.body, "acme, beta") {
		t.Errorf("a token of both that chooses none: %s %s", got.Status, got.body)
	}
}

// TestTenantsOfThings: what acme has cannot be used by beta, and is told in the
// words for what is not there.
func TestTenantsOfThings(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	same := func(what, method, path, theirs, nobodys string) {
		t.Helper()
		a, b := h.send("beta admin", method, path, []byte(theirs)), h.send("beta admin", method, path, []byte(nobodys))
		strip := strings.NewReplacer(h.ids["ingestId"], "*", strings.Repeat("0", 32), "*", "archive", "*", "nowhere", "*", "secret", "*", "unknown", "*")
		if a.StatusCode < 400 || a.StatusCode != b.StatusCode || strip.Replace(a.body) != strip.Replace(b.body) {
			t.Errorf("%s: acme's is answered\n%s %s\nand nobody's\n%s %s", what, a.Status, a.body, b.Status, b.body)
		}
	}
	same("a profile", http.MethodPost, "/ingests",
		`{"assetId":"1","profile":"secret","uri":"https://example.com/a.mp4"}`, `{"assetId":"1","profile":"unknown","uri":"https://example.com/a.mp4"}`)
	profile := func(location string) string {
		return `{"retrieval":[{"filesetFilter":"initialInput","retrievalProfile":{"name":"r","type":"vimond_file_retriever","targetLocation":{"name":"` +
			location + `"}},"filesetLabelOut":"retrieved"}]}`
	}
	same("a location", http.MethodPut, "/profiles/p", profile("archive"), profile("nowhere"))
	same("an ingest to play", http.MethodPut, "/assets/867228/playback",
		`{"ingestId":"`+h.ids["ingestId"]+`"}`, `{"ingestId":"`+strings.Repeat("0", 32)+`"}`)

	// An import is written, whoever else has the id; a task's too.
	detail := string(read(t, "../httpd/testdata/detail.json"))
	detail = strings.ReplaceAll(detail, `"tenant": "vimond"`, `"tenant": "beta"`)
	for id, task := range map[string]string{h.ids["ingestId"]: h.ids["taskId"], strings.Repeat("0", 32): strings.Repeat("1", 32)} {
		document := strings.NewReplacer("7dd40659-2494-45bc-b533-83e7deb97155", id, "f1db16c3-ee45-44c8-a94e-ed99c0a685b1", task).Replace(detail)
		got := h.send("beta admin", http.MethodPost, "/imports", []byte(document))
		if !strings.Contains(got.body, `"outcome":"written"`) {
			t.Errorf("import under the id %s: %s %s", id, got.Status, got.body)
		}
	}
	task := h.send("beta admin", http.MethodGet, "/ingests/"+h.ids["ingestId"]+"/tasks/"+h.ids["taskId"], nil)
	if task.StatusCode != http.StatusOK || !strings.Contains(task.body, `"attempts":[]`) {
		t.Errorf("beta's imported task: %s %s", task.Status, task.body)
	}

	// An upload is looked for when the ingest begins.
	beta := h.client("beta admin")
	fate := func(upload string) string {
		id := submit(t, beta, client.Submission{AssetID: "1", URI: "upload:" + upload})
		detail := waitFor(t, beta, id, time.Minute, over)
		return string(detail.Status) + " " + strings.ReplaceAll(deref(detail.Error), upload, "*")
	}
	if a, b := fate(h.ids["uploadId"]), fate(strings.Repeat("0", 32)); a != b || !strings.HasPrefix(a, "FAILED ") {
		t.Errorf("with acme's upload: %s; with nobody's: %s", a, b)
	}

	// An idempotency key is the tenant's own.
	body := []byte(`{"assetId":"1","uri":"https://127.0.0.1:1/a.mp4"}`)
	ids := map[string]bool{}
	for _, who := range []string{"acme operator", "beta operator", "acme admin"} {
		var accepted client.Accepted
		got := h.send(who, http.MethodPost, "/ingests", body, "Idempotency-Key", "k")
		if err := json.Unmarshal([]byte(got.body), &accepted); err != nil || got.StatusCode != http.StatusAccepted {
			t.Fatalf("%s: %s %s", who, got.Status, got.body)
		}
		ids[accepted.IngestID] = true
	}
	if len(ids) != 2 {
		t.Errorf("the key made %d ingests, want one for each tenant", len(ids))
	}
}

// TestCancelAcrossTenants: without the header, the id is looked up in all
// tenants of the token, and in no other.
func TestCancelAcrossTenants(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	path := "/cancel/" + h.ids["ingestId"]
	for _, tc := range []struct {
		who, tenant string
		status      int
	}{
		{"beta admin", "", 404},
		{"both admin", "beta", 404},
		{"both admin", "acme", 409}, // It is COMPLETED.
		{"both admin", "", 409},
		{"acme operator", "", 409},
		{"acme viewer", "", 403},
	} {
		var headers []string
		if tc.tenant != "" {
			headers = []string{"X-Vimond-Tenant", tc.tenant}
		}
		if got := h.send(tc.who, http.MethodDelete, path, nil, headers...); got.StatusCode != tc.status {
			t.Errorf("%s for %q: %s %s, want %d", tc.who, tc.tenant, got.Status, got.body, tc.status)
		}
	}
}

// TestAuditTells: who did what, from where, for the tenant's admins alone.
func TestAuditTells(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if got := h.send("beta admin", http.MethodGet, "/audit", nil); got.body != `{"items":[],"count":0,"cursor":null}`+"\n" {
		t.Errorf("beta reads %s", got.body)
	}
	h.send("acme operator", http.MethodDelete, "/uploads/"+h.ids["uploadId"], nil, "Tus-Resumable", "1.0.0")
	h.send("acme operator", http.MethodPost, "/ingests/"+h.ids["ingestId"]+"/retry", nil) // Refused, so not told.
	if got := h.send("acme admin", http.MethodDelete, "/ingests/"+h.ids["ingestId"], nil); got.StatusCode != http.StatusNoContent {
		t.Fatalf("delete: %s %s", got.Status, got.body)
	}
	var log client.AuditList
	got := h.send("acme admin", http.MethodGet, "/audit", nil)
	if err := json.Unmarshal([]byte(got.body), &log); err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range log.Items {
		if e.From != "127.0.0.1" || !strings.HasPrefix(e.Subject, "token a (") {
			t.Errorf("told of %s from %s", e.Subject, e.From)
		}
		told = append(told, string(e.Action)+" "+e.Target)
	}
	want := []string{
		"ingest.delete " + h.ids["ingestId"], "upload.delete " + h.ids["uploadId"], "upload.create " + h.ids["uploadId"],
		"profile.apply secret", "ingest.submit " + h.ids["ingestId"],
	}
	if strings.Join(told, "\n") != strings.Join(want, "\n") {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
}
