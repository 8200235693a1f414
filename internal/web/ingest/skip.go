package ingest

import (
	"context"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// skip is why an ingest was skipped.
type skip struct {
	Beforehand bool     // nothing was read, as the checksums were given
	Reused     string   // the ingest whose files are reused; empty: not recorded
	Gone       bool     // that ingest was deleted
	Files      fileList // of it, that are reused
}

// skipOf tells why an ingest was skipped, nil if it was not.
func (p *pages) skipOf(ctx context.Context, by vod.Caller, run vod.Run) (*skip, error) {
	if run.Ingest.Status != vod.Skipped {
		return nil, nil //nolint:nilnil // There is nothing to tell.
	}
	s := &skip{}
	var reused []vod.Fileset
	for _, t := range run.Tasks {
		outputs, err := t.OutputFilesets()
		if err != nil || t.Stage != vod.Retrieval { // An imported document of another form tells nothing.
			continue
		}
		known := t.Status == vod.TaskSkipped
		for _, fs := range outputs {
			if fs.Has(vod.LabelSkippedUpload) {
				known, reused = true, append(reused, fs)
			}
		}
		s.Beforehand = s.Beforehand || t.Status == vod.TaskSkipped
		if !known || run.Ingest.Imported || s.Reused != "" {
			continue
		}
		if s.Reused, err = p.reused(ctx, by, run, t); err != nil {
			return nil, err
		}
	}
	s.Files = listFiles(reused)
	if s.Reused != "" {
		_, err := p.service.Get(ctx, by, s.Reused)
		if s.Gone = vod.CodeOf(err) == vod.NotFound; err != nil && !s.Gone {
			return nil, err
		}
	}
	return s, nil
}

// reused is the ingest whose files the task found again, as the report of its
// last attempt tells.
func (p *pages) reused(ctx context.Context, by vod.Caller, run vod.Run, t vod.Task) (id string, err error) {
	attempts, err := p.service.Attempts(ctx, by, run, t.ID)
	for _, a := range attempts {
		if a.Report != nil && a.Report.Reused != "" {
			id = a.Report.Reused
		}
	}
	return id, err
}
