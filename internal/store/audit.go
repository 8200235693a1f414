package store

import (
	"context"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Audit keeps what people changed. Entries of changes are written with them;
// see the package comment.
type Audit interface {
	// AuditPut writes an entry for a change that this store knows nothing of.
	AuditPut(ctx context.Context, entry vod.AuditEntry) error
	// AuditList gives a page of a tenant's entries, newest (highest ID) first.
	// more tells whether entries follow.
	AuditList(ctx context.Context, f AuditFilter) (page []vod.AuditEntry, more bool, err error)
}

// AuditFilter selects audit entries. Zero fields select nothing away; all
// others must hold together.
type AuditFilter struct {
	Tenant  string // required
	Subject string
	Action  vod.Action
	Target  string
	AssetID string
	From    time.Time // Time at or after
	To      time.Time // Time before
	After   int64     // only entries before the one with this ID
	Limit   int       // 1..500
}
