package engine

import (
	"time"

	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Observer hears of what an Executor has recorded, for statistics. It is told
// once, after the store has it; what a process did not live to tell is not told
// by the next one. Its methods are quick and safe for concurrent use.
type Observer interface {
	AttemptEnded(e AttemptEnd)
	// AttemptLost: an attempt was taken back that ended with its process.
	AttemptLost(stage vod.Stage)
	// IngestEnded: the ingest has reached a final status, not for the first
	// time if it was retried. Imports never get here.
	IngestEnded(in vod.Ingest)
}

// Result says in a word how an attempt ended.
type Result string

// The results of attempts.
const (
	ResultCompleted Result = "completed"
	ResultSkipped   Result = "skipped" // the files were known beforehand
	ResultFailed    Result = "failed"
	ResultCancelled Result = "cancelled"
	ResultGivenBack Result = "given_back" // interrupted because the server stops
)

// AttemptEnd is how an attempt ended that this process ran.
type AttemptEnd struct {
	Kind    Kind
	Profile string // name of the ingest's profile
	Result  Result
	Took    time.Duration
	Err     *vod.StepError // of a failed one
	Work    step.Work      // of a completed one
}

// Load is what a stage of an engine has to do.
type Load struct {
	Slots   int // how many tasks may run at the same time
	Running int
	Ready   int // might run if there were a free slot
	Held    int // would be ready, but new work waits for disk space
	Delayed int // wait for the time of their next attempt
	// Oldest is when the first of the ready and held ones began to wait for its
	// slot; zero: there are none.
	Oldest time.Time
}

// nobody is the Observer of an Executor that was given none.
type nobody struct{}

func (nobody) AttemptEnded(AttemptEnd) {}
func (nobody) AttemptLost(vod.Stage)   {}
func (nobody) IngestEnded(vod.Ingest)  {}

func (a *attempt) end(o plan.Outcome) AttemptEnd {
	e := AttemptEnd{Kind: Kind{a.step.Stage, a.step.Type}, Profile: a.ingest.ProfileName, Took: a.took}
	switch {
	case o.GivenBack:
		e.Result = ResultGivenBack
	case o.Err != nil && o.Err.Class == vod.ClassCancelled:
		e.Result = ResultCancelled
	case o.Err != nil:
		e.Result, e.Err = ResultFailed, o.Err
	case o.Skipped:
		e.Result = ResultSkipped
	default:
		e.Result, e.Work = ResultCompleted, a.work
	}
	return e
}

// lost gives the stages of the attempts that the change under way takes back.
func lost(run *vod.Run) (stages []vod.Stage) {
	for _, a := range run.Attempts {
		if a.Error != nil && a.Error.Reason == vod.ReasonLost {
			if t := run.Task(a.TaskID); t != nil {
				stages = append(stages, t.Stage)
			}
		}
	}
	return stages
}
