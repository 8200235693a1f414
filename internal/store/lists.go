package store

import (
	"context"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Lists is what people who look at many ingests need beside
// [Ingests.IngestList].
type Lists interface {
	// IngestCount counts what the filter selects, by status; After and Limit make
	// no difference. Statuses that nothing has are left out. Counts are exact and
	// cost the same whatever there is while the filter has nothing but tenant and
	// statuses; otherwise counting ends at most, which is what a larger count is
	// given as.
	IngestCount(ctx context.Context, f IngestFilter, most int) (map[vod.IngestStatus]int, error)
	// IngestTimes gives the tasks of at most 500 of the tenant's ingests by ingest
	// id, in step order, without input, outputs and error: what is needed to tell
	// where they stand and how long they took. Ids that are not there are left out.
	IngestTimes(ctx context.Context, tenant string, ids []string) (map[string][]vod.Task, error)
}
