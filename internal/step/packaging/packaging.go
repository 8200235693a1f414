package packaging

import (
	"context"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Locations is what this step needs of [location.Set].
type Locations interface {
	// Local is the path of a file that the job's tenant may read.
	Local(ctx context.Context, job step.Job, uri string) (path string, err error)
	// Inventory lists what the folder of an attempt that holds the file has.
	Inventory(ctx context.Context, tenant, uri string) (location.Inventory, error)
	// Create makes the attempt's own folder at a location.
	Create(ctx context.Context, job step.Job, loc vod.Location) (*location.Folder, error)
	// Needs estimates the scratch space that an attempt needs.
	Needs(ctx context.Context, job step.Job, use func(vod.File) bool, target vod.Location, outputs float64) (bytes int64, err error)
}

// Shares of the work in the step's progress; verification is the rest.
const shareWritten = 0.8

type runner struct {
	tools     *ffmpeg.Tools
	locations Locations
	keys      Keys
}

// New makes the runner of steps of type CMAF. It asks for keys where a profile
// encrypts.
func New(tools *ffmpeg.Tools, locations Locations, keys Keys) step.Runner {
	return &runner{tools: tools, locations: locations, keys: keys}
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
	if len(in.sources) == 0 {
		return r.addTexts(ctx, job, profile, in)
	}
	if err := cut(in.sources, in.nominal); err != nil {
		return step.Result{}, err
	}
	protect, err := r.encryption(ctx, job, profile)
	if err != nil {
		return step.Result{}, err
	}
	return r.create(ctx, job, profile, func(out *output) (step.Result, error) {
		out.protect = protect
		return r.fill(ctx, job, in, out)
	})
}

// Needs implements [step.Estimator]: the segments have about the size of what they
// are cut from.
func (r *runner) Needs(ctx context.Context, job step.Job) (int64, error) {
	profile, err := ParseProfile(job.Profile)
	if err != nil {
		return 0, err
	}
	return r.locations.Needs(ctx, job, func(vod.File) bool { return true }, profile.TargetLocation, 1)
}

// create makes a folder, has it filled, and removes it if that fails.
func (r *runner) create(ctx context.Context, job step.Job, profile Profile, fill func(*output) (step.Result, error)) (step.Result, error) {
	folder, err := r.locations.Create(ctx, job, profile.TargetLocation)
	if err != nil {
		return step.Result{}, err
	}
	result, err := fill(&output{folder: folder})
	if err != nil {
		if discardErr := folder.Discard(ctx); discardErr != nil {
			job.Log.Warn("an unfinished package was not removed", "folder", folder.Path(), "error", discardErr)
		}
		return step.Result{}, err
	}
	return result, nil
}

// fill writes the package into the folder, verifies and commits it.
func (r *runner) fill(ctx context.Context, job step.Job, in *inputs, out *output) (step.Result, error) {
	total := max(in.bytes(), 1)
	out.wrote = func(bytes int64) { job.Progress(min(float64(bytes)/float64(total), 1) * shareWritten) }
	p, err := out.writeAll(ctx, in)
	if err != nil {
		return step.Result{}, location.WriteError(out.folder.Path(), err)
	}
	return r.finish(ctx, job, out, p, in.declared(), in.remarks)
}

// writeAll writes everything but the manifests, which it gives the facts for.
func (o *output) writeAll(ctx context.Context, in *inputs) (manifest.Package, error) {
	presentation, err := o.writeTracks(ctx, in.sources)
	if err != nil {
		return manifest.Package{}, err
	}
	p := manifest.Package{Presentation: presentation}
	p.Protection = o.protect.protection()
	if err := o.writePlaylists(p.Presentation); err != nil {
		return manifest.Package{}, err
	}
	nameTexts(in.texts, nil)
	in.cutAt(p.Duration())
	if p.Text, err = o.writeTexts(in.texts, p.Duration()); err != nil {
		return manifest.Package{}, err
	}
	if p.Thumbnails, err = o.copyThumbnails(in.pictures, p.Presentation); err != nil {
		return manifest.Package{}, err
	}
	p.Poster, err = o.copyPoster(in.poster)
	return p, err
}

// finish writes the manifests, verifies the package and commits it.
func (r *runner) finish(ctx context.Context, job step.Job, out *output, p manifest.Package, tracks []declared, remarks []string) (step.Result, error) {
	folder := out.folder
	if err := out.writeManifests(p); err != nil {
		return step.Result{}, location.WriteError(folder.Path(), err)
	}
	// What the storage itself has taken over is not there yet to be read.
	if err := folder.Fetch(ctx); err != nil {
		return step.Result{}, err
	}
	found, err := r.verify(ctx, job, folder.Path(), tracks, p.Presentation, out.protect)
	if err != nil {
		return step.Result{}, err
	}
	remarks = append(remarks, found...)
	if _, err := folder.Commit(ctx); err != nil {
		return step.Result{}, err
	}
	job.Progress(1)
	result := step.Result{Outputs: outputs(job.LabelOut, folder, p)}
	if len(remarks) > 0 {
		result.Report = &vod.Report{Remarks: remarks}
	}
	return result, nil
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

// outputs are filesets over the same folder, one for each way to play it, with
// the images that go with it.
func outputs(label string, folder *location.Folder, p manifest.Package) []vod.Fileset {
	var out []vod.Fileset
	for _, kind := range []struct{ label, mediaType, name string }{
		{vod.KindHLS, vod.MediaHLS, manifest.MultivariantName},
		{vod.KindDASH, vod.MediaDASH, manifest.MPDName},
	} {
		if kind.label == vod.KindDASH && !p.HasDASH() {
			continue
		}
		files := []vod.File{{MediaType: kind.mediaType, URI: folder.URI(kind.name)}}
		if p.Poster != "" {
			files = append(files, vod.File{MediaType: vod.MediaImage, URI: folder.URI(p.Poster)})
		}
		if p.Thumbnails != nil {
			name := manifest.ThumbnailsFolder + "/" + manifest.ThumbnailsName
			files = append(files, vod.File{MediaType: vod.MediaThumbnails, URI: folder.URI(name)})
		}
		loc := folder.Location()
		out = append(out, vod.Fileset{
			Files: files, Location: &loc,
			Labels: vod.Fileset{Labels: []string{kind.label}}.OutputLabels(label),
		})
	}
	return out
}
