package plan

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Advance moves the run as far as it goes without work: it makes a task of
// every step whose input is ready, and ends the ingest when nothing is left.
// initial are the files as they were submitted. It is idempotent.
//
// Once a task has failed or says that the files are known, no new task is
// made; the ingest ends when those that were begun have ended.
func (p *Plan) Advance(run *vod.Run, initial []vod.Fileset, now time.Time) error {
	if run.Ingest.Imported || run.Ingest.Status.Final() {
		return nil
	}
	status, over := p.ending(run)
	if !over {
		if err := p.prepare(run, initial, now); err != nil {
			return err
		}
		if p.drained(run) {
			status, over = vod.Completed, true
		}
	}
	p.raiseProgress(run)
	if over {
		p.end(run, status, now)
	}
	return nil
}

// prepare makes a pending task of every step whose dependencies have ended
// and whose filter selects something, with its input.
func (p *Plan) prepare(run *vod.Run, initial []vod.Fileset, now time.Time) error {
	if !p.open(run) {
		return nil
	}
	ended := make([]bool, len(p.steps))
	for _, step := range p.order {
		task := taskOf(run, step)
		if task != nil && task.Status != vod.TaskPending {
			ended[step] = task.Status.Ended()
			continue
		}
		if !p.allOf(p.after[step], ended) {
			continue
		}
		inputs, err := p.inputs(run, initial, step)
		if err != nil {
			return err
		}
		if len(inputs) == 0 {
			ended[step] = true
			if task != nil { // A retry changed what comes in: nothing is left to do.
				task.Status, task.Share, task.Outputs = vod.TaskSkipped, 1, nil
				task.End = later(now, task.Start)
			}
			continue
		}
		input, err := json.Marshal(vod.TaskInput{Filesets: inputs, Profile: p.steps[step].Profile})
		if err != nil {
			return fmt.Errorf("input of step %d: %w", step, err)
		}
		if task == nil {
			run.Tasks = append(run.Tasks, vod.Task{
				ID: taskID(run.Ingest.ID, step), IngestID: run.Ingest.ID,
				Step: step, Stage: p.steps[step].Stage, Status: vod.TaskPending,
			})
			task = &run.Tasks[len(run.Tasks)-1]
		}
		task.Input = input
	}
	return nil
}

// inputs are the filesets that the step's filter selects: of the submitted
// files, then of every step that it depends on, by number.
func (p *Plan) inputs(run *vod.Run, initial []vod.Fileset, step int) ([]vod.Fileset, error) {
	selected := []vod.Fileset{}
	add := func(filesets []vod.Fileset) {
		for _, f := range filesets {
			if p.filters[step].Match(f.Labels) {
				selected = append(selected, f)
			}
		}
	}
	add(initial)
	for _, a := range p.after[step] {
		if t := taskOf(run, a); t != nil && t.Status == vod.TaskCompleted {
			out, err := t.OutputFilesets()
			if err != nil {
				return nil, err
			}
			add(out)
		}
	}
	return selected, nil
}

// Ended tells of each step whether it is over: its task ended, or it has none
// although all before it ended, because nothing matched its filter.
func (p *Plan) Ended(run *vod.Run) []bool {
	ended := make([]bool, len(p.steps))
	for _, step := range p.order {
		if t := taskOf(run, step); t != nil {
			ended[step] = t.Status.Ended()
		} else {
			ended[step] = p.allOf(p.after[step], ended)
		}
	}
	return ended
}

func (p *Plan) allOf(steps []int, ended []bool) bool {
	for _, step := range steps {
		if !ended[step] {
			return false
		}
	}
	return true
}

func (p *Plan) drained(run *vod.Run) bool {
	for _, ended := range p.Ended(run) {
		if !ended {
			return false
		}
	}
	return p.open(run)
}

// raiseProgress: floor of 100 x (sum of the steps' shares) / (number of
// steps), never lowered, at most 99 before COMPLETED. A step that has nothing
// to do counts as done, unless the ingest ends before it comes to it.
func (p *Plan) raiseProgress(run *vod.Run) {
	sum, ended, open := 0.0, p.Ended(run), p.open(run)
	for step := range p.steps {
		if t := taskOf(run, step); t != nil {
			sum += t.Share
		} else if ended[step] && open {
			sum++
		}
	}
	// The small amount keeps 1/3+1/3+1/3 from ending below 1.
	percent := min(99, int(100*sum/float64(len(p.steps))+1e-9))
	run.Ingest.Progress = max(run.Ingest.Progress, percent)
}

func taskOf(run *vod.Run, step int) *vod.Task {
	for i := range run.Tasks {
		if run.Tasks[i].Step == step {
			return &run.Tasks[i]
		}
	}
	return nil
}

// taskID is derived, so that planning twice makes the same task.
func taskID(ingestID string, step int) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "%s/%d", ingestID, step)).String()
}

// later keeps times in order when the clock was set back.
func later(t, floor time.Time) time.Time {
	if t.Before(floor) {
		return floor
	}
	return t
}
