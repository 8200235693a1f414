package plan

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func mustInput(t failer, task vod.Task) []vod.Fileset {
	var in vod.TaskInput
	if err := json.Unmarshal(task.Input, &in); err != nil {
		t.Fatal(err)
	}
	return in.Filesets
}

// during runs a classic ingest to just before the given step is claimed.
func during(t *testing.T, steps []vod.Step, upTo int) *world {
	t.Helper()
	p, problems := New(steps)
	if problems != nil {
		t.Fatal(problems)
	}
	w := newWorld(t, p)
	for w.advance(); len(w.run.Tasks) <= upTo; w.advance() {
		w.act(p.Ready(&w.run, w.now)[0], "done")
	}
	return w
}

func TestFailureKeepsWhatRuns(t *testing.T) {
	t.Parallel()
	w := during(t, classic(), 5) // both playouts are ready
	hls, dash := w.run.Tasks[4].ID, w.run.Tasks[5].ID
	for _, id := range []string{hls, dash} {
		if err := w.plan.Claim(&w.run, id, w.now); err != nil {
			t.Fatal(err)
		}
	}
	bad := &vod.StepError{Class: vod.ClassConfig, Message: "No such host.", Hint: "Correct it."}
	finish(t, w, hls, 1, Outcome{Err: bad})
	if w.run.Ingest.Status != vod.Running {
		t.Fatalf("ended as %s while a task ran", w.run.Ingest.Status)
	}
	finish(t, w, dash, 1, Outcome{})
	if got := w.run.Ingest.Error; got != "PLAYOUT failed: No such host. Correct it." {
		t.Errorf("error = %q", got)
	}
	if w.run.Ingest.Status != vod.Failed || w.run.Task(dash).Status != vod.TaskCompleted {
		t.Errorf("ended as %s, sibling %s", w.run.Ingest.Status, w.run.Task(dash).Status)
	}
}

// TestWaitingIsNoFailure: an attempt that finds that something else goes first is
// made again for as long as that takes.
func TestWaitingIsNoFailure(t *testing.T) {
	t.Parallel()
	w := during(t, classic(), 2)
	id := w.run.Tasks[2].ID
	waits := &vod.StepError{Class: vod.ClassInfra, Reason: vod.ReasonWaits, Message: "Another ingest goes first."}
	for attempt := 1; attempt <= 4*MaxFailures; attempt++ {
		if err := w.plan.Claim(&w.run, id, w.now); err != nil {
			t.Fatalf("attempt %d: %v", attempt, err)
		}
		finish(t, w, id, attempt, Outcome{Err: waits})
		got := w.run.Task(id)
		if got.Status != vod.TaskPending || got.Failures != 0 || got.NotBefore.IsZero() {
			t.Fatalf("attempt %d: %s, %d failures, next at %v", attempt, got.Status, got.Failures, got.NotBefore)
		}
		w.now = got.NotBefore
	}
	if err := w.plan.Claim(&w.run, id, w.now); err != nil {
		t.Fatal(err)
	}
	finish(t, w, id, 4*MaxFailures+1, Outcome{})
	if got := w.run.Task(id); got.Status != vod.TaskCompleted || w.run.Ingest.Status == vod.Failed {
		t.Errorf("task %s, ingest %s", got.Status, w.run.Ingest.Status)
	}
}

func TestRetryDoesOnlyWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := during(t, classic(), 3)
	finish(t, w, claim(t, w, 3), 1, Outcome{Err: &vod.StepError{Class: vod.ClassMedia, Message: "m"}})
	encoded := w.run.Tasks[1].ID
	if err := w.plan.Retry(&w.run, func(task vod.Task) bool { return task.ID == encoded }); err != nil {
		t.Fatal(err)
	}
	w.advance()
	want := []vod.TaskStatus{vod.TaskCompleted, vod.TaskPending, vod.TaskPending, vod.TaskPending}
	for i, s := range want {
		if w.run.Tasks[i].Status != s {
			t.Errorf("task %d is %s, want %s", i, w.run.Tasks[i].Status, s)
		}
	}
	ready := w.plan.Ready(&w.run, w.now)
	if len(ready) != 1 || ready[0].TaskID != encoded {
		t.Fatalf("ready = %v, want only the encoding whose outputs are gone", ready)
	}
	claim(t, w, 1)
	if got := w.run.Tasks[1].Attempt; got != 2 {
		t.Errorf("attempt = %d, want 2", got)
	}
	if err := w.plan.Retry(&w.run, func(vod.Task) bool { return false }); vod.CodeOf(err) != vod.Conflict {
		t.Errorf("retry of a running ingest: %v, want a conflict", err)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	w := during(t, classic(), 1)
	id := claim(t, w, 1)
	for range 2 { // Cancelling twice is no error.
		if err := Cancel(&w.run); err != nil {
			t.Fatal(err)
		}
		w.advance()
		if w.run.Ingest.Status != vod.Cancelling {
			t.Fatalf("%s while a task runs, want CANCELLING", w.run.Ingest.Status)
		}
	}
	finish(t, w, id, 1, Outcome{Err: &vod.StepError{Class: vod.ClassCancelled, Message: "m"}})
	if w.run.Ingest.Status != vod.Cancelled || w.run.Tasks[1].Status != vod.TaskCancelled ||
		w.run.Tasks[0].Status != vod.TaskCompleted {
		t.Errorf("ended as %s with %s, %s", w.run.Ingest.Status, w.run.Tasks[0].Status, w.run.Tasks[1].Status)
	}
	for _, s := range []vod.IngestStatus{vod.Completed, vod.Skipped, vod.Failed} {
		run := vod.Run{Ingest: vod.Ingest{Status: s}}
		if err := Cancel(&run); vod.CodeOf(err) != vod.Conflict {
			t.Errorf("cancel of %s: %v, want a conflict", s, err)
		}
	}
}

func TestSkip(t *testing.T) {
	t.Parallel()
	known := vod.Fileset{Labels: []string{"retrieved", vod.LabelSkippedUpload}}
	five := classic()[:5]
	tests := map[string]struct {
		outcome  Outcome
		progress int
		task     vod.TaskStatus
	}{
		"known beforehand":    {Outcome{Skipped: true}, 0, vod.TaskSkipped},
		"known after reading": {Outcome{Filesets: []vod.Fileset{known}, Digest: "d"}, 20, vod.TaskCompleted},
	}
	for name, tt := range tests {
		w := during(t, five, 0)
		finish(t, w, claim(t, w, 0), 1, tt.outcome)
		in := w.run.Ingest
		if in.Status != vod.Skipped || in.Progress != tt.progress || w.run.Tasks[0].Status != tt.task || len(w.run.Tasks) != 1 {
			t.Errorf("%s: %s at %d with %s", name, in.Status, in.Progress, w.run.Tasks[0].Status)
		}
	}
}

func TestAttemptsRunOut(t *testing.T) {
	t.Parallel()
	w := during(t, classic(), 0)
	remote := &vod.StepError{Class: vod.ClassRemote, Message: "m"}
	for attempt := 1; attempt <= MaxFailures; attempt++ {
		finish(t, w, claim(t, w, 0), attempt, Outcome{Err: remote})
	}
	if w.run.Ingest.Status != vod.Failed || w.run.Tasks[0].Attempt != 5 {
		t.Errorf("%s after %d attempts", w.run.Ingest.Status, w.run.Tasks[0].Attempt)
	}
	w = during(t, classic(), 0)
	for range MaxLost {
		claim(t, w, 0)
		w.plan.Recover(&w.run, w.now)
		w.advance()
	}
	if w.run.Ingest.Status != vod.Failed || w.run.Tasks[0].Error.Reason != vod.ReasonLost {
		t.Errorf("%s after %d lost attempts", w.run.Ingest.Status, w.run.Tasks[0].Attempt)
	}
	if got := Delay(1) + Delay(2) + Delay(3) + Delay(4); got != 15*time.Second || Delay(20) != time.Minute {
		t.Errorf("delays: %v in all, %v at most", got, Delay(20))
	}
}

func claim(t *testing.T, w *world, step int) string {
	t.Helper()
	id := taskOf(&w.run, step).ID
	if err := w.plan.Claim(&w.run, id, w.now); err != nil {
		t.Fatal(err)
	}
	return id
}

func finish(t *testing.T, w *world, id string, attempt int, o Outcome) {
	t.Helper()
	if err := w.plan.Finish(&w.run, id, attempt+1, o, w.now); !errors.Is(err, ErrStale) {
		t.Fatalf("a stale attempt could write: %v", err)
	}
	if err := w.plan.Finish(&w.run, id, attempt, o, w.now); err != nil {
		t.Fatal(err)
	}
	w.advance()
}

