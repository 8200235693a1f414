package orchestrate_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const tenant = "acme"

// as is someone who may do everything for the tenant.
func as(tenant string) vod.Caller {
	return vod.Caller{Subject: "ann", From: "192.0.2.1", Tenant: tenant, Permissions: vod.Permissions()}
}

// service is the use cases over a real store and the real executor, with an
// engine that runs tasks only when a test asks for it.
type service struct {
	*orchestrate.Service
	t        *testing.T
	store    *sqlite.Store
	executor *engine.Executor
	now      time.Time

	woken    []string                  // ingests, by the use cases
	held     string                    // why no work can begin
	waiting  string                    // what the engine says of every task
	removed  []string                  // ingests whose files were removed
	failures map[string]*vod.StepError // by step type: why it fails
	gone     map[vod.Stage]bool        // stages whose files are gone
	ran      []string                  // types of the steps that ran
}

func newService(t *testing.T) *service {
	t.Helper()
	s := &service{
		t: t, now: time.Date(2026, 11, 3, 7, 50, 0, 0, time.UTC),
		failures: map[string]*vod.StepError{}, gone: map[vod.Stage]bool{},
	}
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"), sqlite.WithNow(func() time.Time { return s.now }))
	if err != nil {
		t.Fatal(err)
	}
	s.store = db
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	s.Service, err = orchestrate.New(t.Context(), orchestrate.Config{
		Store: db, Engine: s, Locations: s, RemoveFiles: func(_ context.Context, ids ...string) { s.removed = append(s.removed, ids...) },
		Digest: digest, Version: "test", Hold: func() string { return s.held },
		Now: func() time.Time { s.now = s.now.Add(time.Second); return s.now }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	steps := map[engine.Kind]step.Runner{}
	for stage, types := range map[vod.Stage][]string{
		vod.Retrieval: {"vimond_file_retriever"}, vod.Encoding: {"FFMPEG"}, vod.Packaging: {"CMAF"},
		vod.SubtitlePublishing: {"WEBVTT"},
		vod.Distribution:       {"COPY", "URL_REWRITE"}, vod.Playout: {vod.TypeCatalog, "WEBHOOK"},
	} {
		for _, typ := range types {
			steps[engine.Kind{Stage: stage, Type: typ}] = &runner{s, stage, typ}
		}
	}
	s.executor = engine.NewExecutor(engine.Config{
		Store: db, Steps: steps, Parse: orchestrate.ParseInput, Exists: s.Exists,
		Scratch: t.TempDir(), Now: vod.Now, Log: slog.New(slog.DiscardHandler),
	})
	return s
}

// digest is that of the first file, if all have one.
func digest(filesets []vod.Fileset) (string, bool) {
	sum := filesets[0].Files[0].MD5Sum
	if sum == nil {
		return "", false
	}
	return *sum, true
}

// Wake implements orchestrate.Engine.
func (s *service) Wake(ctx context.Context, ingestID string) error {
	s.woken = append(s.woken, ingestID)
	_, err := s.executor.Advance(ctx, ingestID)
	return err
}

// Waiting implements orchestrate.Engine.
func (s *service) Waiting(context.Context, plan.Ready) string { return s.waiting }

// Resolve implements orchestrate.Locations.
func (s *service) Resolve(_ string, loc vod.Location) (vod.Location, error) {
	if loc.Name == "forbidden" {
		return loc, vod.Faultf(vod.Unusable, "There is no location named %q.", loc.Name)
	}
	loc.Type, loc.Path = vod.LocationFile, "/locations/"+loc.Name
	return loc, nil
}

// Exists implements orchestrate.Locations. A file's address names its stage.
func (s *service) Exists(_ context.Context, _ string, filesets []vod.Fileset) bool {
	for _, fs := range filesets {
		for stage, gone := range s.gone {
			if gone && strings.Contains(fs.Files[0].URI, string(stage)) {
				return false
			}
		}
	}
	return true
}

// runner is a step of one type.
type runner struct {
	s     *service
	stage vod.Stage
	typ   string
}

// Run implements step.Runner: it puts out a file, or publishes.
func (r *runner) Run(ctx context.Context, job step.Job) (step.Result, error) {
	r.s.ran = append(r.s.ran, r.typ)
	if err := r.s.failures[r.typ]; err != nil {
		return step.Result{}, err
	}
	if r.typ == vod.TypeCatalog {
		return step.Result{}, r.s.store.CatalogPublish(ctx, vod.Playback{
			Tenant: job.Tenant, AssetID: job.AssetID, IngestID: job.IngestID, HLS: "https://example.com/" + job.IngestID,
		}, job.TaskID, job.Attempt)
	}
	result := step.Result{Digest: "d41d8cd98f00b204e9800998ecf8427e"}
	for _, in := range job.Inputs {
		result.Outputs = append(result.Outputs, vod.Fileset{
			Files:  []vod.File{{MediaType: vod.MediaVideo, URI: fmt.Sprintf("file:///%s/%s/%d", r.stage, job.TaskID, job.Attempt)}},
			Labels: in.OutputLabels(job.LabelOut),
		})
	}
	return result, nil
}

// run runs the ingest's tasks until none is ready, and gives what came of it.
// A task that waits for its next attempt is run at once.
func (s *service) run(id string) vod.Run {
	s.t.Helper()
	state, err := s.executor.Advance(s.t.Context(), id)
	for err == nil && len(state.Ready) > 0 {
		state, err = s.executor.RunTask(s.t.Context(), id, state.Ready[0].TaskID)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return s.get(id)
}

// runFirst runs only so many of the ingest's tasks.
func (s *service) runFirst(id string, n int) {
	s.t.Helper()
	for range n {
		state, err := s.executor.Advance(s.t.Context(), id)
		if err == nil {
			_, err = s.executor.RunTask(s.t.Context(), id, state.Ready[0].TaskID)
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *service) get(id string) vod.Run {
	s.t.Helper()
	run, err := s.Get(s.t.Context(), as(tenant), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return run
}

// clip is a submission of one file of asset 1.
func clip() orchestrate.Submission {
	return orchestrate.Submission{
		AssetID: "1", Filesets: []vod.Fileset{{Files: []vod.File{{URI: "https://example.com/clip.mp4"}}}},
	}
}

func (s *service) submit(change ...func(*orchestrate.Submission)) string {
	s.t.Helper()
	sub := clip()
	for _, c := range change {
		c(&sub)
	}
	id, err := s.Submit(s.t.Context(), as(tenant), sub, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// refused ends the test unless err is a fault with the code.
func (s *service) refused(err error, code vod.Code) {
	s.t.Helper()
	if vod.CodeOf(err) != code {
		s.t.Fatalf("got %v, want a fault %s", err, code)
	}
}

func (s *service) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *service) equal(what string, got, want any) {
	s.t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		s.t.Fatalf("%s (-want +got):\n%s", what, d)
	}
}

// statuses are those of the ingest and then of its tasks, by step.
func statuses(run vod.Run) []string {
	all := []string{string(run.Ingest.Status)}
	for _, t := range run.Tasks {
		all = append(all, strings.TrimPrefix(string(t.Status), "TASK_"))
	}
	return all
}

// badMedia is a failure that is not tried again.
func badMedia() *vod.StepError {
	return &vod.StepError{Class: vod.ClassMedia, Reason: vod.ReasonBadMedia, Message: "Bad.", Cause: errors.New("why")}
}
