package plan

import (
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Levels is how many levels there are: as many as Temporal has priorities
// without further configuration.
const Levels = 5

// Level says which of the tasks that wait for a slot of their stage goes first,
// 1 to [Levels]: what is HIGH, then what is NORMAL, then what is LOW; of the
// latter two, ingests that have got beyond their retrieval go first, so that
// what was begun is finished before more is begun. Within a level each tenant
// gets the same share, and within a tenant it is first come, first served.
func Level(priority vod.Priority, begun bool) int {
	level := Levels
	switch priority {
	case vod.High:
		return 1
	case vod.Normal:
		level = 3
	case vod.Low:
	}
	if begun {
		level--
	}
	return level
}

// PriorityOf is the priority that a level comes from, and whether the level is
// that of ingests that were begun; HIGH does not tell them apart.
func PriorityOf(level int) (priority vod.Priority, begun bool) {
	for _, priority := range vod.Priorities() {
		for _, begun := range []bool{true, false} {
			if Level(priority, begun) == level {
				return priority, begun
			}
		}
	}
	return vod.Low, false
}

// Raised is the task as it is at the time: from RaiseAt on it is on the level of
// what is HIGH.
func (r Ready) Raised(now time.Time) Ready {
	if !r.RaiseAt.IsZero() && !now.Before(r.RaiseAt) {
		r.Level, r.RaiseAt = Level(vod.High, true), time.Time{}
	}
	return r
}

// schedule gives the level of a run's tasks, and when it is to be looked at
// again; see [Ready].
func schedule(run *vod.Run, now time.Time) (level int, raiseAt time.Time) {
	priority := run.Ingest.PriorityAt(now)
	if !run.Ingest.Due.IsZero() && priority != vod.High {
		raiseAt = run.Ingest.Due.Add(-vod.DueSoon)
	}
	return Level(priority, begun(run)), raiseAt
}

// begun tells whether a task beyond the retrieval was claimed.
func begun(run *vod.Run) bool {
	for _, t := range run.Tasks {
		if t.Order > 0 && t.Stage != vod.Retrieval {
			return true
		}
	}
	return false
}
