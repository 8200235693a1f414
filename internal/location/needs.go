package location

import (
	"context"

	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Needs estimates the scratch space in bytes that an attempt needs which reads
// those input files that use tells, and puts out about outputs times as many
// bytes at the target.
func (s *Set) Needs(ctx context.Context, job step.Job, use func(vod.File) bool, target vod.Location, outputs float64) (int64, error) {
	var read, fetched int64
	for _, in := range job.Inputs {
		for _, f := range in.Files {
			if !use(f) {
				continue
			}
			inv, err := s.Inventory(ctx, job.Tenant, f.URI)
			if err != nil {
				return 0, err
			}
			e, _ := inv.Entry(inv.Name)
			read += e.Size
			if isS3URI(f.URI) {
				fetched += e.Size
			}
		}
	}
	if full, err := s.Resolve(job.Tenant, target); err != nil || full.Type != vod.LocationS3 {
		return fetched, nil //nolint:nilerr // The attempt itself will tell what is wrong with it.
	}
	return fetched + int64(float64(read)*outputs), nil
}

// Staged tells whether files of a folder that are taken to a location pass
// through the scratch of the attempt that does it.
func (s *Set) Staged(ctx context.Context, tenant string, from Inventory, target vod.Location) bool {
	full, err := s.Resolve(tenant, target)
	if err != nil || full.Type != vod.LocationS3 {
		return false
	}
	source, ok := from.place.tree.(bucket)
	if !ok {
		return true
	}
	a, err := source.objects(ctx)
	if err != nil {
		return true
	}
	b, err := s.bucketOf(tenant, full).objects(ctx)
	return err != nil || !b.SameService(a)
}
