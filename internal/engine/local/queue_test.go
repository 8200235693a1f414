package local

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// model is a queue as a plain list that is searched: each task once, among
// those whose time has come by level, then that of the tenant with the fewest
// tasks running, then of the one served least recently, then first come, first
// served.
type model struct {
	rows    []row
	running []string // tenants of what runs
	starts  []string // tenants of what was started, in order
}

type row struct {
	plan.Ready
	arrival uint64
	due     bool
}

func (m *model) find(id string) *row {
	for i := range m.rows {
		if m.rows[i].TaskID == id {
			return &m.rows[i]
		}
	}
	return nil
}

// sooner tells whether one row goes before another.
func (m *model) sooner(a, b row) bool {
	runs := func(tenant string) (n int) {
		for _, r := range m.running {
			if r == tenant {
				n++
			}
		}
		return n
	}
	served := func(tenant string) (at int) {
		for i, s := range m.starts {
			if s == tenant {
				at = i + 1
			}
		}
		return at
	}
	for _, by := range [][2]int{
		{a.Level, b.Level}, {runs(a.Tenant), runs(b.Tenant)}, {served(a.Tenant), served(b.Tenant)}, {int(a.arrival), int(b.arrival)},
	} {
		if by[0] != by[1] {
			return by[0] < by[1]
		}
	}
	return a.TaskID < b.TaskID
}

func (m *model) pop() (row, bool) {
	best := -1
	for i, r := range m.rows {
		if r.due && (best < 0 || m.sooner(r, m.rows[best])) {
			best = i
		}
	}
	if best < 0 {
		return row{}, false
	}
	first := m.rows[best]
	m.rows = slices.Delete(m.rows, best, best+1)
	m.running, m.starts = append(m.running, first.Tenant), append(m.starts, first.Tenant)
	return first, true
}

// ahead is what is popped of a copy before the task comes, by why.
func (m *model) ahead(of row) (n ahead) {
	c := model{slices.Clone(m.rows), slices.Clone(m.running), slices.Clone(m.starts)}
	priorities := []string{"", "HIGH", "NORMAL", "NORMAL", "LOW", "LOW"}
	for {
		first, _ := c.pop()
		switch {
		case first.TaskID == of.TaskID:
			return n
		case priorities[first.Level] != priorities[of.Level]:
			n.priority++
		case first.Level != of.Level:
			n.begun++
		case first.Tenant != of.Tenant:
			n.turn++
		default:
			n.earlier++
		}
	}
}

// TestQueueIsItsModel: whatever is done to a queue, it answers as the model
// does.
func TestQueueIsItsModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q, m := newQueue(), &model{}
		now, arrivals := time.UnixMilli(1_700_000_000_000), uint64(0)
		moment := func(what string) (at time.Time) {
			if wait := rapid.IntRange(0, 3).Draw(t, what); wait > 0 {
				at = now.Add(time.Duration(wait) * time.Second)
			}
			return at
		}
		t.Repeat(map[string]func(*rapid.T){
			"push": func(t *rapid.T) {
				n := rapid.IntRange(0, 19).Draw(t, "task")
				r := plan.Ready{
					TaskID: fmt.Sprint(n), IngestID: fmt.Sprint(n % 6), Tenant: fmt.Sprint(n % 3),
					Level: rapid.IntRange(1, plan.Levels).Draw(t, "level"), NotBefore: moment("wait"), RaiseAt: moment("rise"),
				}
				arrivals++
				q.push(r, arrivals)
				if known := m.find(r.TaskID); known != nil {
					known.Level, known.RaiseAt = r.Level, r.RaiseAt
				} else {
					m.rows = append(m.rows, row{Ready: r, arrival: arrivals})
				}
			},
			"ripen": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(0, 2).Draw(t, "pass")) * time.Second)
				var want time.Time
				for i := range m.rows {
					r := &m.rows[i]
					if r.due = r.due || !r.NotBefore.After(now); !r.due {
						want = earliest(want, r.NotBefore)
					}
					switch {
					case r.RaiseAt.IsZero():
					case r.RaiseAt.After(now):
						want = earliest(want, r.RaiseAt)
					default:
						r.Level, r.RaiseAt = 1, time.Time{}
					}
				}
				if got := q.ripen(now); !got.Equal(want) {
					t.Fatalf("look again at %s, not %s", got, want)
				}
			},
			"pop": func(t *rapid.T) {
				got, ok := q.pop()
				want, any := m.pop()
				if ok != any || got.TaskID != want.TaskID {
					t.Fatalf("popped %+v, %t; want %+v, %t", got, ok, want, any)
				}
			},
			"end": func(t *rapid.T) {
				if len(m.running) == 0 {
					t.Skip("nothing runs")
				}
				i := rapid.IntRange(0, len(m.running)-1).Draw(t, "which")
				tenant := m.running[i]
				m.running = slices.Delete(m.running, i, i+1)
				if len(m.rows) == 0 { // Shares start anew for those that have nothing here.
					m.starts = slices.DeleteFunc(m.starts, func(s string) bool { return !slices.Contains(m.running, s) })
				}
				q.ended(tenant)
			},
			"drop": func(t *rapid.T) {
				ingest := fmt.Sprint(rapid.IntRange(0, 5).Draw(t, "ingest"))
				q.drop(ingest)
				m.rows = slices.DeleteFunc(m.rows, func(r row) bool { return r.IngestID == ingest })
			},
			"": func(t *rapid.T) {
				if len(q.waiting) != len(m.rows) {
					t.Fatalf("%d tasks wait, want %d", len(q.waiting), len(m.rows))
				}
				for n := range 20 {
					id := fmt.Sprint(n)
					got, due := q.ahead(id)
					known := m.find(id)
					if due != (known != nil && known.due) {
						t.Fatalf("task %s is due: %t", id, due)
					}
					if due {
						if d := cmp.Diff(m.ahead(*known), got, cmp.AllowUnexported(ahead{})); d != "" {
							t.Fatalf("ahead of task %s (-want +got):\n%s", id, d)
						}
					}
				}
				for at, o := range q.lines {
					if len(o.entries) == 0 {
						t.Fatalf("the line %v is empty", at)
					}
				}
			},
		})
	})
}

