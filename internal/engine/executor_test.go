package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// runner is a step that is a function.
type runner func(ctx context.Context, job step.Job) (step.Result, error)

func (r runner) Run(ctx context.Context, job step.Job) (step.Result, error) { return r(ctx, job) }

// flaky is a store whose changes fail as told.
type flaky struct {
	store.Ingests
	mu   sync.Mutex
	fail int // the next so many changes fail
}

var errDiskFull = errors.New("database or disk is full")

func (f *flaky) IngestChange(ctx context.Context, id string, change func(*vod.Run) error) error {
	f.mu.Lock()
	f.fail--
	failing := f.fail >= 0
	f.mu.Unlock()
	if failing {
		return errDiskFull
	}
	return f.Ingests.IngestChange(ctx, id, change)
}

func (f *flaky) failNext(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = n
}

const (
	tenant   = "acme"
	ingestID = "7dd40659-2494-45bc-b533-83e7deb97155"
)

// fixture is an executor over a real store with one ingest of one retrieval.
type fixture struct {
	*engine.Executor
	t       *testing.T
	store   *flaky
	catalog store.Catalog
	run     runner // of the step
	gone    bool   // files of earlier ingests
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	f := &fixture{t: t, store: &flaky{Ingests: db}, catalog: db}
	f.Executor = engine.NewExecutor(engine.Config{
		Store: f.store,
		Steps: map[engine.Kind]step.Runner{
			{Stage: vod.Retrieval, Type: "fetch"}: runner(func(ctx context.Context, j step.Job) (step.Result, error) { return f.run(ctx, j) }),
			{Stage: vod.Packaging, Type: "pack"}:  runner(func(ctx context.Context, j step.Job) (step.Result, error) { return f.run(ctx, j) }),
		},
		Parse: parse, Exists: func(context.Context, string, []vod.Fileset) bool { return !f.gone },
		Scratch: filepath.Join(t.TempDir(), "scratch"), Now: vod.Now, Log: slog.New(slog.DiscardHandler),
	})
	f.create(vod.Ingest{ID: ingestID, Input: json.RawMessage(`["fetch"]`)})
	return f
}

// parse reads a list of step types, all of them retrievals but "pack".
func parse(input json.RawMessage) (*plan.Plan, []vod.Fileset, error) {
	var types []string
	if err := json.Unmarshal(input, &types); err != nil {
		return nil, nil, err
	}
	var steps []vod.Step
	for _, typ := range types {
		stage := vod.Retrieval
		if typ == "pack" {
			stage = vod.Packaging
		}
		steps = append(steps, vod.Step{
			Stage: stage, Type: typ, Filter: vod.LabelInitialInput, LabelOut: "retrieved", Profile: json.RawMessage(`{}`),
		})
	}
	p, problems := plan.New(steps)
	if len(problems) > 0 {
		return nil, nil, errors.New(problems[0].Message)
	}
	return p, []vod.Fileset{{Files: []vod.File{{URI: "in.mp4"}}, Labels: []string{vod.LabelInitialInput}}}, nil
}

func (f *fixture) create(in vod.Ingest) {
	f.t.Helper()
	in.Tenant, in.AssetID, in.ProfileName, in.ProfileVersion = tenant, "1", "p", 1
	in.Status, in.Start, in.HasInput, in.MediaKey = vod.Queued, vod.Now(), true, in.ID
	if _, err := f.store.IngestCreate(f.t.Context(), in, nil, vod.AuditEntry{}); err != nil {
		f.t.Fatal(err)
	}
}

// ready advances the ingest and gives the id of its one task.
func (f *fixture) ready(id string) string {
	f.t.Helper()
	state, err := f.Advance(f.t.Context(), id)
	if err != nil || len(state.Ready) != 1 {
		f.t.Fatalf("advance: %+v, %v", state, err)
	}
	return state.Ready[0].TaskID
}

// runTask runs the ingest's one task.
func (f *fixture) runTask(id string) engine.State {
	f.t.Helper()
	state, err := f.RunTask(f.t.Context(), id, f.ready(id))
	if err != nil {
		f.t.Fatal(err)
	}
	return state
}

func (f *fixture) get(id string) vod.Run {
	f.t.Helper()
	run, err := f.store.IngestGet(f.t.Context(), tenant, id)
	if err != nil {
		f.t.Fatal(err)
	}
	return run
}

func (f *fixture) attempts(task string) []vod.Attempt {
	f.t.Helper()
	list, err := f.store.TaskAttempts(f.t.Context(), task)
	if err != nil {
		f.t.Fatal(err)
	}
	return list
}

