package distribution

import (
	"context"
	"path"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/step"
)

// copyShare is the share of the work that copying is; the rest is making it
// durable.
const copyShare = 0.9

// transfer fills the folder with what the inventories of the sources list, and
// checks each file on the way.
func transfer(ctx context.Context, job step.Job, p plan, folder *location.Folder) error {
	var total, done int64
	for _, t := range p.trees {
		for _, e := range t.files {
			total += e.Size
		}
	}
	for _, t := range p.trees {
		for _, e := range t.files {
			if err := folder.TakeAs(ctx, t.source, e, path.Join(t.prefix, e.Name)); err != nil {
				return err
			}
			done += e.Size
			job.Progress(copyShare * float64(done) / float64(max(total, 1)))
		}
	}
	if _, err := folder.Commit(ctx); err != nil {
		return err
	}
	job.Progress(1)
	return nil
}
