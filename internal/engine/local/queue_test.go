package local

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// row is a task as the model of the queue has it: a list that is searched.
type row struct {
	entry
	due bool
}

// TestQueueIsItsModel: whatever is done to a queue, it answers as a plain list
// would: each task once, among those whose time has come by level,
// else first come, first served.
func TestQueueIsItsModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q, model := newQueue(), []row(nil)
		now, arrivals := time.UnixMilli(1_700_000_000_000), uint64(0)
		first := func() int {
			best := -1
			for i, r := range model {
				if r.due && (best < 0 || r.before(model[best].entry)) {
					best = i
				}
			}
			return best
		}
		t.Repeat(map[string]func(*rapid.T){
			"push": func(t *rapid.T) {
				n := rapid.IntRange(0, 9).Draw(t, "task")
				r := plan.Ready{TaskID: fmt.Sprint(n), IngestID: fmt.Sprint(n % 3), Level: 1 + n%2}
				if wait := rapid.IntRange(0, 3).Draw(t, "wait"); wait > 0 {
					r.NotBefore = now.Add(time.Duration(wait) * time.Second)
				}
				arrivals++
				q.push(r, arrivals)
				if !slices.ContainsFunc(model, func(m row) bool { return m.TaskID == r.TaskID }) {
					model = append(model, row{entry: entry{Ready: r, arrival: arrivals}})
				}
			},
			"ripen": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(0, 2).Draw(t, "pass")) * time.Second)
				var want time.Time
				for i := range model {
					if m := &model[i]; !m.NotBefore.After(now) {
						m.due = true
					} else if !m.due {
						want = earliest(want, m.NotBefore)
					}
				}
				if got := q.ripen(now); !got.Equal(want) {
					t.Fatalf("look again at %s, not %s", got, want)
				}
			},
			"pop": func(t *rapid.T) {
				got, ok := q.pop()
				i := first()
				if ok != (i >= 0) || ok && got.TaskID != model[i].TaskID {
					t.Fatalf("popped %+v, %t of %+v", got, ok, model)
				}
				if ok {
					model = slices.Delete(model, i, i+1)
				}
			},
			"drop": func(t *rapid.T) {
				ingest := fmt.Sprint(rapid.IntRange(0, 2).Draw(t, "ingest"))
				q.drop(ingest)
				model = slices.DeleteFunc(model, func(m row) bool { return m.IngestID == ingest })
			},
			"": func(t *rapid.T) {
				for n := range 10 {
					id, want, known := fmt.Sprint(n), -1, false
					for _, m := range model {
						if known = m.TaskID == id; known {
							if m.due {
								want = ahead(model, m)
							}
							break
						}
					}
					if got := q.ahead(id); got != want || q.queued[id] != known {
						t.Fatalf("task %s: %d ahead, queued %t; want %d, %t", id, got, q.queued[id], want, known)
					}
				}
			},
		})
	})
}

func ahead(model []row, of row) (n int) {
	for _, m := range model {
		if m.due && m.before(of.entry) {
			n++
		}
	}
	return n
}

// TestWaiting tells of each task why it does not run.
func TestWaiting(t *testing.T) {
	t.Parallel()
	e := New(Config{Hold: func() string { return "" }})
	e.add([]plan.Ready{
		{TaskID: "a", Stage: "ENCODING"},
		{TaskID: "b", Stage: "ENCODING"},
		{TaskID: "p", Stage: "PLAYOUT"},
		{TaskID: "later", Stage: "ENCODING", NotBefore: time.Now().Add(time.Hour)},
	})
	for _, q := range e.queues {
		q.ripen(time.Now())
	}
	waiting := func(taskID string) string { return e.Waiting(t.Context(), plan.Ready{TaskID: taskID}) }
	reasons := func() map[string]string {
		return map[string]string{"a": waiting("a"), "b": waiting("b"), "p": waiting("p"), "later": waiting("later"), "none": waiting("none")}
	}
	want := map[string]string{
		"a": "The only ENCODING slot is busy; it is next.",
		"b": "The only ENCODING slot is busy; one task waits before it.",
		"p": "The only PLAYOUT slot is busy; it is next.", "later": "", "none": "",
	}
	if d := cmp.Diff(want, reasons()); d != "" {
		t.Errorf("busy (-want +got):\n%s", d)
	}
	e.held = "The disk is full."
	want["a"], want["b"], want["later"] = e.held, e.held, e.held // Playout writes no files.
	if d := cmp.Diff(want, reasons()); d != "" {
		t.Errorf("held (-want +got):\n%s", d)
	}
}

// TestLoad tells of each stage what waits and for how long.
func TestLoad(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := New(Config{Hold: func() string { return "" }, Slots: map[vod.Stage]int{vod.Encoding: 2}})
		began := time.Now()
		e.add([]plan.Ready{
			{TaskID: "a", Stage: vod.Encoding},
			{TaskID: "p", Stage: vod.Playout},
			{TaskID: "later", Stage: vod.Encoding, NotBefore: began.Add(plan.MaxDelay)},
		})
		<-time.After(time.Second) // of the bubble
		e.add([]plan.Ready{{TaskID: "b", Stage: vod.Encoding}})
		e.free[vod.Encoding]--
		want := map[vod.Stage]engine.Load{
			vod.Retrieval: {Slots: 1}, vod.SubtitlePublishing: {Slots: 1}, vod.Packaging: {Slots: 1}, vod.Distribution: {Slots: 1},
			vod.Encoding: {Slots: 2, Running: 1, Ready: 2, Delayed: 1, Oldest: began},
			vod.Playout:  {Slots: 1, Ready: 1, Oldest: began},
		}
		if d := cmp.Diff(want, e.Load()); d != "" {
			t.Errorf("before the dispatcher looked (-want +got):\n%s", d)
		}
		for _, q := range e.queues {
			q.ripen(time.Now())
		}
		e.held = "The disk is full."
		want[vod.Encoding] = engine.Load{Slots: 2, Running: 1, Held: 2, Delayed: 1, Oldest: began}
		if d := cmp.Diff(want, e.Load()); d != "" { // Playout writes no files.
			t.Errorf("held (-want +got):\n%s", d)
		}
	})
}