func done(context.Context, step.Job) (step.Result, error) { return step.Result{}, nil }

func TestAttemptTellsWhatItDid(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.run = func(_ context.Context, job step.Job) (step.Result, error) {
		job.Trace([]string{"ffmpeg", "-i"}, "frame=1")
		job.Trace([]string{"ffmpeg", "-i", "in.mp4"}, "Invalid data found")
		return step.Result{}, &vod.StepError{
			Class: vod.ClassMedia, Reason: vod.ReasonBadMedia, Message: "in.mp4 is no video.", Cause: errors.New("exit status 1"),
		}
	}
	state := f.runTask(ingestID)
	if state.Status != vod.Failed || state.Failure == nil || state.Failure.Class != vod.ClassMedia {
		t.Errorf("state %+v", state)
	}
	got := f.attempts(f.get(ingestID).Tasks[0].ID)[0]
	if got.Status != vod.TaskFailed || got.Number != 1 || got.Log != "Invalid data found" || got.Error.Message != "in.mp4 is no video." {
		t.Errorf("attempt %+v", got)
	}
	if d := cmp.Diff([]string{"ffmpeg", "-i", "in.mp4"}, got.Command); d != "" {
		t.Errorf("command (-want +got):\n%s", d)
	}
	if got.Start.IsZero() || got.End.Before(got.Start) {
		t.Errorf("from %s to %s", got.Start, got.End)
	}
}

// TestAttemptTellsOfItsWork: what succeeded may tell more than what it put out,
// but not without bounds.
func TestAttemptTellsOfItsWork(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.run = func(context.Context, step.Job) (step.Result, error) {
		remarks := []string{"The source has 24 frames per second.", strings.Repeat("x", vod.MaxReport)}
		return step.Result{Report: &vod.Report{
			Remarks: remarks, Renditions: []vod.RenditionReport{{Name: "720p", Quality: &vod.Quality{SSIM: math.NaN()}}},
		}}, nil
	}
	f.runTask(ingestID)
	want := &vod.Report{
		Remarks: []string{"The source has 24 frames per second."}, Renditions: []vod.RenditionReport{{Name: "720p"}},
	}
	if d := cmp.Diff(want, f.attempts(f.get(ingestID).Tasks[0].ID)[0].Report); d != "" {
		t.Errorf("report (-want +got):\n%s", d)
	}
}

// TestEndIsRecordedLater: a store that fails for a while loses no work that is
// done.
func TestEndIsRecordedLater(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.run = func(context.Context, step.Job) (step.Result, error) {
		f.store.failNext(1)
		return step.Result{Digest: "d"}, nil
	}
	if state := f.runTask(ingestID); state.Status != vod.Completed {
		t.Errorf("state %+v", state)
	}
	run := f.get(ingestID)
	if run.Ingest.InputDigest != "d" || len(f.attempts(run.Tasks[0].ID)) != 1 {
		t.Errorf("ingest %+v", run.Ingest)
	}
}

func TestClaimFails(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.run = done
	task := f.ready(ingestID)
	f.store.failNext(1)
	if _, err := f.RunTask(t.Context(), ingestID, task); !errors.Is(err, errDiskFull) {
		t.Errorf("error %v", err)
	}
	if s := f.get(ingestID).Tasks[0].Status; s != vod.TaskPending {
		t.Errorf("the task is %s", s)
	}
	f.runTask(ingestID)
	if _, err := f.RunTask(t.Context(), ingestID, task); !errors.Is(err, plan.ErrNotClaimable) {
		t.Errorf("a task that is done: %v", err)
	}
	if _, err := f.RunTask(t.Context(), "00000000-0000-0000-0000-000000000000", task); vod.CodeOf(err) != vod.NotFound {
		t.Errorf("an ingest that is not there: %v", err)
	}
}

func TestScratchIsOfOneAttempt(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var folder string
	f.run = func(_ context.Context, job step.Job) (step.Result, error) {
		folder = job.Scratch
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Errorf("cannot make the folder: %v", err)
		}
		if err := os.WriteFile(filepath.Join(folder, "half.mp4"), []byte("x"), 0o600); err != nil {
			t.Error(err)
		}
		panic("out of range")
	}
	f.runTask(ingestID)
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the scratch folder after the attempt: %v", err)
	}
}

