package packaging

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Locations is what this step needs of [location.Set].
type Locations interface {
	// Local is the path of a file that the tenant may read.
	Local(tenant, uri string) (path string, err error)
	// Create makes the attempt's own folder at a location.
	Create(ctx context.Context, job step.Job, loc vod.Location) (*location.Folder, error)
}

// Shares of the work in the step's progress; verification is the rest.
const shareWritten = 0.8

type runner struct {
	tools     *ffmpeg.Tools
	locations Locations
}

// New makes the runner of steps of type CMAF.
func New(tools *ffmpeg.Tools, locations Locations) step.Runner {
	return &runner{tools: tools, locations: locations}
}

// Run implements [step.Runner].
func (r *runner) Run(ctx context.Context, job step.Job) (step.Result, error) {
	profile, err := ParseProfile(job.Profile)
	if err != nil {
		return step.Result{}, err
	}
	in, err := openInputs(ctx, r.locations, job, profile)
	if err != nil {
		return step.Result{}, err
	}
	defer in.close()
	if err := cut(in.sources, in.nominal); err != nil {
		return step.Result{}, err
	}
	folder, err := r.locations.Create(ctx, job, profile.TargetLocation)
	if err != nil {
		return step.Result{}, err
	}
	result, err := r.fill(ctx, job, in, folder)
	if err != nil {
		if discardErr := folder.Discard(); discardErr != nil {
			job.Log.Warn("an unfinished package was not removed", "folder", folder.Path(), "error", discardErr)
		}
		return step.Result{}, err
	}
	return result, nil
}

// fill writes the package into the folder, verifies and commits it.
func (r *runner) fill(ctx context.Context, job step.Job, in *inputs, folder *location.Folder) (step.Result, error) {
	total := max(in.bytes(), 1)
	out := &output{folder: folder, wrote: func(bytes int64) {
		job.Progress(min(float64(bytes)/float64(total), 1) * shareWritten)
	}}
	presentation, err := out.writeTracks(ctx, in.sources)
	if err != nil {
		return step.Result{}, location.WriteError(folder.Path(), err)
	}
	if err := out.writeManifests(presentation); err != nil {
		return step.Result{}, location.WriteError(folder.Path(), err)
	}
	poster, err := out.copyPoster(in.poster)
	if err != nil {
		return step.Result{}, location.WriteError(folder.Path(), err)
	}
	if err := r.verify(ctx, job, folder.Path(), in.declared()); err != nil {
		return step.Result{}, err
	}
	if _, err := folder.Commit(ctx); err != nil {
		return step.Result{}, err
	}
	job.Progress(1)
	return step.Result{Outputs: outputs(job.LabelOut, folder, poster)}, nil
}

// bytes is the size of all samples.
func (in *inputs) bytes() int64 {
	var total int64
	for _, s := range in.sources {
		for _, sample := range s.track.Samples {
			total += int64(sample.Size)
		}
	}
	return total
}

// copyPoster copies the image, if there is one, and gives its name.
func (o *output) copyPoster(path string) (name string, err error) {
	if path == "" {
		return "", nil
	}
	name = "poster" + strings.ToLower(filepath.Ext(path))
	image, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer image.Close()
	return name, o.write(name, func(w io.Writer) error {
		_, err := io.Copy(w, image)
		return err
	})
}

// outputs are two filesets over the same folder, one for each way to play it.
func outputs(label string, folder *location.Folder, poster string) []vod.Fileset {
	var out []vod.Fileset
	for _, kind := range []struct{ label, mediaType, name string }{
		{vod.KindHLS, vod.MediaHLS, manifest.MultivariantName},
		{vod.KindDASH, vod.MediaDASH, manifest.MPDName},
	} {
		files := []vod.File{{MediaType: kind.mediaType, URI: folder.URI(kind.name)}}
		if poster != "" {
			files = append(files, vod.File{MediaType: vod.MediaImage, URI: folder.URI(poster)})
		}
		loc := folder.Location()
		out = append(out, vod.Fileset{
			Files: files, Location: &loc,
			Labels: vod.Fileset{Labels: []string{kind.label}}.OutputLabels(label),
		})
	}
	return out
}
