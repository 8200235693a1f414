package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/problem"
)

// attack is one hostile request. In all its texts {HOST}, {INGEST}, {TASK},
// {KEY}, {UPLOAD} and {OTHER} stand for what the target has.
type attack struct {
	name    string
	method  string // empty: GET
	target  string // of the request line, as it goes over the wire
	headers string // lines, without the last line break
	body    string
	raw     string // the whole request in place of all these

	status int
	// detail must stand in the problem's detail, or in one of its problems;
	// with a status below 400, in the answer.
	detail string
	// plain: not a problem document. The HTTP library answers itself what it
	// cannot read as a request, and /play/ answers browsers with pages.
	plain bool
	// row: the answer is 200, and tells of one row of an import that it was
	// refused, for something that has this in its text.
	row string
}

// minAttacks is how many different hostile requests the project promises.
const minAttacks = 200

func attacks() []attack {
	return slices.Concat(
		queryAttacks(), cursorAttacks(), pathAttacks(), methodAttacks(), jsonAttacks(), numberAttacks(), submissionAttacks(),
		addressAttacks(), profileAttacks(), yamlAttacks(), importAttacks(), uploadAttacks(), headerAttacks(), wireAttacks(),
	)
}

// TestHostileRequests: every hostile request is refused with a problem that
// names the fault, and afterwards everything is as it was.
//
// It does not run beside other tests, as it counts what the process holds.
func TestHostileRequests(t *testing.T) { //nolint:paralleltest // See above.
	v := newVictim(t)
	before := v.state(t)
	list := attacks()
	seen := map[string]bool{}
	for _, a := range list {
		if key := a.method + a.target + a.headers + a.body + a.raw; seen[key] {
			t.Errorf("%s: the same request again", a.name)
		} else {
			seen[key] = true
		}
		v.attack(t, a)
	}
	v.cutConnections(t)
	if len(list) < minAttacks {
		t.Errorf("%d hostile requests, want %d", len(list), minAttacks)
	}
	t.Logf("%d hostile requests", len(list))
	if d := cmp.Diff(before, v.state(t)); d != "" {
		t.Errorf("what the server keeps was changed (-before +after):\n%s", d)
	}
	v.settle(t)
}

// attack sends one request and holds the answer.
func (v *victim) attack(t *testing.T, a attack) {
	t.Helper()
	begun, logged := time.Now(), v.log.Len()
	resp, err := v.send(v.request(a))
	if err != nil {
		t.Errorf("%s: no answer: %v", a.name, err)
		return
	}
	if resp.StatusCode != a.status {
		t.Errorf("%s: status %d, want %d: %.300s", a.name, resp.StatusCode, a.status, resp.text)
	}
	detail := resp.text
	if a.plain {
		detail = resp.Status + " " + resp.text
	} else if a.status >= 400 {
		detail = problemText(t, a, resp)
	}
	if a.row != "" {
		detail = refusedRow(t, a, resp)
	}
	if wanted := v.fill(a.detail + a.row); !strings.Contains(detail, wanted) {
		t.Errorf("%s: want %q in: %.500s", a.name, wanted, detail)
	}
	if a.detail+a.row == "" {
		t.Errorf("%s names no fault to look for", a.name)
	}
	for _, leak := range []string{secretText, v.secret, v.parent, "goroutine ", "runtime error", "sqlite", "SQL logic", "Go struct", "Go value", "json: "} {
		if strings.Contains(resp.text, leak) && !strings.Contains(a.target, "{KEY}") {
			t.Errorf("%s: the answer has %q: %.500s", a.name, leak, resp.text)
		}
	}
	for name := range resp.Header {
		if strings.Contains(strings.ToLower(name), "injected") {
			t.Errorf("%s: the answer has the header %s", a.name, name)
		}
	}
	if log := v.log.From(logged); complaint.MatchString(log) {
		t.Errorf("%s: the log has %.2000s", a.name, log)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("%s took %v", a.name, took)
	}
	if health, err := v.send(v.request(attack{target: "/healthz"})); err != nil || health.StatusCode != http.StatusOK {
		t.Fatalf("%s: the server is no longer well: %v %v", a.name, health, err)
	}
}

// complaint is what no request may make the server log.
var complaint = regexp.MustCompile(`(?i)panic|internal error|level=(ERROR|WARN)`)

