package store

import "github.com/via-orchestrate/orchestrate/internal/vod"

// Change says that something of a tenant is no longer as it was. It does not
// say what it is like now, for which there are reads: it may have changed again
// since.
//
// An adapter tells of the changes of a transaction once, after it is durable
// and in no case before, those of one process in the order of their
// transactions. It tells too often rather than too rarely; where it cannot know
// what it missed, as after a lost connection to a database that others write
// to, it tells a change of kind [ChangeMissed].
type Change struct {
	Tenant string
	Kind   ChangeKind
	// ID is that of the ingest, the name of the profile, or the id of the asset of
	// which something else may play now.
	ID string
	// What happened to it in all, within the transaction.
	What ChangeWhat

	// AssetID is that of the ingest or what plays.
	AssetID string
	// IngestID is that of the ingest, or of the one whose entry in the catalogue
	// was written last.
	IngestID string
	// Status of the ingest after the transaction; of one that was deleted, the
	// last one.
	Status vod.IngestStatus
}

// ChangeKind is what kind of thing has changed.
type ChangeKind string

// Kinds of changes.
const (
	// ChangeIngest is that of an ingest, its tasks or their attempts.
	ChangeIngest ChangeKind = "ingest"
	// ChangeProfile is a new version of a profile.
	ChangeProfile ChangeKind = "profile"
	// ChangePlayback is one of what plays of an asset, or played before.
	ChangePlayback ChangeKind = "playback"
	// ChangeMissed has no tenant and no id: anything may have changed.
	ChangeMissed ChangeKind = "missed"
)

// ChangeWhat is what happened to it.
type ChangeWhat string

// What happens to things. A version of a profile is created; what plays of an
// asset is updated, also when there is nothing any more.
const (
	Created ChangeWhat = "created"
	Updated ChangeWhat = "updated"
	Deleted ChangeWhat = "deleted"
)
