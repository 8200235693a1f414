package storetest

import (
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func scheduleTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"NobodySaidAnything": scheduleDefault,
		"SaidAtTheSubmit":    scheduleGiven,
		"SaidLater":          scheduleChanged,
	}
}

func scheduleDefault(_ *testing.T, b bundle) {
	got := b.get(b.create(ingest())).Ingest
	b.equal(got.Priority, vod.Normal)
	b.equal(got.Due.IsZero() && got.Trace == "", true)
}

func scheduleGiven(_ *testing.T, b bundle) {
	in := b.create(ingest(func(in *vod.Ingest) {
		in.Priority, in.Due, in.Trace = vod.High, at(7), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	}))
	b.equal(b.get(in).Ingest, in)
}

func scheduleChanged(_ *testing.T, b bundle) {
	in := b.create(ingest(func(in *vod.Ingest) { in.Priority, in.Due = vod.High, at(7) }))
	b.change(in.ID, func(run *vod.Run) { run.Ingest.Priority, run.Ingest.Due = vod.Low, at(9) })
	in.Priority, in.Due = vod.Low, at(9)
	b.equal(b.get(in).Ingest, in)
	b.change(in.ID, func(run *vod.Run) { run.Ingest.Due = run.Ingest.Removed })
	b.equal(b.get(in).Ingest.Due.IsZero(), true)
}
