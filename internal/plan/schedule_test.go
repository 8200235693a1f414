package plan

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestLevels: HIGH before NORMAL before LOW; of one priority, what was begun is
// never behind what was not.
func TestLevels(t *testing.T) {
	t.Parallel()
	var got []int
	for _, p := range vod.Priorities() {
		got = append(got, Level(p, true), Level(p, false))
	}
	if d := cmp.Diff([]int{1, 1, 2, 3, 4, Levels}, got); d != "" {
		t.Errorf("levels (-want +got):\n%s", d)
	}
	for level := 1; level <= Levels; level++ {
		if p, begun := PriorityOf(level); Level(p, begun) != level {
			t.Errorf("level %d is said to be that of %s, begun %t", level, p, begun)
		}
	}
}

// TestLevelOverTime: whatever the priority and the due time are, a task's level
// is the same whether it is asked for again or was raised, and never falls as
// time goes by.
func TestLevelOverTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, problems := New(classic())
		if problems != nil {
			t.Fatal(problems)
		}
		w := newWorld(t, p)
		in := &w.run.Ingest
		in.Priority = rapid.SampledFrom(append(vod.Priorities(), "")).Draw(t, "priority")
		if due := rapid.IntRange(-1, 4).Draw(t, "due in hours"); due >= 0 {
			in.Due = w.now.Add(time.Duration(due) * time.Hour)
		}
		w.advance()
		for range rapid.IntRange(0, 2).Draw(t, "tasks done") {
			w.act(p.Ready(&w.run, w.now)[0], "done")
			w.advance()
		}
		ready := p.Ready(&w.run, w.now)[0]
		before := ready.Level
		for range 5 {
			w.now = w.now.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "minutes")) * time.Minute)
			again := p.Ready(&w.run, w.now)[0]
			if d := cmp.Diff(again, ready.Raised(w.now)); d != "" {
				t.Fatalf("asked for again and raised differ:\n%s", d)
			}
			if again.Level > before {
				t.Fatalf("the level fell from %d to %d", before, again.Level)
			}
			before = again.Level
			if soon := !in.Due.IsZero() && !w.now.Before(in.Due.Add(-vod.DueSoon)); (again.Level == 1) != (soon || in.Priority == vod.High) {
				t.Fatalf("on level %d, due %s at %s", again.Level, in.Due, w.now)
			}
		}
	})
}

// TestReadyTellsNeeds: each task needs what its own step does.
func TestReadyTellsNeeds(t *testing.T) {
	t.Parallel()
	steps := []vod.Step{step(vod.Encoding, "initialInput", "a"), step(vod.Encoding, "initialInput", "b")}
	steps[1].Profile = json.RawMessage(`{"codecs":["HEVC"],"hardware":true}`)
	p, problems := New(steps)
	if problems != nil {
		t.Fatal(problems)
	}
	w := newWorld(t, p)
	w.run.Ingest.Tenant = "acme"
	w.advance()
	ready := p.Ready(&w.run, w.now)
	want := []Ready{
		{TaskID: ready[0].TaskID, IngestID: w.run.Ingest.ID, Tenant: "acme", Stage: vod.Encoding, Level: 3},
		{
			TaskID: ready[1].TaskID, IngestID: w.run.Ingest.ID, Tenant: "acme", Stage: vod.Encoding, Level: 3,
			Needs: []vod.Capability{vod.CanHEVC}, Wants: []vod.Capability{vod.CanGPU},
		},
	}
	if d := cmp.Diff(want, ready); d != "" {
		t.Errorf("ready (-want +got):\n%s", d)
	}
}
