package httpd

import (
	"context"
	"encoding/json"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/statistics"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Service is what the API needs of the use cases. What a caller may mend comes
// back as a [vod.Fault]; all other errors are internal. What a caller may do is
// checked there; an id of another tenant is not found.
type Service interface {
	IngestService
	ProfileService
	PlaybackService

	// AuditList gives a page of the caller's audit log, newest first.
	AuditList(ctx context.Context, by vod.Caller, f store.AuditFilter) (page []vod.AuditEntry, more bool, err error)
	// Statistics tells what the caller's ingests came to.
	Statistics(ctx context.Context, by vod.Caller, q statistics.Query) (statistics.Report, error)
	// Workers gives the processes that run tasks.
	Workers(ctx context.Context, by vod.Caller) ([]vod.Worker, error)
	// Ready tells whether work can be taken.
	Ready(ctx context.Context) error
}

// IngestService submits, shows and steers ingests.
type IngestService interface {
	Submit(ctx context.Context, by vod.Caller, s orchestrate.Submission, key *orchestrate.RequestKey) (ingestID string, err error)
	Preview(ctx context.Context, by vod.Caller, s orchestrate.Submission) (orchestrate.Preview, error)
	List(ctx context.Context, by vod.Caller, f store.IngestFilter) (page []vod.Ingest, more bool, err error)
	// ListVersion changes with every change of what List gives the caller. It is
	// not known where that cannot be told.
	ListVersion(by vod.Caller) (version uint64, known bool, err error)
	Get(ctx context.Context, by vod.Caller, id string) (vod.Run, error)
	// StepsOf gives every step of a run that Get gave the same caller.
	StepsOf(ctx context.Context, by vod.Caller, run vod.Run) ([]orchestrate.StepView, error)
	Task(ctx context.Context, by vod.Caller, ingestID, taskID string) (orchestrate.TaskView, error)
	Cancel(ctx context.Context, by vod.Caller, id string) error
	Retry(ctx context.Context, by vod.Caller, id string) error
	// Reschedule gives what the schedule is then.
	Reschedule(ctx context.Context, by vod.Caller, id string, to orchestrate.Schedule) (orchestrate.Schedule, error)
	Delete(ctx context.Context, by vod.Caller, id string) error
	// Import takes one list answer, item of one, or detail document.
	Import(ctx context.Context, by vod.Caller, document json.RawMessage) ([]orchestrate.ImportRow, error)
	SameFile(ctx context.Context, by vod.Caller, c orchestrate.FileCheck) (bool, error)
}

// ProfileService keeps profiles.
type ProfileService interface {
	ProfilePut(ctx context.Context, by vod.Caller, name string, data []byte) (v vod.ProfileVersion, created bool, err error)
	ProfileValidate(ctx context.Context, by vod.Caller, name string, data []byte) error
	ProfileGet(ctx context.Context, by vod.Caller, name string, versionID int64) (vod.ProfileVersion, error)
	ProfileList(ctx context.Context, by vod.Caller) ([]vod.ProfileVersion, error)
	ProfileVersions(ctx context.Context, by vod.Caller, name string) ([]vod.ProfileVersion, error)
	ProfileSchema() json.RawMessage
}

// PlaybackService tells and chooses what plays.
type PlaybackService interface {
	Playback(ctx context.Context, by vod.Caller, assetID string) (vod.Playback, error)
	PlaybackSelect(ctx context.Context, by vod.Caller, assetID, ingestID string) (vod.Playback, error)
	PlaybackHistory(ctx context.Context, by vod.Caller, assetID string) ([]vod.Playback, error)
	DeleteAsset(ctx context.Context, by vod.Caller, assetID string) error
}
