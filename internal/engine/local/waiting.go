package local

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Waiting says why a task that is ready does not run yet.
func (e *Engine) Waiting(_ context.Context, r plan.Ready) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, lost := e.lost[r.IngestID]; lost {
		return "The server was started a moment ago and has not come to this ingest yet."
	}
	q := e.queues[r.Stage]
	switch {
	case q == nil || q.waiting[r.TaskID] == nil:
	case e.holds(r.Stage):
		return e.held
	case q.waiting[r.TaskID].held != "":
		return q.waiting[r.TaskID].held
	case e.free[r.Stage] == 0:
		if before, due := q.ahead(r.TaskID); due {
			return busy(r.Stage, max(1, e.Slots[r.Stage]), before)
		}
	}
	return ""
}

// ahead counts the tasks that go before one, by why they do.
type ahead struct {
	priority int // theirs is higher
	begun    int // of the same priority, but their ingests were begun
	turn     int // it is another tenant's turn
	earlier  int // of the same tenant
}

func (a ahead) sum() int { return a.priority + a.begun + a.turn + a.earlier }

// ahead counts what would start before the task, if all that is due were
// started now, one after the other. It is not due while its time has not come.
func (q *queue) ahead(taskID string) (n ahead, due bool) {
	task := q.waiting[taskID]
	if task == nil || !task.due {
		return n, false
	}
	var lines [][]*entry
	for at, o := range q.lines {
		if at.level <= task.Level {
			lines = append(lines, o.entries)
		}
	}
	for turns := q.turns.clone(); ; {
		best := 0
		for i := range lines {
			if turns.compare(lines[i][0], lines[best][0]) < 0 {
				best = i
			}
		}
		first := lines[best][0]
		if first == task {
			return n, true
		}
		n.add(first, task)
		turns.begin(first.Tenant)
		if lines[best] = lines[best][1:]; len(lines[best]) == 0 {
			lines = slices.Delete(lines, best, best+1)
		}
	}
}

// add counts a task that goes before another one.
func (a *ahead) add(first, task *entry) {
	higher, _ := plan.PriorityOf(first.Level)
	own, _ := plan.PriorityOf(task.Level)
	switch {
	case higher != own:
		a.priority++
	case first.Level != task.Level:
		a.begun++
	case first.Tenant != task.Tenant:
		a.turn++
	default:
		a.earlier++
	}
}

// busy says that all slots of the stage are taken, and what goes before.
func busy(stage vod.Stage, slots int, before ahead) string {
	taken := fmt.Sprintf("All %d %s slots are busy", slots, stage)
	if slots == 1 {
		taken = fmt.Sprintf("The only %s slot is busy", stage)
	}
	return taken + "; " + before.String() + "."
}

// String says how many tasks wait before another one, and why if there is more
// to it than that they came earlier.
func (a ahead) String() string {
	place := fmt.Sprintf("%d tasks wait before it", a.sum())
	if a.sum() == 1 {
		place = "one task waits before it"
	}
	switch a.sum() {
	case 0:
		return "it is next"
	case a.earlier:
		return place
	}
	var why []string
	for _, part := range []struct {
		n         int
		one, many string
	}{
		{a.priority, "of higher priority", "of higher priority"},
		{a.begun, "of an ingest that was begun", "of ingests that were begun"},
		{a.turn, "of another tenant in turn", "of other tenants in turn"},
		{a.earlier, "that came earlier", "that came earlier"},
	} {
		switch {
		case part.n > 0 && a.sum() == 1:
			return place + ", " + part.one
		case part.n > 0:
			why = append(why, fmt.Sprintf("%d %s", part.n, part.many))
		}
	}
	return place + ": " + strings.Join(why, ", ")
}