// TestUnreadable: an ingest whose documents cannot be read ends and says so.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	const second = "11111111-2494-45bc-b533-83e7deb97155"
	f := newFixture(t)
	f.create(vod.Ingest{ID: second, Input: json.RawMessage(`{"steps":1}`)})
	if state, err := f.Advance(t.Context(), second); err != nil || state.Status != vod.Failed {
		t.Fatalf("state %+v, %v", state, err)
	}
	task := f.ready(ingestID)
	err := f.store.IngestChange(t.Context(), ingestID, func(run *vod.Run) error {
		run.Ingest.Input = json.RawMessage(`{}`)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.RunTask(t.Context(), ingestID, task); !errors.Is(err, plan.ErrNotClaimable) {
		t.Errorf("claim: %v", err)
	}
	for _, id := range []string{ingestID, second} {
		run := f.get(id)
		if in := run.Ingest; in.Status != vod.Failed || in.End.IsZero() || !strings.Contains(in.Error, "profile snapshot") {
			t.Errorf("%s: %+v", id, in)
		}
		for _, task := range run.Tasks {
			if task.Status != vod.TaskCancelled {
				t.Errorf("its task is %s", task.Status)
			}
		}
	}
	left, err := f.store.IngestUnfinished(t.Context())
	if err != nil || len(left) > 0 {
		t.Errorf("unfinished: %v, %v", left, err)
	}
}

func TestUnknownStepType(t *testing.T) {
	t.Parallel()
	const id = "11111111-2494-45bc-b533-83e7deb97155"
	f := newFixture(t)
	f.create(vod.Ingest{ID: id, Input: json.RawMessage(`["teleport"]`)})
	failure := f.runTask(id).Failure
	if failure == nil || failure.Class != vod.ClassConfig || !strings.Contains(failure.Message, `RETRIEVAL step of type "teleport"`) {
		t.Errorf("failure %+v", failure)
	}
}

// TestEarlier: a retrieval is told of the ingest whose files it may reuse, as
// long as they are there and nobody insists on the work.
func TestEarlier(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		force, gone bool
		want        bool
	}{
		{name: "there", want: true},
		{name: "gone", gone: true},
		{name: "forced", force: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			const second = "99999999-2494-45bc-b533-83e7deb97155"
			f := newFixture(t)
			retrieved := []vod.Fileset{{Files: []vod.File{{URI: "kept.mp4"}}, Labels: []string{"retrieved"}}}
			f.run = func(context.Context, step.Job) (step.Result, error) {
				return step.Result{Outputs: retrieved, Digest: "d"}, nil
			}
			f.runTask(ingestID)
			f.create(vod.Ingest{ID: second, Input: json.RawMessage(`["fetch"]`), Force: test.force})
			f.gone = test.gone
			var got *step.Earlier
			f.run = func(_ context.Context, job step.Job) (step.Result, error) {
				got = job.Earlier
				return step.Result{SkipIngest: true}, nil
			}
			f.runTask(second)
			var want *step.Earlier
			if test.want {
				want = &step.Earlier{IngestID: ingestID, Digest: "d", Retrieved: retrieved}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("earlier (-want +got):\n%s", d)
			}
		})
	}
}

// TestPublished: a packaging is told of what the asset is played from, and of
// that only what was packaged.
func TestPublished(t *testing.T) {
	t.Parallel()
	const second, third = "88888888-2494-45bc-b533-83e7deb97155", "99999999-2494-45bc-b533-83e7deb97155"
	f := newFixture(t)
	var got *step.Published
	ahead := ""
	packaged := []vod.Fileset{{Files: []vod.File{{URI: "index.m3u8"}}, Labels: []string{"retrieved", vod.KindHLS}}}
	f.run = func(ctx context.Context, job step.Job) (step.Result, error) {
		got, ahead = job.Published, job.Ahead
		p := vod.Playback{Tenant: job.Tenant, AssetID: job.AssetID, IngestID: job.IngestID, HLS: "https://a.example/index.m3u8"}
		return step.Result{Outputs: packaged}, f.catalog.CatalogPublish(ctx, p, job.TaskID, job.Attempt)
	}
	expect := func(want *step.Published, before string) {
		t.Helper()
		if ahead != before {
			t.Errorf("%q has to end before, want %q", ahead, before)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("published (-want +got):\n%s", d)
		}
	}
	f.create(vod.Ingest{ID: second, Input: json.RawMessage(`["pack"]`)})
	f.runTask(second)
	expect(nil, ingestID)
	f.create(vod.Ingest{ID: third, Input: json.RawMessage(`["pack"]`)})
	f.runTask(third)
	expect(&step.Published{IngestID: second, Packaged: packaged}, ingestID)
	f.runTask(ingestID) // A retrieval, which has no use for it.
	expect(nil, "")
}
