package orchestrate_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const imported = "7dd40659-2494-45bc-b533-83e7deb97155"

// item is a list item of the ingest that the contract's detail is of, with one
// replacement.
func item(old, replacement string) string {
	return strings.Replace(`{"ingestId":"`+imported+`","assetId":"179057","detailsUrl":"/ingests/`+imported+`",
		"profileName":"p","error":null,"mediaTypes":["VIDEO"],"progress":20,"startTime":"2021-12-08T10:50:21.481Z",
		"endTime":"2021-12-08T10:50:22.481Z","status":"COMPLETED","elapsedTime":1000}`, old, replacement, 1)
}

func (s *service) imports(document string) []orchestrate.ImportRow {
	s.t.Helper()
	rows, err := s.Import(s.t.Context(), as(tenant), json.RawMessage(document))
	s.ok(err)
	return rows
}

func TestImport(t *testing.T) {
	t.Parallel()
	s := newService(t)
	list := `{"items":[` + item("", "") + `],"count":1,"cursor":null}`
	s.equal("first", s.imports(list), []orchestrate.ImportRow{{IngestID: imported, Outcome: "written"}})
	s.equal("again", s.imports(item("", "")), []orchestrate.ImportRow{{IngestID: imported, Outcome: "unchanged"}})
	other := s.imports(item(`"progress":20`, `"progress":21`))[0]
	if other.Outcome != "refused" || other.Problem == "" {
		t.Errorf("other values: %+v", other)
	}
	in := s.get(imported).Ingest
	if !in.Imported || in.Progress != 20 || in.HasInput || in.Status != vod.Completed {
		t.Errorf("%+v", in)
	}
}

// TestImportedIsHistory: it is neither run, cancelled nor retried, but can be
// deleted; and it counts for no skip.
func TestImportedIsHistory(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for _, status := range []string{"COMPLETED", "FAILED", "CANCELLED"} {
		id := strings.ToLower(status)
		s.imports(strings.ReplaceAll(strings.Replace(item("", ""), `"COMPLETED"`, `"`+status+`"`, 1), imported, id))
		s.refused(s.Cancel(t.Context(), as(tenant), id), vod.Conflict)
		s.refused(s.Retry(t.Context(), as(tenant), id), vod.Conflict)
		_, err := s.Steps(t.Context(), as(tenant), id)
		s.refused(err, vod.NotFound)
	}
	p, err := s.Preview(t.Context(), as(tenant), clip())
	s.ok(err)
	s.equal("notes", p.Notes, []string(nil))
	s.ok(s.Delete(t.Context(), as(tenant), "failed"))
	s.equal("files removed", s.removed, []string(nil))
}

func TestImportOverWhatRanHere(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.submit()
	s.run(id)
	row := s.imports(strings.ReplaceAll(item("", ""), imported, id))[0]
	s.equal("outcome", row.Outcome, "refused")
	rows, err := s.Import(t.Context(), as("other"), json.RawMessage(strings.ReplaceAll(item("", ""), imported, id)))
	s.ok(err)
	s.equal("outcome for another tenant", rows[0].Outcome, "written") // Which must not tell whether the id is known.
	other, err := s.Get(t.Context(), as("other"), id)
	s.ok(err)
	s.equal("progress for another tenant", other.Ingest.Progress, 20)
	everywhere := as("")
	everywhere.Tenants = []string{tenant, "other"}
	s.refused(s.Cancel(t.Context(), everywhere, id), vod.Conflict)
	s.refused(s.Retry(t.Context(), as("other"), id), vod.Conflict)
	running := s.submit()
	_, err = s.Import(t.Context(), as("other"), json.RawMessage(strings.ReplaceAll(item("", ""), imported, running)))
	s.ok(err)
	s.ok(s.Cancel(t.Context(), everywhere, running)) // It can only mean the one that runs here.
	s.equal("status", s.get(running).Ingest.Status, vod.Cancelled)
	s.equal("status", s.get(id).Ingest.Progress, 100)
}