// TestOvertakenCancel: an attempt that is interrupted for a cancel which a
// retry has overtaken is done again; it has not failed.
func TestOvertakenCancel(t *testing.T) {
	t.Parallel()
	w := during(t, classic(), 1)
	id := w.run.Tasks[1].ID
	if err := w.plan.Claim(&w.run, id, w.now); err != nil {
		t.Fatal(err)
	}
	finish(t, w, id, 1, Outcome{Err: &vod.StepError{Class: vod.ClassCancelled, Message: "The ingest was cancelled."}})
	if task := w.run.Task(id); task.Status != vod.TaskPending || task.Failures != 0 {
		t.Errorf("after the interruption: %+v", task)
	}
	if ready := w.plan.Ready(&w.run, w.now); len(ready) != 1 || ready[0].TaskID != id {
		t.Errorf("ready: %+v", ready)
	}
}

// TestRecoverTask takes back one attempt and leaves the one beside it.
func TestRecoverTask(t *testing.T) {
	t.Parallel()
	w := during(t, classic(), 5) // both playouts are ready
	lost, other := w.run.Tasks[4].ID, w.run.Tasks[5].ID
	for _, id := range []string{lost, other} {
		if err := w.plan.Claim(&w.run, id, w.now); err != nil {
			t.Fatal(err)
		}
	}
	w.plan.RecoverTask(&w.run, lost, w.now)
	w.plan.RecoverTask(&w.run, "unknown", w.now)
	if l, o := w.run.Task(lost), w.run.Task(other); l.Status != vod.TaskPending || l.Lost != 1 || o.Status != vod.TaskRunning {
		t.Errorf("lost: %+v, other: %+v", l, o)
	}
	w.plan.RecoverTask(&w.run, lost, w.now)
	if l := w.run.Task(lost); l.Lost != 1 {
		t.Errorf("lost twice: %+v", l)
	}
}

// TestNoShare: nothing done out of nothing to do is no progress.
func TestNoShare(t *testing.T) {
	t.Parallel()
	w := during(t, classic(), 1)
	id := w.run.Tasks[1].ID
	if err := w.plan.Claim(&w.run, id, w.now); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ reported, want float64 }{
		{math.NaN(), 0}, {-1, 0}, {0.5, 0.5}, {0.25, 0.5}, {math.NaN(), 0.5}, {math.Inf(1), 1},
	} {
		if err := w.plan.Report(&w.run, id, 1, c.reported); err != nil {
			t.Fatal(err)
		}
		if got := w.run.Task(id).Share; got != c.want {
			t.Errorf("after %v the share is %v, not %v", c.reported, got, c.want)
		}
	}
}

// TestRetryKeepsOutputs: until a task puts out something new, what it put out
// before stays recorded, since the catalogue may serve it, but is not used.
func TestRetryKeepsOutputs(t *testing.T) {
	t.Parallel()
	w := during(t, classic(), 3)
	finish(t, w, claim(t, w, 3), 1, Outcome{Err: &vod.StepError{Class: vod.ClassMedia, Message: "m"}})
	if err := w.plan.Retry(&w.run, func(vod.Task) bool { return true }); err != nil {
		t.Fatal(err)
	}
	w.advance()
	if out, err := w.run.Tasks[1].OutputFilesets(); err != nil || len(out) == 0 {
		t.Errorf("the encoding's outputs are %v, %v", out, err)
	}
	finish(t, w, claim(t, w, 0), 2, Outcome{})
	if w.run.Ingest.Status != vod.Completed || w.run.Tasks[1].Outputs != nil {
		t.Errorf("%s with old outputs %s, want them dropped as nothing came in", w.run.Ingest.Status, w.run.Tasks[1].Outputs)
	}
}

// TestLossesInARow: a stop in order ends a row of losses, and an ingest that
// is cancelled does not fail for them.
func TestLossesInARow(t *testing.T) {
	t.Parallel()
	w := during(t, classic(), 0)
	for attempt := 1; attempt <= 6; attempt++ {
		id := claim(t, w, 0)
		if attempt%3 == 0 {
			finish(t, w, id, attempt, Outcome{GivenBack: true})
			continue
		}
		w.plan.Recover(&w.run, w.now)
		w.advance()
	}
	for range MaxLost - 1 {
		claim(t, w, 0)
		w.plan.Recover(&w.run, w.now)
	}
	claim(t, w, 0)
	if err := Cancel(&w.run); err != nil {
		t.Fatal(err)
	}
	w.plan.Recover(&w.run, w.now)
	w.advance()
	if w.run.Ingest.Status != vod.Cancelled || w.run.Tasks[0].Status != vod.TaskCancelled {
		t.Errorf("%s with %s", w.run.Ingest.Status, w.run.Tasks[0].Status)
	}
}
