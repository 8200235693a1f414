package orchestrate

import (
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Submission asks for an ingest.
type Submission struct {
	AssetID        string        // 1..255 characters, no control characters
	Profile        string        // empty: "default"
	ProfileVersion int64         // 0: the newest
	Filesets       []vod.Fileset // labels are set here; whatever is given is replaced
	Force          bool          // do the work even if the files are known
	Schedule
}

// Schedule says when an ingest has its turn.
type Schedule struct {
	Priority vod.Priority // empty: [vod.Normal]
	Due      time.Time    // when it should be done; zero: nobody waits for it
}

// RequestKey makes a submission repeatable.
type RequestKey struct {
	Key      string // of the Idempotency-Key header
	BodyHash string // identifies the body
}

// StepView is a step of an ingest that was not begun or is not over, and why.
type StepView struct {
	Step      int // number within the snapshot
	Stage     vod.Stage
	Name      string
	Type      string
	Filter    string
	LabelOut  string
	TaskID    string           // empty before the step is ready
	State     string           // "waiting", "ready", "running", "done" or "never" (the ingest is over)
	Reason    string           // a sentence: what it waits for
	After     []int            // numbers of the steps that it depends on
	NotBefore time.Time        // when a waiting attempt may start; zero: no such time
	Needs     []vod.Capability // what a worker must be able to do to run it
}

// Preview is what a dry run tells: the steps in their order, and what would be
// refused or skipped.
type Preview struct {
	Profile        string
	ProfileVersion int64
	Steps          []StepView
	Notes          []string
}

// TaskView is one task with everything that the person on call asks for.
type TaskView struct {
	Task     vod.Task
	Attempts []vod.Attempt
}

// ImportRow is what became of one document of an import.
type ImportRow struct {
	IngestID string
	Outcome  string // "written", "unchanged" or "refused"
	Problem  string // why it was refused
}

// FileCheck describes a file as a client on the same machine sees it.
type FileCheck struct {
	Path  string // absolute
	Size  int64
	Inode uint64
	Dev   uint64
	MTime time.Time
}
