package plan

import (
	"fmt"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// ending tells whether the run is to end without all its steps, and whether
// it can do so now, because nothing that was begun goes on. Callers that get
// (status, false) must not make new tasks; see [Plan.open].
func (p *Plan) ending(run *vod.Run) (status vod.IngestStatus, over bool) {
	running, retrying := false, false
	for _, t := range run.Tasks {
		running = running || t.Status == vod.TaskRunning
		retrying = retrying || t.Status == vod.TaskPending && t.Failures > 0
	}
	switch {
	case run.Ingest.Status == vod.Cancelling:
		return vod.Cancelled, !running
	case failed(run) != nil:
		return vod.Failed, !running && !retrying
	case skips(run):
		return vod.Skipped, !running && !retrying
	}
	return "", false
}

// Ending is the status that the run is bound to end in without doing all its
// steps, empty while there is none.
func (p *Plan) Ending(run *vod.Run) vod.IngestStatus {
	status, _ := p.ending(run)
	return status
}

// open tells whether new tasks may be made and claimed for the first time.
func (p *Plan) open(run *vod.Run) bool {
	return p.Ending(run) == "" && !run.Ingest.Imported && !run.Ingest.Status.Final()
}

func (p *Plan) end(run *vod.Run, status vod.IngestStatus, now time.Time) {
	in := &run.Ingest
	in.Status, in.End = status, later(now, in.Start)
	for i := range run.Tasks {
		t := &run.Tasks[i]
		if t.Status == vod.TaskPending {
			t.Status, t.End = vod.TaskCancelled, later(now, t.Start)
		}
		in.End = later(in.End, t.End)
	}
	switch status {
	case vod.Completed:
		in.Progress = 100
	case vod.Failed:
		t := failed(run)
		in.Error = fmt.Sprintf("%s failed: %s", t.Stage, t.Error.Sentence())
	case vod.Cancelled:
		in.Error = p.remains(run)
	}
}

// remains names what a cancelled ingest had published where this server
// cannot take it back.
func (p *Plan) remains(run *vod.Run) string {
	for _, t := range run.Tasks {
		s := p.steps[t.Step]
		if t.Stage == vod.Playout && t.Status == vod.TaskCompleted && !s.IsCatalog() {
			return fmt.Sprintf("Cancelled after PLAYOUT %s (%s) had published; what it published stays.", s.Name, s.Type)
		}
	}
	return ""
}

// failed is the first claimed task that failed, or nil.
func failed(run *vod.Run) (first *vod.Task) {
	for i := range run.Tasks {
		t := &run.Tasks[i]
		if t.Status == vod.TaskFailed && (first == nil || t.Order < first.Order) {
			first = t
		}
	}
	return first
}

// skips tells whether a task found that the files are known.
func skips(run *vod.Run) bool {
	for _, t := range run.Tasks {
		if t.Stage != vod.Retrieval || !t.Status.Ended() {
			continue
		}
		if t.Status == vod.TaskSkipped && t.Order > 0 {
			return true
		}
		out, err := t.OutputFilesets()
		if err == nil && t.Status == vod.TaskCompleted && len(out) > 0 && out[0].Has(vod.LabelSkippedUpload) {
			return true
		}
	}
	return false
}
