package plan

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// anyProfile draws a pipeline that New accepts.
func anyProfile(t *rapid.T) *Plan {
	labels := []string{"a", "b", "c", "d"}
	terms := append([]string{vod.LabelInitialInput, vod.KindHLS, vod.KindDASH}, labels...)
	for {
		steps := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) vod.Step {
			filter := rapid.SampledFrom(terms).Draw(t, "term")
			if rapid.Bool().Draw(t, "two terms") {
				op := rapid.SampledFrom([]string{"AND", "OR", "AND NOT", "OR NOT"}).Draw(t, "op")
				filter = fmt.Sprintf("%s %s %s", filter, op, rapid.SampledFrom(terms).Draw(t, "other"))
			}
			s := step(rapid.SampledFrom(vod.Stages()).Draw(t, "stage"), filter, rapid.SampledFrom(labels).Draw(t, "out"))
			if rapid.Bool().Draw(t, "packages") {
				s.Kinds = []string{vod.KindHLS, vod.KindDASH}
			}
			return s
		}), 1, 7).Draw(t, "steps")
		if p, problems := New(steps); problems == nil {
			return p
		}
	}
}

// outputsOf is what a faultless step makes of its input: a function of the
// input alone, as real steps are.
func outputsOf(t failer, p *Plan, task vod.Task) []vod.Fileset {
	s := p.steps[task.Step]
	var out []vod.Fileset
	for _, in := range mustInput(t, task) {
		kinds := s.Kinds
		if len(kinds) == 0 {
			kinds = []string{""}
		}
		for _, k := range kinds {
			f := vod.Fileset{Files: in.Files, Labels: in.OutputLabels(s.LabelOut)}
			if k != "" && !f.Has(k) {
				f.Labels = append(f.Labels, k)
			}
			out = append(out, f)
		}
	}
	return out
}

// failer is what testing.T and rapid.T have in common here.
type failer interface {
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// world drives a run by events and checks what must hold after each.
type world struct {
	failer
	plan    *Plan
	run     vod.Run
	initial []vod.Fileset
	now     time.Time
	done    map[string]int // completions by task
}

func newWorld(t failer, p *Plan) *world {
	w := &world{failer: t, plan: p, now: time.UnixMilli(1_700_000_000_000).UTC(), done: map[string]int{}}
	w.initial = []vod.Fileset{{Files: []vod.File{{URI: "in"}}, Labels: []string{vod.LabelInitialInput}}}
	w.run.Ingest = vod.Ingest{ID: "2b7e9a52-5f0b-4b1e-9d52-6c1c7d6b6a11", Status: vod.Queued, Start: w.now}
	return w
}

func (w *world) advance() {
	before := w.run.Ingest.Progress
	if err := w.plan.Advance(&w.run, w.initial, w.now); err != nil {
		w.Fatal(err)
	}
	w.now = w.now.Add(time.Second)
	if w.run.Ingest.Progress < before {
		w.Fatalf("progress fell from %d to %d", before, w.run.Ingest.Progress)
	}
	if (w.run.Ingest.Progress == 100) != (w.run.Ingest.Status == vod.Completed) {
		w.Fatalf("progress %d while %s", w.run.Ingest.Progress, w.run.Ingest.Status)
	}
}

// act claims a ready task and lets it end in one of the ways that do not end
// the ingest.
func (w *world) act(ready Ready, ending string) {
	if w.done[ready.TaskID] > 0 {
		w.Fatalf("task %s was emitted again after it had completed", ready.TaskID)
	}
	if err := w.plan.Claim(&w.run, ready.TaskID, w.now); err != nil {
		w.Fatal(err)
	}
	if w.plan.Claim(&w.run, ready.TaskID, w.now) == nil {
		w.Fatal("a running task was claimed again")
	}
	task := *w.run.Task(ready.TaskID)
	o := Outcome{Filesets: outputsOf(w, w.plan, task)}
	switch ending {
	case "crash":
		w.plan.Recover(&w.run, w.now)
	case "given back":
		o = Outcome{GivenBack: true}
	case "fault":
		o = Outcome{Err: &vod.StepError{Class: vod.ClassInfra, Message: "m"}}
	}
	err := w.plan.Finish(&w.run, task.ID, task.Attempt, o, w.now)
	switch {
	case ending == "crash" && err == nil:
		w.Fatal("a lost attempt could still write")
	case ending != "crash" && err != nil:
		w.Fatal(err)
	case ending == "done":
		w.done[task.ID]++
	}
}

// TestAnyScheduleSameEnd: whatever the order in which ready tasks run, and
// wherever attempts fail, are lost or given back, every accepted profile
// drains, each task completes once, and the end is that of a faultless run.
func TestAnyScheduleSameEnd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyProfile(t)
		straight := newWorld(t, p)
		for straight.advance(); !straight.run.Ingest.Status.Final(); straight.advance() {
			ready := p.Ready(&straight.run, straight.now)
			if len(ready) == 0 {
				t.Fatalf("stuck: %+v", straight.run)
			}
			straight.act(ready[0], "done")
		}
		stormy := newWorld(t, p)
		troubles := map[string]int{}
		for stormy.advance(); !stormy.run.Ingest.Status.Final(); stormy.advance() {
			ready := p.Ready(&stormy.run, stormy.now)
			if !cmp.Equal(ready, p.Ready(&stormy.run, stormy.now)) {
				t.Fatal("the order of ready tasks is not stable")
			}
			r := rapid.SampledFrom(ready).Draw(t, "task")
			ending := rapid.SampledFrom([]string{"done", "done", "crash", "given back", "fault"}).Draw(t, "ending")
			if troubles[r.TaskID]++; troubles[r.TaskID] > 2 {
				ending = "done"
			}
			stormy.act(r, ending)
		}
		if d := cmp.Diff(normal(straight.run), normal(stormy.run)); d != "" {
			t.Fatalf("the end differs (-straight +stormy):\n%s", d)
		}
		if straight.run.Ingest.Status != vod.Completed {
			t.Fatalf("ended as %s", straight.run.Ingest.Status)
		}
	})
}

// normal drops times, attempts and the order of claims.
func normal(run vod.Run) vod.Run {
	run.Ingest.End, run.Attempts = time.Time{}, nil
	tasks := make([]vod.Task, 0, len(run.Tasks))
	for step := range 10 {
		if t := taskOf(&run, step); t != nil {
			tasks = append(tasks, vod.Task{
				ID: t.ID, Step: t.Step, Status: t.Status, Share: t.Share, Input: t.Input, Outputs: t.Outputs,
			})
		}
	}
	run.Tasks = tasks
	return run
}