// problemText holds a problem document and gives what it says.
func problemText(t *testing.T, a attack, resp *answer) string {
	t.Helper()
	if resp.head {
		return a.detail // HEAD has no body.
	}
	var d problem.Document
	if err := json.Unmarshal([]byte(resp.text), &d); err != nil || resp.Header.Get("Content-Type") != problem.ContentType {
		t.Errorf("%s: %s is no problem document: %v: %.300s", a.name, resp.Header.Get("Content-Type"), err, resp.text)
		return ""
	}
	if d.Status != resp.StatusCode || d.Title != http.StatusText(d.Status) || d.Code == "" || d.Detail == "" {
		t.Errorf("%s: problem %+v", a.name, d)
	}
	if resp.Header.Get("X-Content-Type-Options") != "nosniff" || len(resp.text) > 200_000 {
		t.Errorf("%s: %d bytes, headers %v", a.name, len(resp.text), resp.Header)
	}
	if strings.ContainsFunc(d.Detail, unicode.IsControl) {
		t.Errorf("%s: the problem has control characters: %q", a.name, d.Detail)
	}
	var text strings.Builder
	text.WriteString(d.Detail)
	for _, p := range d.Problems {
		fmt.Fprintf(&text, " %s %s", p.Path, p.Message)
	}
	return text.String()
}

// refusedRow gives what the answer to an import tells of its only row.
func refusedRow(t *testing.T, a attack, resp *answer) string {
	t.Helper()
	var result client.ImportResult
	if err := json.Unmarshal([]byte(resp.text), &result); err != nil || len(result.Rows) != 1 {
		t.Errorf("%s: %.300s: %v", a.name, resp.text, err)
		return ""
	}
	row := result.Rows[0]
	if row.Outcome != client.ImportRowOutcomeRefused || row.Problem == nil {
		t.Errorf("%s: %.300s", a.name, resp.text)
		return ""
	}
	if strings.ContainsFunc(*row.Problem, unicode.IsControl) {
		t.Errorf("%s: the problem has control characters: %q", a.name, *row.Problem)
	}
	return *row.Problem
}

// settle waits until the process holds no more than before.
func (v *victim) settle(t *testing.T) {
	t.Helper()
	const slack = 5 // of the runtime and the HTTP client
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for {
		routines, files := runtime.NumGoroutine(), openFiles(t)
		if routines <= v.routines+slack && files <= v.files+slack {
			t.Logf("goroutines %d → %d, open files %d → %d", v.routines, routines, v.files, files)
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Errorf("goroutines %d → %d, open files %d → %d", v.routines, routines, v.files, files)
			return
		}
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// state is everything that the server keeps, as its API tells it, and every
// file below and beside its data folder.
func (v *victim) state(t *testing.T) map[string]string {
	t.Helper()
	kept := map[string]string{}
	for _, tenant := range []string{"default", "vimond", "other"} {
		paths := []string{
			"/ingests?limit=500", "/profiles", "/profiles/default/versions", "/profiles/own/versions", "/audit?limit=500",
			"/assets/film/playback", "/assets/film/playback/history", "/ingests/" + v.ingest, "/ingests/" + v.ingest + "/plan",
		}
		for _, id := range v.imported {
			paths = append(paths, "/ingests/"+id)
		}
		for _, path := range paths {
			resp, err := v.send(v.request(attack{target: path, headers: "X-Vimond-Tenant: " + tenant}))
			if err != nil {
				t.Fatal(err)
			}
			kept[tenant+" "+path] = fmt.Sprint(resp.StatusCode, " ", resp.text)
		}
	}
	for id, tenant := range map[string]string{v.upload: "default", v.other: "other"} {
		resp, err := v.send(v.request(attack{
			method: "HEAD", target: "/uploads/" + id, headers: "Tus-Resumable: 1.0.0\r\nX-Vimond-Tenant: " + tenant,
		}))
		if err != nil {
			t.Fatal(err)
		}
		kept["upload "+id] = fmt.Sprint(resp.StatusCode, resp.Header.Get("Upload-Offset"), resp.Header.Get("Upload-Length"))
	}
	err := filepath.WalkDir(v.parent, func(path string, _ os.DirEntry, err error) error {
		// The database's own files come and go.
		if base := filepath.Base(path); !strings.Contains(base, ".db") {
			kept["file "+path] = ""
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return kept
}
