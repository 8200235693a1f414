package subtitles

import (
	"context"
	"errors"
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// maxTracks bounds how many tracks are put out. A film with every language of
// a continent, each with and without sounds, stays well below.
const maxTracks = 100

// runner implements [step.Runner].
type runner struct {
	tools     *ffmpeg.Tools
	locations Locations
}

// New makes the runner of WEBVTT steps.
func New(tools *ffmpeg.Tools, locations Locations) step.Runner {
	return &runner{tools: tools, locations: locations}
}

// Run implements [step.Runner]. It puts out one fileset with all tracks of all
// input filesets, or none where there are no subtitles.
func (r *runner) Run(ctx context.Context, job step.Job) (step.Result, error) {
	profile, err := ParseProfile(job.Profile)
	if err != nil {
		return step.Result{}, err
	}
	w := work{runner: r, job: job, profile: profile}
	err = w.collect(ctx)
	if ctx.Err() != nil {
		return step.Result{}, context.Cause(ctx)
	}
	if err != nil {
		return step.Result{}, err
	}
	w.choose()
	result := step.Result{Report: w.report()}
	if len(w.tracks) == 0 {
		return result, nil
	}
	folder, err := r.locations.Create(ctx, job, profile.TargetLocation)
	if err != nil {
		return step.Result{}, err
	}
	output, err := w.publish(ctx, folder)
	if err != nil {
		return step.Result{}, errors.Join(err, folder.Discard(ctx))
	}
	result.Outputs = []vod.Fileset{output}
	return result, nil
}

// Needs implements [step.Estimator]: what is put out is small.
func (r *runner) Needs(ctx context.Context, job step.Job) (int64, error) {
	profile, err := ParseProfile(job.Profile)
	if err != nil {
		return 0, err
	}
	reads := func(f vod.File) bool {
		return f.MediaType == vod.MediaSubtitle || f.MediaType == vod.MediaVideo && profile.withEmbedded()
	}
	return r.locations.Needs(ctx, job, reads, profile.TargetLocation, 0)
}

// work is one run.
type work struct {
	*runner
	job     step.Job
	profile Profile
	tracks  []track
	size    int // of all tracks in bytes
	remarks []string
}

// remark notes a sentence about a source, such as "film.srt".
func (w *work) remark(source, format string, args ...any) {
	w.remarks = append(w.remarks, source+": "+fmt.Sprintf(format, args...))
}

func (w *work) report() *vod.Report {
	if len(w.remarks) == 0 {
		return nil
	}
	return &vod.Report{Remarks: w.remarks}
}

// choose leaves out embedded tracks of which there is a file, too, and what is
// more than can be put out.
func (w *work) choose() {
	var kept []track
	for _, t := range w.tracks {
		if file := w.fileLike(t); file != "" {
			w.remark(t.source, "It was left out: %s is in the same language, for the same purpose.", file)
			continue
		}
		if len(kept) == maxTracks {
			w.remark(t.source, "It was left out: at most %d tracks are put out.", maxTracks)
			continue
		}
		kept = append(kept, t)
	}
	w.tracks = kept
}

// fileLike is the name of a subtitle file that stands in for an embedded track;
// "" for none.
func (w *work) fileLike(t track) string {
	for _, other := range w.tracks {
		if t.embedded && !other.embedded && other.sameKind(t.about) && t.language != manifest.Unknown {
			return other.source
		}
	}
	return ""
}
