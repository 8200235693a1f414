package playout

import (
	"context"
	"fmt"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Publisher is the built-in register. It refuses attempts that are no longer
// the running ones of their tasks.
type Publisher interface {
	CatalogPublish(ctx context.Context, p vod.Playback, taskID string, attempt int) error
}

// Catalog runs steps of type CATALOG.
type Catalog struct{ publisher Publisher }

var _ step.Runner = (*Catalog)(nil)

// NewCatalog makes a runner.
func NewCatalog(p Publisher) *Catalog { return &Catalog{p} }

// Run implements [step.Runner].
func (c *Catalog) Run(ctx context.Context, job step.Job) (step.Result, error) {
	var profile CatalogProfile
	if err := parseProfile(job.Profile, &profile); err != nil {
		return step.Result{}, err
	}
	p := vod.Playback{
		Tenant: job.Tenant, AssetID: job.AssetID, IngestID: job.IngestID,
		HLS:        pick(job.Inputs, vod.MediaHLS, vod.KindHLS),
		DASH:       pick(job.Inputs, vod.MediaDASH, vod.KindDASH),
		Poster:     pick(job.Inputs, vod.MediaImage, ""),
		Thumbnails: pick(job.Inputs, vod.MediaThumbnails, ""),
	}
	if p.HLS == "" && p.DASH == "" {
		return step.Result{}, &vod.StepError{
			Class: vod.ClassConfig, Reason: vod.ReasonConfig,
			Message: "None of the files to publish is an HLS playlist or a DASH manifest.",
			Hint:    "Let the step's filesetFilter select what PACKAGING put out.",
		}
	}
	for _, address := range []string{p.HLS, p.DASH, p.Poster, p.Thumbnails} {
		if address != "" && !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
			return step.Result{}, &vod.StepError{
				Class: vod.ClassConfig, Reason: vod.ReasonConfig,
				Message: fmt.Sprintf("%s is not a web address, so no player could open it.", address),
				Hint:    "Give the files web addresses with a URL_REWRITE step before this one.",
			}
		}
	}
	if err := c.publisher.CatalogPublish(ctx, p, job.TaskID, job.Attempt); err != nil {
		return step.Result{}, err
	}
	return passedOn(job), nil
}

// pick is the first address with the media type, or else the first of a
// fileset of the kind; empty if there is none.
func pick(filesets []vod.Fileset, mediaType, kind string) string {
	for _, fs := range filesets {
		for _, f := range fs.Files {
			if f.MediaType == mediaType {
				return f.URI
			}
		}
	}
	for _, fs := range filesets {
		if kind != "" && fs.Has(kind) && len(fs.Files) > 0 {
			return fs.Files[0].URI
		}
	}
	return ""
}

// passedOn are the inputs under the step's own label, for steps that wait for
// this one; nothing without a label.
func passedOn(job step.Job) step.Result {
	var r step.Result
	if job.LabelOut == "" {
		return r
	}
	for _, fs := range job.Inputs {
		fs.Labels = fs.OutputLabels(job.LabelOut)
		r.Outputs = append(r.Outputs, fs)
	}
	return r
}
