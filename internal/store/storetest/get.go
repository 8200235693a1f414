package storetest

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// untidy is a document that only survives when nobody parses it: white space,
// escapes, order and repetition of keys, numbers beyond float64.
const untidy = "{ \"b\" :1,\n\t\"a\":\"\\u00e9 é <&> 日本\", \"b\":9007199254740993.10, \"n\":null,\"assetId\":867228, \"e\":1E400 }"

func getTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"EveryFieldOfAnIngest":     everyIngestField,
		"EveryFieldOfATask":        everyTaskField,
		"EmptyFields":              emptyFields,
		"ThroughAChange":           everyFieldChanged,
		"TasksComeInStepOrder":     stepOrder,
		"TimesAreWholeMillis":      wholeMillis,
		"OfAnotherTenantOrUnknown": ofAnotherTenant,
	}
}

// full is an ingest with no zero field but Imported.
func full() vod.Ingest {
	return ingest(func(in *vod.Ingest) {
		in.AssetID, in.ProfileName, in.ProfileVersion = "asset 'ø\" 日本 🎬 %_", "profil é", math.MaxInt64
		become(in, vod.Failed)
		in.Progress, in.Error = 42, "The file \"a'b\".mp4 — 没有 — is\nempty."
		in.MediaTypes = []string{"VIDEO", "SMIL", "x,y\"z"}
		in.Input, in.Force = json.RawMessage(untidy), true
		in.InputDigest = "sha256:00ff"
		in.Sources = map[string]string{"https://a/b?…": "https://a/b?sig=<&>%20é", "z": ""}
	})
}

func everyIngestField(_ *testing.T, b bundle) {
	in := b.create(full())
	b.equal(b.get(in), vod.Run{Ingest: in})
}

func fullTask(ingestID string) vod.Task {
	return vod.Task{
		ID: ingestID + "/7", IngestID: ingestID, Step: 7, Stage: vod.SubtitlePublishing, Status: vod.TaskFailed,
		Attempt: 3, Failures: 2, Lost: 1, Order: 4, Share: 0.123456789012345,
		Start: at(1), End: at(2), NotBefore: at(3),
		Input: json.RawMessage(untidy), Outputs: json.RawMessage("[" + untidy + "]\n"),
		Error: &vod.StepError{Class: vod.ClassMedia, Reason: vod.ReasonBadMedia, Message: "Bad é.", Hint: "Try <again>."},
	}
}

func everyTaskField(_ *testing.T, b bundle) {
	in := b.create(ingest())
	want := fullTask(in.ID)
	b.change(in.ID, func(run *vod.Run) { run.Tasks = append(run.Tasks, want) })
	b.equal(b.get(in).Tasks, []vod.Task{want})
	got, err := b.TaskGet(b.ctx, want.ID)
	b.ok(err)
	b.equal(got, want)
	_, err = b.TaskGet(b.ctx, "unknown")
	b.fault(err, vod.NotFound)
}

func emptyFields(_ *testing.T, b bundle) {
	in := b.create(vod.Ingest{ID: "i", Tenant: "t1", Status: vod.Queued, Priority: vod.Normal, Start: at(0)})
	want := vod.Task{ID: "t", IngestID: "i", Stage: vod.Retrieval, Status: vod.TaskPending}
	b.change(in.ID, func(run *vod.Run) { run.Tasks = append(run.Tasks, want) })
	b.equal(b.get(in), vod.Run{Ingest: in, Tasks: []vod.Task{want}})
	none := b.create(ingest(func(in *vod.Ingest) { in.MediaTypes, in.Sources = []string{}, map[string]string{} }))
	b.equal(b.get(none).Ingest, none)
}

// everyFieldChanged sets every field that may change, and clears it again.
func everyFieldChanged(_ *testing.T, b bundle) {
	in := b.create(ingest())
	empty := vod.Task{ID: in.ID + "/7", IngestID: in.ID, Step: 7, Stage: vod.SubtitlePublishing, Status: vod.TaskPending}
	b.change(in.ID, func(run *vod.Run) { run.Tasks = append(run.Tasks, empty) })
	want := vod.Run{Ingest: full(), Tasks: []vod.Task{fullTask(in.ID)}}
	want.Ingest.ID, want.Ingest.AssetID, want.Ingest.Start = in.ID, in.AssetID, in.Start
	b.change(in.ID, func(run *vod.Run) { *run = want })
	b.equal(b.get(in), want)
	b.change(in.ID, func(run *vod.Run) { *run = vod.Run{Ingest: in, Tasks: []vod.Task{empty}} })
	b.equal(b.get(in), vod.Run{Ingest: in, Tasks: []vod.Task{empty}})
}

func stepOrder(_ *testing.T, b bundle) {
	in := b.create(ingest())
	for _, step := range []int{10, 2, 0, 9, 1} {
		b.change(in.ID, func(run *vod.Run) { run.Tasks = append([]vod.Task{task(in.ID, step)}, run.Tasks...) })
	}
	var steps []int
	for _, got := range b.get(in).Tasks {
		steps = append(steps, got.Step)
	}
	b.equal(steps, []int{0, 1, 2, 9, 10})
}

func wholeMillis(_ *testing.T, b bundle) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 678_999_999, time.FixedZone("", 3600))
	in := b.create(ingest(func(in *vod.Ingest) { in.Start = start }))
	got := b.get(in).Ingest.Start
	b.equal(got, vod.Millis(start))
	b.equal(got.Location().String(), "UTC")
	old := b.create(ingest(func(in *vod.Ingest) { in.Start = time.UnixMilli(-1).UTC() }))
	b.equal(b.get(old).Ingest.Start, old.Start)
}

func ofAnotherTenant(_ *testing.T, b bundle) {
	in := b.create(ingest())
	_, err := b.IngestGet(b.ctx, "t2", in.ID)
	b.fault(err, vod.NotFound)
	_, err = b.IngestGet(b.ctx, "t1", "unknown")
	b.fault(err, vod.NotFound)
	b.fault(b.IngestChange(b.ctx, "unknown", func(*vod.Run) error { return nil }), vod.NotFound)
}
