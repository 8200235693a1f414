package encoding

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// runner implements [step.Runner].
type runner struct {
	tools     *ffmpeg.Tools
	locations Locations
}

// New makes the runner of FFMPEG steps.
func New(tools *ffmpeg.Tools, locations Locations) step.Runner {
	return &runner{tools: tools, locations: locations}
}

// Run implements [step.Runner]. It puts out one fileset for each input fileset
// that holds video or audio; none for an ingest of subtitles alone.
func (r *runner) Run(ctx context.Context, job step.Job) (step.Result, error) {
	profile, err := ParseProfile(job.Profile)
	if err != nil {
		return step.Result{}, &vod.StepError{
			Class: vod.ClassConfig, Reason: vod.ReasonConfig, Cause: err,
			Message: "The encoding profile cannot be used: " + err.Error() + ".",
			Hint:    "Mend the profile, apply it, and submit the asset again.",
		}
	}
	sets, err := r.inputs(ctx, job)
	if err != nil || len(sets) == 0 {
		return step.Result{}, err
	}
	folder, err := r.locations.Create(ctx, job, profile.TargetLocation)
	if err != nil {
		return step.Result{}, err
	}
	result, err := r.encodeAll(ctx, job, profile.withDefaults(), sets, folder)
	if err != nil {
		return step.Result{}, errors.Join(err, folder.Discard(ctx))
	}
	return result, nil
}

// outputShare is about how many times the size of the source all renditions have
// together.
const outputShare = 2

// Needs implements [step.Estimator].
func (r *runner) Needs(ctx context.Context, job step.Job) (int64, error) {
	profile, err := ParseProfile(job.Profile)
	if err != nil {
		return 0, err
	}
	return r.locations.Needs(ctx, job, canEncode, profile.TargetLocation, outputShare)
}

// canEncode tells the files that are read.
func canEncode(f vod.File) bool {
	return f.MediaType == vod.MediaVideo || f.MediaType == vod.MediaAudio
}

// inputSet is an input fileset with those of its files that can be encoded.
type inputSet struct {
	fileset vod.Fileset
	files   []inputFile
}

type inputFile struct {
	path      string
	audioOnly bool   // take no picture from it
	language  string // of its sound, as the fileset has it; "" if unknown
}

// inputs finds the local files of every fileset that has any to encode. There
// may be none where subtitles are added to an asset that is there already.
func (r *runner) inputs(ctx context.Context, job step.Job) ([]inputSet, error) {
	var sets []inputSet
	subtitles := false
	for _, fileset := range job.Inputs {
		set := inputSet{fileset: fileset}
		for _, file := range fileset.Files {
			subtitles = subtitles || file.MediaType == vod.MediaSubtitle
			if !canEncode(file) {
				continue
			}
			path, err := r.locations.Local(ctx, job, file.URI)
			if err != nil {
				return nil, err
			}
			in := inputFile{path: path, audioOnly: file.MediaType == vod.MediaAudio}
			if file.Language != nil {
				in.language = *file.Language
			}
			set.files = append(set.files, in)
		}
		if len(set.files) > 0 {
			sets = append(sets, set)
		}
	}
	if len(sets) == 0 && !subtitles {
		return nil, &vod.StepError{
			Class: vod.ClassMedia, Reason: vod.ReasonBadMedia,
			Message: "None of the files that this step was given is of media type VIDEO or AUDIO.",
			Hint:    "Submit the asset with a video or audio file.",
		}
	}
	return sets, nil
}

func (r *runner) encodeAll(ctx context.Context, job step.Job, profile Profile, sets []inputSet, folder *location.Folder) (step.Result, error) {
	result := step.Result{Report: &vod.Report{Remarks: []string{}}}
	for i, set := range sets {
		e := encode{
			tools: r.tools, job: job, profile: profile, inputs: set.files, dir: folder.Path(),
			progress: func(share float64) { job.Progress((float64(i) + share) / float64(len(sets))) },
		}
		prefix := ""
		if len(sets) > 1 {
			prefix = strconv.Itoa(i+1) + "/"
			e.dir = filepath.Join(e.dir, strconv.Itoa(i+1))
			if err := os.Mkdir(e.dir, 0o750); err != nil {
				return step.Result{}, location.WriteError(e.dir, err)
			}
		}
		files, err := e.run(ctx)
		if err != nil {
			return step.Result{}, err
		}
		for j := range files {
			files[j].URI = folder.URI(prefix + files[j].URI)
		}
		result.Work.Media += e.played
		result.Report.Remarks = append(result.Report.Remarks, e.told.Remarks...)
		result.Report.Renditions = append(result.Report.Renditions, e.told.Renditions...)
		if known := result.Report.Source; known == nil || known.Video == nil && e.told.Source.Video != nil {
			result.Report.Source = e.told.Source // That of the main fileset.
		}
		loc := folder.Location()
		result.Outputs = append(result.Outputs, vod.Fileset{Files: files, Location: &loc, Labels: set.fileset.OutputLabels(job.LabelOut)})
	}
	if _, err := folder.Commit(ctx); err != nil {
		return step.Result{}, err
	}
	return result, nil
}
