package store

import (
	"context"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Workers keeps which processes run tasks.
type Workers interface {
	// WorkerSeen writes what a worker says of itself, in place of what it said
	// before. Workers that were not heard of for a day are forgotten.
	WorkerSeen(ctx context.Context, w vod.Worker) error
	// WorkerGone removes a worker that ends. One that is not there is no error.
	WorkerGone(ctx context.Context, id string) error
	// WorkerList gives the workers that were seen at or after the time, by host,
	// then id (bytewise).
	WorkerList(ctx context.Context, seen time.Time) ([]vod.Worker, error)
}
