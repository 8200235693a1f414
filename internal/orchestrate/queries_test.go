package orchestrate_test

import (
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// stepStates are the states and reasons of all steps.
func (s *service) stepStates(id string) []string {
	s.t.Helper()
	views, err := s.Steps(s.t.Context(), as(tenant), id)
	s.ok(err)
	var all []string
	for _, v := range views {
		all = append(all, v.State+": "+v.Reason)
	}
	return all
}

func (s *service) putProfile(name, text string) func(*orchestrate.Submission) {
	s.t.Helper()
	_, _, err := s.ProfilePut(s.t.Context(), as(tenant), name, []byte(text))
	s.ok(err)
	return func(sub *orchestrate.Submission) { sub.Profile = name }
}

func TestStepsOfAnIngest(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.submit(s.putProfile("two", twoPlayouts))
	s.waiting = "All 4 RETRIEVAL slots are busy."
	s.equal("queued", s.stepStates(id), []string{
		"ready: All 4 RETRIEVAL slots are busy.", "waiting: Waits for retrieval/0 to end.", "waiting: Waits for retrieval/0 to end.",
	})
	s.waiting = ""
	s.failures["CATALOG"] = &vod.StepError{Class: vod.ClassRemote, Reason: vod.ReasonUnreachable, Message: "Away."}
	s.runFirst(id, 2)
	s.equal("after a failed attempt", s.stepStates(id), []string{"done: ", "ready: Attempt 1 failed: Away.", "ready: "})
	views, err := s.Steps(t.Context(), as(tenant), id)
	s.ok(err)
	if views[1].NotBefore.IsZero() || views[1].TaskID == "" {
		t.Errorf("step that waits for its next attempt: %+v", views[1])
	}
	s.failures["CATALOG"] = badMedia()
	s.runFirst(id, 1)
	s.equal("after the failure", s.stepStates(id), []string{"done: ", "done: ", "never: The ingest is FAILED."})
	_, err = s.Steps(t.Context(), as(tenant), "unknown")
	s.refused(err, vod.NotFound)
}

// TestStepsOfAnIngestBoundToEnd: what is not done any more does not look as if
// it were to come.
func TestStepsOfAnIngestBoundToEnd(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.submit(s.putProfile("two", twoPlayouts))
	s.runFirst(id, 1)
	err := s.store.IngestChange(t.Context(), id, func(run *vod.Run) error {
		run.Ingest.Status = vod.Cancelling
		run.Tasks[1].Status, run.Tasks[1].Attempt, run.Tasks[1].Order = vod.TaskRunning, 1, 2
		return nil
	})
	s.ok(err)
	s.equal("cancelling", s.stepStates(id), []string{"done: ", "running: ", "never: The ingest is going to be CANCELLED."})
}

func TestStepThatHadNothingToDo(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.submit(s.putProfile("empty", `
retrieval: [{filesetFilter: initialInput, filesetLabelOut: retrieved, retrievalProfile: {name: r, type: vimond_file_retriever, targetLocation: {name: store}}}]
playout: [{filesetFilter: retrieved AND skippedUpload, filesetLabelOut: null, playoutProfile: {name: c, type: CATALOG}}]
`))
	s.equal("status", s.run(id).Ingest.Status, vod.Completed)
	s.equal("steps", s.stepStates(id), []string{"done: ", "done: No fileset matches its filter."})
}

func TestTask(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.submit()
	s.failures["FFMPEG"] = &vod.StepError{Class: vod.ClassInfra, Reason: vod.ReasonDiskFull, Message: "Full."}
	s.runFirst(id, 3)
	task := s.get(id).Tasks[1]
	view, err := s.Task(t.Context(), as(tenant), id, task.ID)
	s.ok(err)
	if len(view.Attempts) != 2 || view.Attempts[1].Error == nil || view.Attempts[1].Error.Reason != vod.ReasonDiskFull || view.Task.Failures != 2 {
		t.Errorf("%+v", view)
	}
	_, err = s.Task(t.Context(), as(tenant), s.submit(), task.ID)
	s.refused(err, vod.NotFound)
}
