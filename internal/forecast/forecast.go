// Package forecast guesses when a running ingest ends, from how earlier ones
// went. It is pure: the same tasks and times give the same guess.
//
// Of each step it takes from earlier runs how long it took, and how long the
// run went on after it began; medians, so that one run with a bad night does
// not count. A film that is three times as long as the ones before makes its
// first steps take three times as long, and is expected to go on like that.
package forecast

import (
	"slices"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	// told is the share of a step from which on its own pace says more than
	// earlier runs do.
	told = 0.05
	// The pace is not believed beyond these: the first step may have been a copy
	// on the same disk, or waited for a slow server.
	slowest, fastest = 20.0, 0.05
)

// Run is an earlier run that completed.
type Run struct {
	End   time.Time
	Tasks []vod.Task // with stage, step, start and end
}

// step names a step among those of runs whose profiles may differ a little.
type step struct {
	stage vod.Stage
	rank  int // among the run's steps of the stage
}

// usual is what a step was like in earlier runs, in seconds.
type usual struct {
	took float64 // from its start to its end
	rest float64 // from its start to the end of the run
}

// Likely guesses the end of an unfinished run with these tasks. It is zero
// where nothing is known: no earlier run, or nothing begun yet.
func Likely(now time.Time, tasks []vod.Task, past []Run) time.Time {
	known, ranks := learn(past), rank(tasks)
	pace := paceOf(now, tasks, ranks, known)
	var end time.Time
	for i, t := range tasks {
		u, ok := known[ranks[i]]
		if !ok || t.Status.Ended() || t.Start.IsZero() && end.After(now) {
			continue
		}
		begun, total := now, seconds(pace*u.took)
		if t.Status == vod.TaskRunning && !t.Start.IsZero() {
			begun = t.Start
			if t.Share >= told {
				total = seconds(now.Sub(t.Start).Seconds() / t.Share)
			}
		}
		finish := later(begun.Add(total), now).Add(seconds(pace * max(0, u.rest-u.took)))
		end = later(end, finish)
	}
	return end
}

// learn takes the medians of earlier runs.
func learn(past []Run) map[step]usual {
	took, rest := map[step][]float64{}, map[step][]float64{}
	for _, run := range past {
		ranks := rank(run.Tasks)
		for i, t := range run.Tasks {
			if t.Start.IsZero() || t.End.Before(t.Start) || run.End.Before(t.Start) {
				continue
			}
			took[ranks[i]] = append(took[ranks[i]], t.End.Sub(t.Start).Seconds())
			rest[ranks[i]] = append(rest[ranks[i]], run.End.Sub(t.Start).Seconds())
		}
	}
	known := make(map[step]usual, len(took))
	for s := range took {
		known[s] = usual{median(took[s]), median(rest[s])}
	}
	return known
}

// paceOf is how much longer than usual what is done so far has taken.
func paceOf(now time.Time, tasks []vod.Task, ranks []step, known map[step]usual) float64 {
	var took, usually float64
	for i, t := range tasks {
		u, ok := known[ranks[i]]
		switch {
		case !ok || t.Start.IsZero():
		case t.Status == vod.TaskCompleted && !t.End.Before(t.Start):
			took, usually = took+t.End.Sub(t.Start).Seconds(), usually+u.took
		case t.Status == vod.TaskRunning && t.Share >= told:
			took, usually = took+max(0, now.Sub(t.Start).Seconds())/t.Share, usually+u.took
		}
	}
	if took <= 0 || usually <= 0 {
		return 1
	}
	return min(max(took/usually, fastest), slowest)
}

func rank(tasks []vod.Task) []step {
	ranks, seen := make([]step, len(tasks)), map[vod.Stage]int{}
	for i, t := range tasks {
		ranks[i] = step{t.Stage, seen[t.Stage]}
		seen[t.Stage]++
	}
	return ranks
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