// TestWaiting tells of each task why it does not run.
func TestWaiting(t *testing.T) {
	t.Parallel()
	e := New(Config{Hold: func() string { return "" }, Slots: map[vod.Stage]int{vod.Packaging: 2}})
	const own, other = "own", "other"
	tasks := []plan.Ready{
		{TaskID: "a", Stage: vod.Encoding, Tenant: own, Level: 3},
		{TaskID: "b", Stage: vod.Encoding, Tenant: own, Level: 3},
		{TaskID: "c", Stage: vod.Encoding, Tenant: own, Level: 3},
		{TaskID: "d", Stage: vod.Encoding, Tenant: own, Level: 5},
		{TaskID: "p", Stage: vod.Playout, Tenant: own, Level: 2},
		{TaskID: "v", Stage: vod.Packaging, Tenant: own, Level: 2},
		{TaskID: "w", Stage: vod.Packaging, Tenant: own, Level: 3},
		{TaskID: "later", Stage: vod.Encoding, Level: 3, NotBefore: time.Now().Add(time.Hour)},
	}
	e.add(tasks, 0)
	look := func() {
		for stage, q := range e.queues {
			q.ripen(time.Now())
			e.free[stage] = 0
		}
	}
	reasons := func() map[string]string {
		look()
		all := map[string]string{"none": e.Waiting(t.Context(), plan.Ready{TaskID: "none", Stage: vod.Encoding})}
		for _, r := range tasks {
			all[r.TaskID] = e.Waiting(t.Context(), r)
		}
		return all
	}
	want := map[string]string{
		"a":     "The only ENCODING slot is busy; it is next.",
		"b":     "The only ENCODING slot is busy; one task waits before it.",
		"c":     "The only ENCODING slot is busy; 2 tasks wait before it.",
		"d":     "The only ENCODING slot is busy; 3 tasks wait before it: 3 of higher priority.",
		"p":     "The only PLAYOUT slot is busy; it is next.",
		"v":     "All 2 PACKAGING slots are busy; it is next.",
		"w":     "All 2 PACKAGING slots are busy; one task waits before it, of an ingest that was begun.",
		"later": "", "none": "",
	}
	if d := cmp.Diff(want, reasons()); d != "" {
		t.Errorf("busy (-want +got):\n%s", d)
	}
	more := []plan.Ready{
		{TaskID: "x", Stage: vod.Encoding, Tenant: other, Level: 3},
		{TaskID: "y", Stage: vod.Encoding, Tenant: other, Level: 3},
		{TaskID: "z", Stage: vod.Encoding, Tenant: other, Level: 1},
	}
	e.add(more, 0)
	want["a"] = "The only ENCODING slot is busy; one task waits before it, of higher priority."
	want["b"] = "The only ENCODING slot is busy; 3 tasks wait before it: 1 of higher priority, 1 of other tenants in turn, 1 that came earlier."
	want["c"] = "The only ENCODING slot is busy; 5 tasks wait before it: 1 of higher priority, 2 of other tenants in turn, 2 that came earlier."
	want["d"] = "The only ENCODING slot is busy; 6 tasks wait before it: 6 of higher priority."
	if d := cmp.Diff(want, reasons()); d != "" {
		t.Errorf("with another tenant (-want +got):\n%s", d)
	}
	e.held = "The disk is full."
	for _, id := range []string{"a", "b", "c", "d", "v", "w", "later"} { // Playout writes no files.
		want[id] = e.held
	}
	if d := cmp.Diff(want, reasons()); d != "" {
		t.Errorf("held (-want +got):\n%s", d)
	}
	e.lost["i"] = 1
	if got := e.Waiting(t.Context(), plan.Ready{TaskID: "t", IngestID: "i", Stage: vod.Encoding}); !strings.Contains(got, "has not come to this ingest yet") {
		t.Errorf("not taken up: %q", got)
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
		}, 0)
		<-time.After(time.Second) // of the bubble
		e.add([]plan.Ready{{TaskID: "b", Stage: vod.Encoding}}, 0)
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
