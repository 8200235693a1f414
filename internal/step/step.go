// Package step is the contract between the task executor and the steps that do
// the work of a pipeline: retrieval, encoding, packaging, distribution and
// playout, each in a package below this one.
//
// A step gets input filesets, its own profile and a scratch folder, and puts
// out filesets. It knows no store and no engine. It can be run again at any
// time: every attempt writes below a folder of its own, so that what an
// earlier attempt left behind is never taken for a result.
package step

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Runner runs the steps of one type. It is safe for concurrent use.
//
// Run returns when the work is done or has really stopped: no process that it
// started outlives it. When ctx is cancelled, [context.Cause] tells why
// ([vod.ErrCancelled], [vod.ErrStopping]); Run then removes what it wrote and
// returns promptly with any error. All other errors should be a
// [vod.StepError]; one that is not counts as INFRA, internal.
type Runner interface {
	Run(ctx context.Context, job Job) (Result, error)
}

// Job is one attempt of one task.
type Job struct {
	Tenant   string
	AssetID  string
	IngestID string
	TaskID   string
	Attempt  int
	MediaKey string // folder of this ingest below the served media location

	Inputs   []vod.Fileset   // in the order in which they were put out
	Profile  json.RawMessage // the step's own profile, locations resolved
	LabelOut string          // label for the output filesets; empty for none

	// Scratch is the path of a folder for this attempt alone. It does not exist:
	// a step that needs it makes it. The executor removes it afterwards.
	Scratch string
	// Reserve asks for so many bytes of scratch space more than were reserved when
	// the attempt began; they are given back at its end. Its error, a
	// [vod.StepError], says that there is no room. nil: nothing is reserved. See
	// [Job.ReserveMore].
	Reserve func(bytes int64) error
	// Sources maps an input address as shown to the address to read, where
	// they differ. What it holds may be secret: it must not reach outputs,
	// errors or logs.
	Sources map[string]string
	// Earlier is the ingest whose files a retrieval may reuse, nil for none.
	Earlier *Earlier
	// Published is what the asset is played from when the attempt begins (PACKAGING
	// only), nil for nothing.
	Published *Published
	// Ahead is an ingest of the asset that was accepted before this one and has not
	// ended (PACKAGING only), empty for none: what it publishes takes the place of
	// Published.
	Ahead string

	// Progress reports the share done, 0..1. It may be called often, from any
	// goroutine, and never blocks for long.
	Progress func(share float64)
	// Trace records the last outside program and its last lines of output, for
	// the task's page. It may be called again as the program goes on.
	Trace func(command []string, log string)
	Log   *slog.Logger
}

// Estimator is a [Runner] that can tell how many bytes of scratch space an attempt
// of the job needs: what it downloads, and what it keeps there until it is
// uploaded. It is an estimate. The job is what is going to be run, but for
// Earlier, Published and Ahead.
type Estimator interface {
	Needs(ctx context.Context, job Job) (bytes int64, err error)
}

// ReserveMore is Job.Reserve, or nothing where there is none.
func (j Job) ReserveMore(bytes int64) error {
	if j.Reserve == nil || bytes <= 0 {
		return nil
	}
	return j.Reserve(bytes)
}

// Earlier is the newest completed ingest of the same tenant, asset and profile
// version, whose outputs all still exist.
type Earlier struct {
	IngestID string
	Digest   string // vod.Ingest.InputDigest
	// Retrieved are the output filesets of its RETRIEVAL.
	Retrieved []vod.Fileset
}

// Published is what PACKAGING put out in the ingest that the catalogue serves
// the asset from. Its files may be gone by the time that they are opened.
type Published struct {
	IngestID string
	Packaged []vod.Fileset
}

// Result is what a step that succeeded puts out.
type Result struct {
	// Outputs carry Job.LabelOut first, then their kind labels, then marks.
	Outputs []vod.Fileset
	// Digest identifies the files read (RETRIEVAL only).
	Digest string
	// SkipIngest ends the whole ingest as SKIPPED: its files are those of
	// Job.Earlier. With outputs the task is TASK_COMPLETED (the bytes had to be
	// read to know), without it is TASK_SKIPPED (known beforehand).
	SkipIngest bool
	// Work is how much was done, for statistics; zero where a step does not
	// count it.
	Work Work
	// Report tells people of the work; nil where there is nothing to tell.
	Report *vod.Report
}

// Work is how much an attempt has done.
type Work struct {
	Bytes int64         // of source files that a RETRIEVAL stored
	Media time.Duration // playing time of the sources that an ENCODING encoded
}
