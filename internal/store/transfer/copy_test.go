package transfer_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/pgtest"
	"github.com/via-orchestrate/orchestrate/internal/statistics"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/postgres"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
	"github.com/via-orchestrate/orchestrate/internal/store/transfer"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m.Run)) }

// both is a store that can be copied.
type both interface {
	store.Store
	transfer.Store
}

func newSQLite(t *testing.T) *sqlite.Store {
	t.Helper()
	return openSQLite(t, filepath.Join(t.TempDir(), "orchestrate.db"))
}

func openSQLite(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func newPostgres(t *testing.T) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), pgtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// number is of ingests, more than one transaction writes.
const number = 620

// filled is a store with every kind of row.
func filled(t *testing.T) *sqlite.Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "orchestrate.db")
	if err := openSQLite(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	rows, err := os.ReadFile(filepath.Join("..", "sqlite", "testdata", "00012.sql"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), string(rows))
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	s := openSQLite(t, path)
	for n := range number {
		in := vod.Ingest{
			ID: fmt.Sprintf("%08d", n), Tenant: "vimond", AssetID: fmt.Sprint("asset ", n%7), ProfileName: "default", ProfileVersion: 1619086864969,
			Status: vod.Running, Start: time.UnixMilli(1700000000000 + int64(n/3)).UTC(), HasInput: true, MediaTypes: []string{"VIDEO"}, Priority: vod.Low,
			Input: json.RawMessage(fmt.Sprintf(`{"filesets":[{"files":[{"uri":"https://example.com/film-%d.mp4"}]}]}`, n)),
		}
		_, err := s.IngestCreate(t.Context(), in, nil, vod.AuditEntry{Time: vod.Now(), Tenant: "vimond", Subject: "ann", Action: vod.SubmittedIngest, Target: in.ID})
		if err == nil && n%2 == 0 {
			err = s.IngestChange(t.Context(), in.ID, func(run *vod.Run) error { return end(run, n) })
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	imported := vod.Run{Ingest: vod.Ingest{ID: "00000001", Tenant: "other", AssetID: "7", Status: vod.Completed, Progress: 20, Start: vod.Now(), End: vod.Now()}}
	if _, err := s.IngestImport(t.Context(), imported); err != nil {
		t.Fatal(err)
	}
	uploaded(t, s)
	return s
}

func end(run *vod.Run, n int) error {
	task := vod.Task{
		ID: run.Ingest.ID + "/0", IngestID: run.Ingest.ID, Stage: vod.Encoding, Status: vod.TaskFailed, Attempt: 1, Order: 1, Share: 1.0 / 3,
		Start: run.Ingest.Start, End: run.Ingest.Start.Add(time.Second),
		Error: &vod.StepError{Class: vod.ClassMedia, Reason: vod.ReasonVerify, Message: "Broken, \"so\" to say: æ 日本."},
	}
	run.Tasks = append(run.Tasks, task)
	run.Attempts = append(run.Attempts, vod.Attempt{
		TaskID: task.ID, Number: 1, Status: task.Status, Start: task.Start, End: task.End, Error: task.Error, Command: []string{"ffmpeg", "-i"}, Log: strings.Repeat("x", n*100),
	})
	run.Ingest.Status, run.Ingest.End, run.Ingest.Error = vod.Failed, task.End, "It is broken."
	return nil
}

// uploaded is found by a name that is not in its input.
func uploaded(t *testing.T, s *sqlite.Store) {
	t.Helper()
	in := vod.Ingest{
		ID: "uploaded", Tenant: "vimond", AssetID: "u", Status: vod.Running, Start: vod.Now(),
		Input: json.RawMessage(`{"filesets":[{"files":[{"uri":"upload:0123456789abcdef0123456789abcdef"}]}]}`),
	}
	if _, err := s.IngestCreate(t.Context(), in, nil, vod.AuditEntry{}); err != nil {
		t.Fatal(err)
	}
	err := s.IngestChange(t.Context(), in.ID, func(run *vod.Run) error {
		run.Tasks = []vod.Task{{
			ID: "uploaded/0", IngestID: in.ID, Stage: vod.Retrieval, Status: vod.TaskCompleted, Attempt: 1, Share: 1, Start: in.Start, End: in.Start,
			Outputs: json.RawMessage(`{"filesets":[{"files":[{"uri":"file:///store/holiday.mov"}],"labels":["retrieved"]}]}`),
		}}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// contents is what a store tells through its contract.
func contents(t *testing.T, s store.Store) map[string]any {
	t.Helper()
	all := map[string]any{}
	keep := func(name string, value any, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = value
	}
	ctx := t.Context()
	for _, tenant := range []string{"vimond", "other"} {
		after := (*store.Position)(nil)
		for more := true; more; {
			var page []vod.Ingest
			var err error
			page, more, err = s.IngestList(ctx, store.IngestFilter{Tenant: tenant, Limit: 500, After: after})
			keep(fmt.Sprint("list of ", tenant, after), page, err)
			for _, in := range page {
				run, err := s.IngestGet(ctx, tenant, in.ID)
				keep(tenant+" "+in.ID, run, err)
				for _, task := range run.Tasks {
					attempts, err := s.TaskAttempts(ctx, task.ID)
					keep("attempts of "+task.ID, attempts, err)
				}
				removals, err := s.RemovalsOf(ctx, in.ID)
				keep("removals of "+in.ID, removals, err)
				after = &store.Position{Start: in.Start, ID: in.ID}
			}
		}
		counts, err := s.IngestCount(ctx, store.IngestFilter{Tenant: tenant}, 1)
		keep("counts of "+tenant, counts, err)
	}
	for _, text := range []string{"film-61", "holiday", "it is broken", "asset 3", "179057"} {
		page, _, err := s.IngestList(ctx, store.IngestFilter{Tenant: "vimond", Text: text, Limit: 500})
		if err == nil && len(page) == 0 {
			t.Errorf("nothing is found of %q", text)
		}
		keep("search of "+text, page, err)
	}
	audit, _, err := s.AuditList(ctx, store.AuditFilter{Tenant: "vimond", Limit: 500})
	keep("audit", audit, err)
	entries, err := s.CatalogEntries(ctx, "vimond", "867228")
	keep("catalogue", entries, err)
	profiles, err := s.ProfileVersions(ctx, "vimond", "default")
	keep("profiles", profiles, err)
	tokens, err := s.TokenList(ctx)
	keep("tokens", tokens, err)
	session, err := s.SessionGet(ctx, strings.Repeat("0af9", 16))
	keep("session", session, err)
	views, err := s.ViewList(ctx, "vimond", "ann (https://login.example.com)")
	keep("views", views, err)
	used, err := s.UploadInUse(ctx, "vimond", "0123456789abcdef0123456789abcdef")
	keep("upload", used, err)
	figures, err := s.StatisticsGet(ctx, store.StatisticsFilter{Tenant: "vimond", To: time.Now().Add(time.Hour)})
	keep("statistics", figures, err)
	if len(figures.Durations) == 0 || len(figures.Errors) < 2 || figures.Later != (statistics.Counts{}) {
		t.Errorf("figures are %+v", figures)
	}
	return all
}

func copyAll(t *testing.T, from, to both) transfer.Result {
	t.Helper()
	result, err := transfer.Copy(t.Context(), from, to, func(string, int) {})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// TestThereAndBack copies from SQLite to Postgres, and from there to SQLite.
func TestThereAndBack(t *testing.T) {
	t.Parallel()
	source, there, back := filled(t), newPostgres(t), newSQLite(t)
	want := contents(t, source)
	result := copyAll(t, source, there)
	rows := map[string]int{}
	for _, table := range result.Tables {
		if table.Rows == 0 {
			t.Errorf("the test has no row of table %s", table.Name)
		}
		rows[table.Name] = table.Rows
	}
	if rows["ingests"] != number+4 || result.Replaced != 0 {
		t.Errorf("copied %+v", result)
	}
	if diff := cmp.Diff(want, contents(t, there)); diff != "" {
		t.Errorf("Postgres has (-want +got):\n%s", diff)
	}
	if again := copyAll(t, there, back); cmp.Diff(result, again) != "" {
		t.Errorf("copied %+v, back %+v", result, again)
	}
	if diff := cmp.Diff(want, contents(t, back)); diff != "" {
		t.Errorf("SQLite has (-want +got):\n%s", diff)
	}
	// What was copied goes on: numbers and keys are continued.
	in := vod.Ingest{ID: "new", Tenant: "vimond", AssetID: "asset 1", ProfileName: "default", Status: vod.Queued, Start: vod.Now()}
	by := vod.AuditEntry{Time: vod.Now(), Tenant: "vimond", Subject: "ann", Action: vod.SubmittedIngest, Target: "new"}
	for _, s := range []both{there, back} {
		if _, err := s.IngestCreate(t.Context(), in, nil, by); err != nil {
			t.Error(err)
		}
		if page, _, err := s.AuditList(t.Context(), store.AuditFilter{Tenant: "vimond", Limit: 1}); err != nil || page[0].ID != number+2 {
			t.Errorf("the newest entry is %+v, %v", page, err)
		}
	}
}

// TestACopyThatWasCutOff is begun again from the start.
func TestACopyThatWasCutOff(t *testing.T) {
	t.Parallel()
	source, to := filled(t), newPostgres(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := transfer.Copy(ctx, source, to, func(table string, _ int) {
		if table == "tasks" {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("the error is %v", err)
	}
	if run, err := to.IngestGet(t.Context(), "vimond", "00000002"); err != nil || len(run.Tasks) != 1 {
		t.Errorf("what was copied by then is %+v, %v", run, err)
	}
	copyAll(t, source, to)
	if diff := cmp.Diff(contents(t, source), contents(t, to)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	// And now the target is in use.
	if _, err := transfer.Copy(t.Context(), source, to, func(string, int) {}); vod.CodeOf(err) != vod.Conflict {
		t.Errorf("copied to a store that is in use: %v", err)
	}
}

// TestTextsThatCannotBeKept are told of.
func TestTextsThatCannotBeKept(t *testing.T) {
	t.Parallel()
	source, to := newSQLite(t), newPostgres(t)
	in := vod.Ingest{ID: "i", Tenant: "t", AssetID: "null\x00byte, bad\xffbyte", Status: vod.Failed, Start: vod.Now(), End: vod.Now()}
	if _, err := source.IngestCreate(t.Context(), in, nil, vod.AuditEntry{}); err != nil {
		t.Fatal(err)
	}
	if result := copyAll(t, source, to); result.Replaced != 1 {
		t.Errorf("replaced: %d", result.Replaced)
	}
	if run, err := to.IngestGet(t.Context(), "t", "i"); err != nil || run.Ingest.AssetID != "null\uFFFDbyte, bad\uFFFDbyte" {
		t.Errorf("got %+v, %v", run, err)
	}
}

// spoiled loses the writes of a table.
type spoiled struct {
	both
	table string
}

func (s spoiled) Fill(ctx context.Context, do func(sqlstore.Writer) error) error {
	return s.both.Fill(ctx, func(w sqlstore.Writer) error { return do(spoiledWriter{w, s.table}) })
}

type spoiledWriter struct {
	sqlstore.Writer
	table string
}

func (w spoiledWriter) Exec(query string, args ...any) (int64, error) {
	if strings.HasPrefix(query, "INSERT INTO "+w.table+" ") {
		args[len(args)-1] = "other"
	}
	return w.Writer.Exec(query, args...)
}

// TestADifferenceIsFound reads what was written.
func TestADifferenceIsFound(t *testing.T) {
	t.Parallel()
	source, to := filled(t), newSQLite(t)
	_, err := transfer.Copy(t.Context(), source, spoiled{to, "views"}, func(string, int) {})
	if err == nil || !strings.Contains(err.Error(), "table views differs") {
		t.Errorf("the error is %v", err)
	}
}
