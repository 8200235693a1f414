package storetest

import (
	"encoding/json"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func importTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"TheSameAgainIsANoOp":         importAgain,
		"ADetailCompletesAListItem":   importDetail,
		"AnythingElseIsAConflict":     importConflicts,
		"ARunOfOurOwnIsAConflict":     importOwn,
		"OfEachTenantByItself":        importTenants,
		"OrderAmongOurOwn":            importOrder,
		"IDsHaveNoControlCharacters":  importControlCharacters,
		"IsMarkedAndListed":           importMarked,
		"AnUnfinishedOneIsNotWritten": importUnfinished,
	}
}

// item is history as a list tells it: the page has COMPLETED at 20.
func item() vod.Run {
	return vod.Run{Ingest: vod.Ingest{
		Priority: vod.Normal,
		ID:       "imported", Tenant: "vimond", AssetID: "867228", ProfileName: "1292397813", Status: vod.Completed,
		Progress: 20, Start: at(0), End: at(43548), MediaTypes: []string{vod.MediaVideo}, Imported: true,
	}}
}

// detail is the same with all that a detail adds.
func detail() vod.Run {
	run := item()
	run.Ingest.ProfileVersion, run.Ingest.HasInput, run.Ingest.Input = 1619086864969, true, json.RawMessage(untidy)
	t := task(run.Ingest.ID, 0)
	t.Stage, t.Status, t.Attempt, t.Order, t.Share = vod.Retrieval, vod.TaskCompleted, 1, 1, 1
	t.Start, t.End = at(1), at(2)
	t.Input, t.Outputs = json.RawMessage(untidy), json.RawMessage(`{"filesets": []}`)
	run.Tasks = []vod.Task{t}
	return run
}

func (b bundle) imported(run vod.Run, written bool) {
	b.t.Helper()
	got, err := b.IngestImport(b.ctx, run)
	b.ok(err)
	b.equal(got, written)
}

func importAgain(_ *testing.T, b bundle) {
	b.imported(item(), true)
	b.imported(item(), false)
	b.equal(b.get(item().Ingest), item())
	other := detail()
	other.Ingest.ID, other.Tasks[0].ID, other.Tasks[0].IngestID = "other", "other/0", "other"
	b.imported(other, true)
	b.imported(other, false)
	// The same tokens in another spelling are the same; what is there stays.
	spelled := other
	spelled.Tasks = []vod.Task{other.Tasks[0]}
	spelled.Tasks[0].Outputs = json.RawMessage("{\n\"\\u0066ilesets\":[ ]}")
	b.imported(spelled, false)
	b.equal(b.get(other.Ingest), other)
}

func importDetail(_ *testing.T, b bundle) {
	b.imported(item(), true)
	b.imported(detail(), true)
	b.equal(b.get(item().Ingest), detail())
	b.imported(detail(), false)
	b.imported(item(), false) // The list again says nothing new.
	b.equal(b.get(item().Ingest), detail())
}

func importConflicts(_ *testing.T, b bundle) {
	b.imported(detail(), true)
	for name, change := range map[string]func(*vod.Run){
		"asset":      func(run *vod.Run) { run.Ingest.AssetID = "other" },
		"profile":    func(run *vod.Run) { run.Ingest.ProfileName = "other" },
		"version":    func(run *vod.Run) { run.Ingest.ProfileVersion++ },
		"status":     func(run *vod.Run) { run.Ingest.Status = vod.Skipped },
		"progress":   func(run *vod.Run) { run.Ingest.Progress++ },
		"start":      func(run *vod.Run) { run.Ingest.Start = at(1) },
		"end":        func(run *vod.Run) { run.Ingest.End = at(1) },
		"error":      func(run *vod.Run) { run.Ingest.Error = "other" },
		"mediaTypes": func(run *vod.Run) { run.Ingest.MediaTypes = []string{vod.MediaAudio} },
		"input":      func(run *vod.Run) { run.Ingest.Input = json.RawMessage(`{}`) },
		"no tasks":   func(run *vod.Run) { run.Tasks = nil },
		"outputs":    func(run *vod.Run) { run.Tasks[0].Outputs = json.RawMessage(`{"filesets":[1]}`) },
		"task start": func(run *vod.Run) { run.Tasks[0].Start = at(0) },
		"task id":    func(run *vod.Run) { run.Tasks[0].ID = "other" },
	} {
		run := detail()
		change(&run)
		written, err := b.IngestImport(b.ctx, run)
		if vod.CodeOf(err) != vod.Conflict || written {
			b.t.Errorf("another %s: written %v, %v", name, written, err)
		}
		b.equal(b.get(detail().Ingest), detail())
	}
}

func importOwn(_ *testing.T, b bundle) {
	in := b.create(item().Ingest) // As if run here, not imported.
	b.change(in.ID, func(run *vod.Run) { run.Ingest.Imported = false; run.Ingest.Progress = 100 })
	own := b.get(in)
	run := own
	run.Ingest.Imported = true
	_, err := b.IngestImport(b.ctx, run)
	b.fault(err, vod.Conflict)
	b.equal(b.get(in), own)
}

func importMarked(_ *testing.T, b bundle) {
	run := item()
	run.Ingest.Imported = false
	b.imported(run, true)
	b.equal(b.get(run.Ingest).Ingest.Imported, true)
	unfinished, err := b.IngestUnfinished(b.ctx)
	b.ok(err)
	b.equal(len(unfinished), 0)
	b.ok(b.IngestDelete(b.ctx, "vimond", run.Ingest.ID, vod.AuditEntry{}))
	b.imported(run, true)
}

func importUnfinished(t *testing.T, b bundle) {
	run := item()
	become(&run.Ingest, vod.Running)
	if written, err := b.IngestImport(b.ctx, run); err == nil || written {
		t.Fatalf("an unfinished run is imported: %v, %v", written, err)
	}
	_, err := b.IngestGet(b.ctx, "vimond", run.Ingest.ID)
	b.fault(err, vod.NotFound)
}
