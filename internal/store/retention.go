package store

import (
	"context"
	"time"
)

// OrphanAfter is how long files that no task has recorded are left alone: an
// attempt under way has not recorded its own yet.
const OrphanAfter = time.Hour

// Removal is an entry of the journal of folders that are to be removed, or, for
// one task, to be looked through for attempts that nothing refers to. It is
// written in the transaction that makes the files superfluous, so that no
// crash loses it, and stays until [Retention.RemovalDone].
type Removal struct {
	Tenant   string
	IngestID string
	MediaKey string
	TaskID   string // empty: all of the ingest
	Due      time.Time
}

// Retention is what the store does for whoever removes what nobody needs any
// more. All of it finds its rows by an index, whatever else there is.
//
// An ingest is replaced when another one serves its asset: one that has an
// entry in the catalogue, when an ingest that is over has the current one; a
// COMPLETED one that published nothing, by a later COMPLETED one under the same
// profile; a FAILED, CANCELLED or SKIPPED one, by any later COMPLETED one. It
// is no longer replaced when the catalogue serves it again, or when it is
// retried. Imports have no files and are never replaced.
type Retention interface {
	// RetentionTenants gives the tenants that have ingests, audit entries or
	// statistics.
	RetentionTenants(ctx context.Context) ([]string, error)
	// OutputsExpire gives up the outputs of at most limit ingests of the tenant
	// that were replaced at or before the time: their [vod.Ingest.Removed] is
	// set, and a removal entered for each. It tells how many these are.
	OutputsExpire(ctx context.Context, tenant string, replaced time.Time, limit int) (n int, err error)
	// IngestsExpire removes, as [Ingests.IngestDelete] does, at most limit of
	// the tenant's ingests that ended at or before the time, the earliest first.
	// What serves an asset stays: what the catalogue serves, and COMPLETED
	// ingests that are not replaced. The audit log tells of each, as done by
	// [vod.Retention].
	IngestsExpire(ctx context.Context, tenant string, ended time.Time, limit int) (n int, err error)
	// AuditExpire removes at most limit of the tenant's audit entries from
	// before the time, the earliest first.
	AuditExpire(ctx context.Context, tenant string, before time.Time, limit int) (n int, err error)

	// Removals gives at most limit entries that are due, the earliest first.
	Removals(ctx context.Context, now time.Time, limit int) ([]Removal, error)
	// RemovalsOf gives the entries of one ingest, due or not.
	RemovalsOf(ctx context.Context, ingestID string) ([]Removal, error)
	// RemovalDone removes entries whose folders are gone. One that was entered
	// anew in the meantime stays.
	RemovalDone(ctx context.Context, done ...Removal) error
	// RemovalPostpone gives an entry another time.
	RemovalPostpone(ctx context.Context, r Removal, due time.Time) error
	// AttemptReused tells whether another ingest names, or may come to name,
	// the files of an attempt.
	AttemptReused(ctx context.Context, taskID string, number int) (bool, error)
	// UploadInUse tells whether an ingest of the tenant that is not over reads
	// the upload.
	UploadInUse(ctx context.Context, tenant, uploadID string) (bool, error)
}
