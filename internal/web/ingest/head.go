package ingest

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// head is what is known of the ingest as a whole.
type head struct {
	Ingest  vod.Ingest
	Version string        // of the profile; empty where it is not known
	Took    time.Duration // so far
	Stages  []vod.Stage   // under way
	// Forecast is of one under way; End is zero where nothing is known.
	Forecast orchestrate.Forecast
	Input    fileList
	Problem  *failure
	Skip     *skip // why it was skipped; nil if it was not

	Turn orchestrate.Schedule

	MayCancel, MayRetry, MayRepeat, MayDelete, MaySchedule bool // in its state
}

// failure is why an ingest failed.
type failure struct {
	Step  int        // of the task, or -1
	Error *errorView // of the task, or one that has but a message
}

// head makes the view of the ingest as a whole.
func (p *pages) head(ctx context.Context, by vod.Caller, run vod.Run, now time.Time) (head, error) {
	in := run.Ingest
	input := readInput(in.Input)
	h := head{
		Ingest: in, Version: version(in, input), Took: took(in.Start, in.End, now), Input: listFiles(input.Filesets), Problem: failureOf(run),
		MayCancel: !in.Imported && (in.Status == vod.Queued || in.Status == vod.Running),
		MayRetry:  !in.Imported && (in.Status == vod.Failed || in.Status == vod.Cancelled),
		MayRepeat: len(input.Filesets) > 0,
		MayDelete: in.Status.Final(), MaySchedule: !in.Imported && !in.Status.Final(), Turn: orchestrate.ScheduleOf(in),
	}
	for _, t := range run.Tasks {
		if t.Status == vod.TaskRunning && !slices.Contains(h.Stages, t.Stage) {
			h.Stages = append(h.Stages, t.Stage)
		}
	}
	if !in.Status.Final() {
		known, err := p.service.Forecasts(ctx, by, []vod.Ingest{in})
		if err != nil {
			return head{}, err
		}
		h.Forecast = known[in.ID]
	}
	var err error
	h.Skip, err = p.skipOf(ctx, by, run)
	return h, err
}

// failureOf tells of the task for which the ingest failed, or of what else is
// recorded.
func failureOf(run vod.Run) *failure {
	var first *vod.Task
	for i, t := range run.Tasks {
		if t.Status == vod.TaskFailed && t.Error != nil && (first == nil || t.Order < first.Order) {
			first = &run.Tasks[i]
		}
	}
	switch {
	case run.Ingest.Status == vod.Failed && first != nil:
		return &failure{Step: first.Step, Error: viewError(first.Error, run.Ingest.Imported)}
	case run.Ingest.Error != "":
		return &failure{Step: -1, Error: &errorView{Message: run.Ingest.Error}}
	}
	return nil
}

// errorView is an error of a step.
type errorView struct {
	Class   vod.Class // empty: not known
	Reason  vod.Reason
	Message string
	Hint    string
}

// viewError leaves out the class of an imported error, which nobody has told.
func viewError(e *vod.StepError, imported bool) *errorView {
	switch {
	case e == nil:
		return nil
	case imported:
		return &errorView{Message: e.Message, Hint: e.Hint}
	}
	return &errorView{e.Class, e.Reason, e.Message, e.Hint}
}

// inputDocument is what is read of the input of an ingest.
type inputDocument struct {
	Filesets []vod.Fileset `json:"filesets"`
	Profile  struct {
		Details struct {
			Version int64 `json:"profileVersionId"`
		} `json:"details"`
	} `json:"profile"`
}

// readInput reads as much as can be read: imports may hold anything.
func readInput(text json.RawMessage) (d inputDocument) {
	if len(text) > 0 {
		_ = json.Unmarshal(text, &d) // what is of another form is not shown here, but in the JSON
	}
	return d
}

func version(in vod.Ingest, d inputDocument) string {
	id := in.ProfileVersion
	if id == 0 {
		id = d.Profile.Details.Version
	}
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// took is the time from start to end, or to now while there is no end; never
// negative, whatever clocks say.
func took(start, end, now time.Time) time.Duration {
	if start.IsZero() {
		return 0
	}
	if end.IsZero() {
		end = now
	}
	return max(0, end.Sub(start))
}
