package store

import (
	"context"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// MaxViews is how many views a person may have saved for a tenant.
const MaxViews = 100

// Views keeps what people saved of the list of ingests, each for itself.
type Views interface {
	// ViewPut saves a view, in place of the person's own one of that name. One more
	// than [MaxViews] is a Conflict fault.
	ViewPut(ctx context.Context, v vod.View) error
	// ViewList gives the views of a person, by name (bytewise).
	ViewList(ctx context.Context, tenant, subject string) ([]vod.View, error)
	ViewDelete(ctx context.Context, tenant, subject, name string) error
}
