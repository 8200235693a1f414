package vod

// IngestStatus is the state of an ingest. Only COMPLETED and SKIPPED stand on
// the page of the Status API; the others are this project's.
type IngestStatus string

// The ingest states. docs/states.md draws how they follow each other.
const (
	Queued     IngestStatus = "QUEUED"     // accepted, no task claimed yet
	Running    IngestStatus = "RUNNING"    // a task has been claimed
	Cancelling IngestStatus = "CANCELLING" // cancel accepted, work still stopping
	Completed  IngestStatus = "COMPLETED"
	Skipped    IngestStatus = "SKIPPED" // the same files were ingested before
	Failed     IngestStatus = "FAILED"
	Cancelled  IngestStatus = "CANCELLED"
)

// IngestStatuses lists every ingest state.
func IngestStatuses() []IngestStatus {
	return []IngestStatus{Queued, Running, Cancelling, Completed, Skipped, Failed, Cancelled}
}

// Final tells whether an ingest in this state is over. Only a retry leaves a
// final state.
func (s IngestStatus) Final() bool {
	switch s {
	case Completed, Skipped, Failed, Cancelled:
		return true
	}
	return false
}

// TaskStatus is the state of a task.
type TaskStatus string

// The task states. Only TASK_COMPLETED stands on the page of the Status API.
const (
	TaskPending   TaskStatus = "TASK_PENDING" // ready, or waiting for its next attempt
	TaskRunning   TaskStatus = "TASK_RUNNING"
	TaskCompleted TaskStatus = "TASK_COMPLETED"
	TaskSkipped   TaskStatus = "TASK_SKIPPED"
	TaskFailed    TaskStatus = "TASK_FAILED"
	TaskCancelled TaskStatus = "TASK_CANCELLED"
)

// Ended tells whether a task in this state does no more work.
func (s TaskStatus) Ended() bool {
	switch s {
	case TaskCompleted, TaskSkipped, TaskFailed, TaskCancelled:
		return true
	}
	return false
}
