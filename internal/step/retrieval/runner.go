package retrieval

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Uploads gives the files that were uploaded. An id that is unknown or another
// tenant's is [fs.ErrNotExist]; what is not complete is a [vod.StepError]. A
// file may be read until ctx is done, and does not change; the caller closes it.
type Uploads interface {
	Open(ctx context.Context, tenant, id string) (file io.ReadSeekCloser, name string, size int64, err error)
}

// Config is what the step needs.
type Config struct {
	Locations *location.Set
	Client    *http.Client // must check what it connects to
	Uploads   Uploads      // nil: there are none
	// SourceDirs are the absolute folders at or below which file: sources may
	// be.
	SourceDirs []string
	// MinFree is how many bytes of the target's disk are left free: what does
	// not fit is refused, and a file of unknown length is broken off.
	MinFree int64
	// Stall is how long a source may take for its next 64 KiB, or for what is
	// left if that is less; 30 s if zero.
	Stall time.Duration
	// Pause is how long the step waits before it goes on after a cut, doubling
	// with each further one; 200 ms if zero.
	Pause time.Duration
}

// Runner runs steps of [Type].
type Runner struct{ config Config }

var _ step.Runner = (*Runner)(nil)

// New makes a runner.
func New(c Config) *Runner {
	if c.Stall == 0 {
		c.Stall = 30 * time.Second
	}
	if c.Pause == 0 {
		c.Pause = 200 * time.Millisecond
	}
	return &Runner{config: c}
}

// Run implements [step.Runner].
func (r *Runner) Run(ctx context.Context, job step.Job) (step.Result, error) {
	profile, err := parseProfile(job.Profile)
	if err != nil {
		return step.Result{}, err
	}
	skip := profile.SkipOnMD5 && job.Earlier != nil
	if digest, ok := Digest(job.Inputs); skip && ok && digest == job.Earlier.Digest {
		return step.Result{SkipIngest: true, Report: reused(job)}, nil
	}
	folder, err := r.config.Locations.Create(ctx, job, profile.TargetLocation)
	if err != nil {
		return step.Result{}, err
	}
	result, err := r.retrieve(ctx, job, folder, skip)
	if err == nil && !result.SkipIngest {
		return result, nil
	}
	if derr := folder.Discard(ctx); derr != nil {
		job.Log.WarnContext(ctx, "partial files stay until they are swept", "folder", folder.Path(), "error", derr)
	}
	if ctx.Err() != nil {
		return step.Result{}, context.Cause(ctx)
	}
	return result, err
}

// retrieve fills the folder. When the result is to skip the ingest, or with an
// error, the folder is of no use.
func (r *Runner) retrieve(ctx context.Context, job step.Job, folder *location.Folder, skip bool) (step.Result, error) {
	loc := folder.Location()
	names := names{}
	progress := newProgress(job)
	var outputs []vod.Fileset
	for _, in := range job.Inputs {
		out := vod.Fileset{Files: []vod.File{}, Location: &loc, Labels: in.OutputLabels(job.LabelOut)}
		for _, f := range in.Files {
			got, err := r.file(ctx, job, folder, f, names, progress)
			if err != nil {
				return step.Result{}, err
			}
			out.Files = append(out.Files, got)
			progress.next()
		}
		outputs = append(outputs, out)
	}
	digest, _ := Digest(outputs)
	if skip && digest == job.Earlier.Digest {
		return step.Result{Outputs: relabelled(job), Digest: digest, SkipIngest: true, Report: reused(job)}, nil
	}
	inventory, err := folder.Commit(ctx)
	if err != nil {
		return step.Result{}, err
	}
	return step.Result{Outputs: outputs, Digest: digest, Work: step.Work{Bytes: inventory.Size()}}, nil
}

// reused tells whose files were found again.
func reused(job step.Job) *vod.Report {
	return &vod.Report{
		Reused:  job.Earlier.IngestID,
		Remarks: []string{fmt.Sprintf("The files are those of ingest %s: nothing is done again.", job.Earlier.IngestID)},
	}
}

// relabelled are the earlier ingest's files as outputs of this one.
func relabelled(job step.Job) []vod.Fileset {
	var outputs []vod.Fileset
	for _, fs := range job.Earlier.Retrieved {
		fs.Labels = append(fs.OutputLabels(job.LabelOut), vod.LabelSkippedUpload)
		outputs = append(outputs, fs)
	}
	return outputs
}

// file copies one file into the folder. A wrong MD5 is given one more chance,
// since caches do hand out old or damaged files.
func (r *Runner) file(ctx context.Context, job step.Job, folder *location.Folder, f vod.File, taken names, p *progress) (vod.File, error) {
	src, err := r.open(ctx, job, f.URI)
	if err != nil {
		return vod.File{}, err
	}
	defer src.Close()
	name := taken.add(src.Name())
	dst, err := newSink(job, folder, name, r.config.MinFree, p)
	if err != nil {
		return vod.File{}, err
	}
	defer func() { _ = dst.close() }() // for errors; the last step below looks
	for try := 1; ; try++ {
		if err := src.CopyTo(ctx, dst); err != nil {
			return vod.File{}, err
		}
		if dst.size == 0 {
			return vod.File{}, emptyError(f.URI)
		}
		sum := dst.md5Sum()
		if f.MD5Sum == nil || strings.EqualFold(*f.MD5Sum, sum) {
			break
		}
		if try == 2 {
			return vod.File{}, checksumError(f.URI, *f.MD5Sum, sum)
		}
		if err := dst.reset(); err != nil {
			return vod.File{}, err
		}
	}
	if err := dst.close(); err != nil {
		return vod.File{}, err
	}
	folder.Known(dst.entry())
	sum := dst.md5Sum()
	return vod.File{MediaType: f.MediaType, Language: f.Language, URI: folder.URI(name), MD5Sum: &sum}, nil
}
