package store

import (
	"context"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/statistics"
)

// Statistics keeps what ingests came to, by slot of time; see package
// statistics. It is counted in the transaction of the change that it tells of:
// what is not written is not counted, and nothing is counted twice. Imports are
// never counted. What was counted stays when the ingest is deleted.
//
// An ingest is counted in the slot in which it was accepted, was dequeued or
// ended. How long a task took is how long its last attempt did, and how long
// an ingest took is from when it was accepted, or last retried. An attempt
// whose ingest is being cancelled, or that only had to wait for another ingest,
// is no error.
type Statistics interface {
	// StatisticsGet gives the figures of a range, with what is unfinished at the
	// same moment, and the errors that were the commonest, at most
	// [StatisticsErrors].
	StatisticsGet(ctx context.Context, f StatisticsFilter) (statistics.Figures, error)
	// StatisticsExpire removes at most limit of the tenant's slots that began
	// before the time, the earliest first, and tells how many these were.
	StatisticsExpire(ctx context.Context, tenant string, before time.Time, limit int) (n int, err error)
}

// StatisticsErrors is how many kinds of errors are given at most.
const StatisticsErrors = 20

// StatisticsFilter selects slots.
type StatisticsFilter struct {
	Tenant      string    // required
	ProfileName string    // empty: all
	From        time.Time // slots that begin at or after
	To          time.Time // slots that begin before
}
