package packaging

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/check"
	"github.com/via-orchestrate/orchestrate/internal/check/fetch"
	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// maxRemarks is how many findings that do not fail the package are told.
const maxRemarks = 10

// declared is a track that the package must hold.
type declared struct {
	folder   string
	video    bool
	codecs   string
	expected float64 // seconds
	start    float64 // seconds
}

func (in *inputs) declared() []declared {
	var out []declared
	for _, s := range in.sources {
		out = append(out, declared{s.folder, s.isVideo(), s.track.Entry.Codecs, s.expected, s.seconds(max(s.start(), 0))})
	}
	return out
}

// verify has package check read the finished package back, trusting nothing that
// was known while writing but what the tracks should be, and the key. An ERROR
// fails it; the rest comes back as remarks: a source may be black on purpose.
//
// Without the key of an encrypted package, whose media were verified when they
// were written, it goes as far as it can.
func (r *runner) verify(
	ctx context.Context, job step.Job, dir string, tracks []declared, p manifest.Presentation, protect *encryption,
) (remarks []string, err error) {
	folder, err := fetch.OpenFolder(dir)
	if err != nil {
		return nil, unreadable(filepath.Base(dir), err)
	}
	defer folder.Close()
	options := check.Options{
		Source: folder, Manifests: []string{manifest.MultivariantName}, Parallel: runtime.NumCPU(),
		Tools: r.tools, Scratch: filepath.Join(job.Scratch, "verify"), Trace: job.Trace,
		Expect:   &check.Expect{Tracks: expected(tracks), Formats: []string{check.FormatHLS}},
		Progress: func(share float64) { job.Progress(shareWritten + (1-shareWritten)*share) },
	}
	if p.HasDASH() {
		options.Manifests = append(options.Manifests, manifest.MPDName)
		options.Expect.Formats = append(options.Expect.Formats, check.FormatDASH)
	}
	switch {
	case protect != nil:
		options.Decrypt = protect
	case p.Protection != nil && p.Protection.Scheme == manifest.SchemeAES128:
		options.Expect = nil // nothing of the media can be read
	}
	report, err := check.Run(ctx, options)
	var path *fs.PathError
	switch {
	case errors.Is(err, check.ErrUnreadable):
		return nil, unverified("The manifests cannot be read back: %v.", err)
	case errors.As(err, &path):
		return nil, unreadable(filepath.Base(path.Path), err)
	case err != nil:
		return nil, err
	}
	return judged(report)
}

func expected(tracks []declared) []check.ExpectedTrack {
	var out []check.ExpectedTrack
	for _, d := range tracks {
		kind := "audio"
		if d.video {
			kind = "video"
		}
		out = append(out, check.ExpectedTrack{Name: d.folder, Kind: kind, Codecs: d.codecs, Start: d.start, Duration: d.expected})
	}
	return out
}

// judged turns the findings into the error of the step, or into remarks.
func judged(report *check.Report) (remarks []string, err error) {
	var faults []string
	for _, f := range report.Findings {
		text := f.Message
		if f.Where != "" {
			text = f.Where + ": " + text
		}
		switch f.Severity {
		case check.Error:
			faults = append(faults, fmt.Sprintf("%s (%s: %s)", text, f.Rule, f.Clause))
		case check.Warning:
			if len(remarks) < maxRemarks {
				remarks = append(remarks, "Verification: "+text+".")
			}
		}
	}
	if len(faults) == 0 {
		return remarks, nil
	}
	failed := unverified("The package breaks %d rules; first: %s.", len(faults), faults[0])
	if len(faults) == 1 {
		failed = unverified("The package breaks a rule: %s.", faults[0])
	}
	var se *vod.StepError
	if errors.As(failed, &se) {
		se.Cause = errors.New(strings.Join(faults, "\n"))
	}
	return nil, failed
}
