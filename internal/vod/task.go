package vod

import (
	"encoding/json"
	"fmt"
	"time"
)

// Task is the execution of one step on the filesets that its filter selected.
type Task struct {
	ID       string // UUID, derived from the ingest and the step
	IngestID string
	Step     int // number of the step in the snapshot
	Stage    Stage
	Status   TaskStatus
	Attempt  int       // number of the current or last attempt; 0: never claimed
	Failures int       // attempts that failed since the last retry by a person
	Lost     int       // attempts in a row that were lost with their process
	Order    int       // rank of the first claim within the ingest, from 1; 0: never claimed
	Share    float64   // 0..1 of the step's work done
	Start    time.Time // first claim
	End      time.Time // zero until ended
	// NotBefore is when the next attempt may start; zero: at once.
	NotBefore time.Time

	// Input and Outputs are the JSON texts of the detail document: an object
	// with filesets and profile, and one with filesets.
	Input   json.RawMessage
	Outputs json.RawMessage
	Error   *StepError // the last error; shown only while TASK_FAILED
}

// Progress is the task's share in percent, 0..100. The small amount keeps 0.29
// from showing as 28.
func (t Task) Progress() int { return int(t.Share*100 + 1e-9) }

// TaskInput is the `input` object of a task.
type TaskInput struct {
	Filesets []Fileset       `json:"filesets"`
	Profile  json.RawMessage `json:"profile"`
}

// TaskOutputs is the `outputs` object of a task.
type TaskOutputs struct {
	Filesets []Fileset `json:"filesets"`
}

// OutputFilesets are the filesets that the task put out; none before it
// completed.
func (t Task) OutputFilesets() ([]Fileset, error) {
	if len(t.Outputs) == 0 {
		return nil, nil
	}
	var out TaskOutputs
	if err := json.Unmarshal(t.Outputs, &out); err != nil {
		return nil, fmt.Errorf("outputs of task %s: %w", t.ID, err)
	}
	return out.Filesets, nil
}

// Attempt is one try of a task, kept for the person who looks into it.
type Attempt struct {
	TaskID  string
	Number  int
	Status  TaskStatus // TASK_RUNNING until it ended; TASK_PENDING: lost or given back
	Start   time.Time
	End     time.Time
	Error   *StepError
	Command []string // the last outside program run, as argument vector
	Log     string   // its last lines, at most 16 KiB
	Report  *Report  // what it tells of its work once it succeeded, or nil
}

// Run is an ingest with all its tasks. The planner changes it, a store loads
// and writes it in one transaction.
type Run struct {
	Ingest Ingest
	Tasks  []Task // by step number
	// Attempts were begun or ended by the change under way. A store writes
	// them by task and number, where a zero Start keeps the one that is there; it
	// never loads them here.
	Attempts []Attempt
	// Audit, where it is not zero, is written with the change. A store never
	// loads it.
	Audit AuditEntry
}

// Task returns the task with the id, or nil.
func (r *Run) Task(id string) *Task {
	for i := range r.Tasks {
		if r.Tasks[i].ID == id {
			return &r.Tasks[i]
		}
	}
	return nil
}