func TestImportRefused(t *testing.T) {
	t.Parallel()
	s := newService(t)
	tests := []struct{ old, replacement, problem string }{
		{`"status":"COMPLETED"`, `"status":"RUNNING"`, "not that of an ingest that is over"},
		{`"status":"COMPLETED"`, `"status":"DONE"`, "not that of an ingest that is over"},
		{`"progress":20`, `"progress":101`, "not within 0 and 100"},
		{`"elapsedTime":1000`, `"elapsedTime":1001`, "elapsedTime is 1001"},
		{`:22.481Z`, `:20.481Z`, "wrong order"},
		{`"endTime":"2021-12-08T10:50:22.481Z"`, `"endTime":null`, "endTime is missing"},
		{`"/ingests/`, `"/other/`, "detailsUrl is not"},
		{`"assetId":"179057"`, `"assetId":""`, "assetId is missing"},
		{`{"ingestId"`, `{"more":1,"ingestId"`, "/more is not known"},
		{`{"ingestId"`, `{"tenant":"other","ingestId"`, `belongs to tenant "other"`},
		{`["VIDEO"]`, `null`, "mediaTypes is null"},
		{`"error":null`, `"error":""`, "error is empty"},
		{`21.481Z`, `21.4815Z`, "more than milliseconds"},
		{`"endTime":"2021-12-08T10:50:22.481Z"`, `"endTime":"9999-12-31T23:59:59.000-01:00"`, "not within the years"},
		{`"startTime":"2021-12-08T10:50:21.481Z"`, `"startTime":"0001-01-01T00:00:00+01:00"`, "not within the years"},
		{`"assetId":"179057"`, `"assetId":"a\u0000"`, "without control characters"},
		{`"assetId":"179057"`, `"assetId":"` + strings.Repeat("a", 256) + `"`, "at most 255 bytes"},
		{`"profileName":"p"`, `"profileName":"\u202ep"`, "without control characters"},
		{`["VIDEO"]`, `["\n"]`, "without control characters"},
		{`"assetId"`, `"AssetId"`, "/AssetId is not known"},
		{`"progress":20`, `"progress":20.5`, "/progress has a value of the wrong type or form"},
		{`{"ingestId"`, `{"\u001b":1,"ingestId"`, "a key that is not known"},
	}
	for _, test := range tests {
		row := s.imports(item(test.old, test.replacement))[0]
		if row.Outcome != "refused" || !strings.Contains(row.Problem, test.problem) {
			t.Errorf("%s: %+v", test.replacement, row)
		}
	}
	for _, id := range []string{"../x", ".", "..", `a\n`, strings.Repeat("a", 256)} {
		row := s.imports(strings.ReplaceAll(item("", ""), imported, id))[0]
		if row.Outcome != "refused" || row.IngestID == id && !strings.HasPrefix(id, ".") || !strings.Contains(row.Problem, "ingestId") {
			t.Errorf("%+v", row)
		}
	}
	for _, document := range []string{``, `[]`, `{}`, `{"ingestId":7}`, `"x"`} {
		_, err := s.Import(t.Context(), as(tenant), json.RawMessage(document))
		if vod.CodeOf(err) != vod.Invalid {
			t.Errorf("%s: %v", document, err)
		}
	}
}

// TestImportDetail: a detail completes a list item, and is kept as it came.
func TestImportDetail(t *testing.T) {
	t.Parallel()
	s := newService(t)
	detail := func(input string) string {
		return `{"status":"COMPLETED","startTime":"2021-12-08T10:50:21.481Z","endTime":"2021-12-08T10:50:22.481Z","progress":20,
			"elapsedTime":1000,"assetId":"179057","ingestId":"` + imported + `","tenant":"acme","profileName":"p","input":` + input + `,
			"mediaTypes":["VIDEO"],"tasks":[{"outputs":{"b":1,"a":1.0},"input":{},"name":"RETRIEVAL","progress":100,
			"startTime":"2021-12-08T10:50:21.481Z","endTime":"2021-12-08T10:50:21.481Z","id":"t1","status":"TASK_COMPLETED","elapsedTime":0}],"error":null}`
	}
	s.imports(item("", ""))
	s.equal("outcome", s.imports(detail(`{"z":1e2,"a":"<&>"}`)), []orchestrate.ImportRow{{IngestID: imported, Outcome: "written"}})
	s.equal("again", s.imports(detail(`{"z":1e2, "a":"<&>"}`))[0].Outcome, "unchanged")
	s.equal("other input", s.imports(detail(`{"z":100,"a":"<&>"}`))[0].Outcome, "refused")
	run := s.get(imported)
	s.equal("input", string(run.Ingest.Input), `{"z":1e2,"a":"<&>"}`)
	s.equal("outputs", string(run.Tasks[0].Outputs), `{"b":1,"a":1.0}`)
}
