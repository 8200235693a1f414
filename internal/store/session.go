package store

import (
	"context"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Sessions keeps who is signed in with a browser, without what the browser has
// to show for it. An audit entry is written for each of the session's tenants,
// which are set here.
type Sessions interface {
	// SessionCreate writes a new session, and removes those that have expired by
	// the time of its creation. A hash that is taken is a Conflict fault.
	SessionCreate(ctx context.Context, s vod.Session, by vod.AuditEntry) error
	// SessionGet gives a session, be it expired or not.
	SessionGet(ctx context.Context, hash string) (vod.Session, error)
	// SessionDelete removes a session, and gives it.
	SessionDelete(ctx context.Context, hash string, by vod.AuditEntry) (vod.Session, error)
}
