package subtitles

import (
	"context"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Locations is what this step needs of locations; *location.Set is one.
type Locations interface {
	// Local gives the path of a file that the job's tenant may read.
	Local(ctx context.Context, job step.Job, uri string) (path string, err error)
	// Create makes the folder of this attempt at a location.
	Create(ctx context.Context, job step.Job, loc vod.Location) (*location.Folder, error)
	// Needs estimates the scratch space that an attempt needs.
	Needs(ctx context.Context, job step.Job, use func(vod.File) bool, target vod.Location, outputs float64) (bytes int64, err error)
}
