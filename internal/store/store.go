// Package store is the contract of the one place that knows the state of
// everything: ingests, tasks, profiles, the catalogue. Adapters stand below
// it; package storetest holds the suite that each of them passes.
//
// All methods are safe for concurrent use and durable when they return. What
// they refuse for the caller's sake is a [vod.Fault]; a row that is not there,
// or belongs to another tenant, is one with code [vod.NotFound]. Times are
// kept as whole milliseconds. JSON documents are kept and given back as the
// text that they came as.
//
// What is changed for a person takes an audit entry, which is written in the
// transaction of the change, and only if something changed; a zero entry is
// not written.
package store

import (
	"context"
	"errors"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// ErrStale is returned for a write by an attempt that is no longer the
// running one of its task.
var ErrStale = errors.New("the task is no longer run by this attempt")

// Store is what an adapter implements.
type Store interface {
	Ingests
	Lists
	Profiles
	Catalog
	Audit
	Retention
	Tokens
	Statistics
	Sessions
	Views
	Workers

	// Ready tells whether the store answers and its schema is current.
	Ready(ctx context.Context) error
	Close() error
}

// Ingests keeps ingests and their tasks.
type Ingests interface {
	// IngestCreate writes a new ingest. With a key, the first call wins for
	// [Idempotency.Expires]: a repetition with the same body creates nothing and
	// gives the first ingest's id; with another body it is an Unusable fault.
	IngestCreate(ctx context.Context, in vod.Ingest, key *Idempotency, by vod.AuditEntry) (id string, err error)
	// IngestRepeated gives the id of the ingest that an earlier request under
	// the key created, "" if there is none or the key has expired. If that
	// request had another body it is an Unusable fault.
	IngestRepeated(ctx context.Context, key Idempotency) (id string, err error)
	// IngestImport writes history of another system. The same run again is a
	// no-op (false); one with input and tasks completes one that was written
	// without; anything else under an id that the tenant has is a Conflict
	// fault. What ids other tenants have makes no difference. An id with control
	// characters is an Invalid fault.
	IngestImport(ctx context.Context, run vod.Run) (written bool, err error)
	// IngestTenants tells who has an ingest with the id, in any order: one tenant
	// at most has one that ran here, and others may have imported the same id.
	IngestTenants(ctx context.Context, id string) (tenants []string, err error)
	// IngestGet gives an ingest with its tasks, in step order.
	IngestGet(ctx context.Context, tenant, id string) (vod.Run, error)
	// IngestList gives a page, newest Start first, ties by id descending
	// (bytewise), with what a list shows of each: id, tenant, asset, profile
	// name, status, progress, start, end, error and media types. more tells
	// whether rows follow.
	IngestList(ctx context.Context, f IngestFilter) (page []vod.Ingest, more bool, err error)
	// IngestVersion gives a number that changes with every change of what lists
	// show of the tenant's ingests, at the latest before that change returns to
	// its caller. A list that is read after a known version is current while the
	// version stays the same. It is not known while a change is being committed,
	// nor where other processes write.
	IngestVersion(tenant string) (version uint64, known bool)
	// IngestChange loads a run, lets change mutate it, and writes the
	// differences (ingest columns, new and changed tasks, attempts) in one
	// transaction that no other change of the run interleaves with. When change
	// returns an error nothing is written and that error is returned. change
	// must be quick, must not call the store, and may be called again; the
	// ingest's id, tenant, asset and start stay. A run whose status becomes
	// CANCELLED takes back its catalogue entry in the same transaction, and one
	// that is SKIPPED, FAILED or CANCELLED keeps its rows.
	IngestChange(ctx context.Context, id string, change func(*vod.Run) error) error
	// IngestDelete removes a finished ingest with its tasks, attempts and
	// catalogue entry, and enters the removal of its files; see [Retention]. An
	// unfinished one is a Conflict fault.
	IngestDelete(ctx context.Context, tenant, id string, by vod.AuditEntry) error
	// AssetDelete removes, like IngestDelete, every ingest of an asset, or none:
	// if one is not finished it is a Conflict fault. It gives the ids of the
	// ingests whose files are to be removed. An audit entry is written for each
	// ingest, which is its target.
	AssetDelete(ctx context.Context, tenant, assetID string, by vod.AuditEntry) (ids []string, err error)
	// IngestUnfinished gives the ids of all ingests that are not final, oldest
	// Start first.
	IngestUnfinished(ctx context.Context) ([]string, error)
	// IngestSchedules gives the same ingests, with what may be asked of them
	// while they go on alone: id, status, priority and due time.
	IngestSchedules(ctx context.Context) ([]vod.Ingest, error)
	// IngestEarlier gives the newest COMPLETED, not imported run of the same
	// tenant, asset, profile name and version as in, other than in itself, if it
	// is still the asset's current one: the one that the catalogue serves, or,
	// where the asset has no catalogue entry, its newest COMPLETED ingest under
	// any profile. nil: there is none, or its outputs are given up.
	IngestEarlier(ctx context.Context, in vod.Ingest) (*vod.Run, error)
	// IngestPublished gives the run that the catalogue serves the asset of in
	// from. Where that is in itself, which is being retried, it gives the one
	// that was served before. nil: there is none, or its outputs are given up.
	IngestPublished(ctx context.Context, in vod.Ingest) (*vod.Run, error)
	// IngestAhead gives an ingest of the same tenant and asset that was accepted
	// before in and has not ended; empty: there is none.
	IngestAhead(ctx context.Context, in vod.Ingest) (id string, err error)
	// TaskAttempts gives all attempts of a task, first to last.
	TaskAttempts(ctx context.Context, taskID string) ([]vod.Attempt, error)
	// TaskGet gives a task by id, of any tenant: for the sweeper.
	TaskGet(ctx context.Context, taskID string) (vod.Task, error)
}

// IngestFilter selects ingests. Zero fields select nothing away; all others
// must hold together.
type IngestFilter struct {
	Tenant      string // required
	AssetID     string
	IngestID    string
	ProfileName string
	// ProfileVersion is the version's id, and needs ProfileName; 0: any.
	ProfileVersion int64
	// Text stands, in whatever case, in the asset id, the name of an input file or
	// the error. Shorter than three characters it is an asset id.
	Text     string
	Statuses []vod.IngestStatus // any of them
	From     time.Time          // Start at or after
	To       time.Time          // Start before
	After    *Position          // only rows after this one in list order
	Limit    int                // 1..500
}

// Position is a place in the list order.
type Position struct {
	Start time.Time
	ID    string
}

// Idempotency is the key under which a request may be repeated.
type Idempotency struct {
	Tenant   string
	Route    string
	Key      string
	BodyHash string
	Expires  time.Time
}

// Profiles keeps versions of profiles.
type Profiles interface {
	// ProfilePut stores p as a new version, unless its document equals the
	// newest one's: then that one is returned, and created is false. VersionID
	// is raised past the newest version's when it is not already larger.
	ProfilePut(ctx context.Context, p vod.ProfileVersion, by vod.AuditEntry) (stored vod.ProfileVersion, created bool, err error)
	// ProfileGet gives a version; versionID 0 means the newest.
	ProfileGet(ctx context.Context, tenant, name string, versionID int64) (vod.ProfileVersion, error)
	// ProfileList gives the newest version of every profile, by name.
	ProfileList(ctx context.Context, tenant string) ([]vod.ProfileVersion, error)
	// ProfileVersions gives every version of a profile, newest first.
	ProfileVersions(ctx context.Context, tenant, name string) ([]vod.ProfileVersion, error)
}

// Catalog is the built-in register of what plays.
type Catalog interface {
	// CatalogPublish adds p's addresses to the entry of its ingest (an empty
	// address leaves what is there) and makes that entry the asset's current
	// one, unless the current one is of a later ingest (by Start, then id).
	// It is conditional on the task's attempt being the running one: else
	// ErrStale.
	CatalogPublish(ctx context.Context, p vod.Playback, taskID string, attempt int) error
	// CatalogCurrent gives what plays now.
	CatalogCurrent(ctx context.Context, tenant, assetID string) (vod.Playback, error)
	// CatalogSelect makes the entry of an earlier ingest the current one. It is
	// a Conflict fault when that one's outputs are given up.
	CatalogSelect(ctx context.Context, tenant, assetID, ingestID string, by vod.AuditEntry) (vod.Playback, error)
	// CatalogEntries gives every entry of the asset, newest ingest first.
	CatalogEntries(ctx context.Context, tenant, assetID string) ([]vod.Playback, error)
}
