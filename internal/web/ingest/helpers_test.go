package ingest_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/httpd"
	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/ingest"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

const tenant = "acme"

// site is the page over the real use cases, store and executor. Steps do what
// the test has them do.
type site struct {
	*orchestrate.Service
	t        testing.TB
	kit      *page.Kit
	executor *engine.Executor
	now      time.Time
	caller   vod.Caller
	steps    map[string]func(step.Job) (step.Result, error) // by stage, for those that do something else
}

func newSite(t testing.TB) *site {
	t.Helper()
	s := &site{
		t: t, now: time.Date(2026, 11, 3, 7, 50, 0, 0, time.UTC), steps: map[string]func(step.Job) (step.Result, error){},
		caller: vod.Caller{Subject: "ann", Tenant: tenant, Permissions: vod.Permissions()},
	}
	clock := func() time.Time { return s.now }
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"), sqlite.WithNow(clock))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	log := slog.New(slog.DiscardHandler)
	s.Service, err = orchestrate.New(t.Context(), orchestrate.Config{
		Store: db, Engine: s, Locations: s, RemoveFiles: func(context.Context, ...string) {}, Hold: func() string { return "" },
		Digest: func([]vod.Fileset) (string, bool) { return "", false }, Version: "test", Now: clock, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[engine.Kind]step.Runner{}
	for stage, types := range map[vod.Stage][]string{
		vod.Retrieval: {"vimond_file_retriever"}, vod.Encoding: {"FFMPEG"}, vod.Packaging: {"CMAF"},
		vod.SubtitlePublishing: {"WEBVTT"}, vod.Distribution: {"COPY", "URL_REWRITE"}, vod.Playout: {vod.TypeCatalog},
	} {
		for _, kind := range types {
			kinds[engine.Kind{Stage: stage, Type: kind}] = &runner{s, stage}
		}
	}
	s.executor = engine.NewExecutor(engine.Config{
		Store: db, Steps: kinds, Parse: orchestrate.ParseInput, Exists: s.Exists, Scratch: t.TempDir(), Now: clock, Log: log,
	})
	s.kit = page.New(page.Config{Caller: func(context.Context) (vod.Caller, error) { return s.caller, nil }, Now: clock, Log: log})
	ingest.Routes(s.kit, s.Service, httpd.DetailText)
	return s
}

// Wake implements orchestrate.Engine.
func (s *site) Wake(ctx context.Context, id string) error {
	_, err := s.executor.Advance(ctx, id)
	return err
}

// Waiting implements orchestrate.Engine.
func (s *site) Waiting(context.Context, plan.Ready) string { return "" }

// Resolve implements orchestrate.Locations.
func (s *site) Resolve(_ string, loc vod.Location) (vod.Location, error) {
	loc.Type, loc.Path = vod.LocationFile, "/locations/"+loc.Name
	return loc, nil
}

// Exists implements orchestrate.Locations.
func (s *site) Exists(context.Context, string, []vod.Fileset) bool { return true }

// runner is a step of one stage.
type runner struct {
	s     *site
	stage vod.Stage
}

// Run implements step.Runner: each step takes ten seconds and puts out a file.
func (r *runner) Run(_ context.Context, job step.Job) (step.Result, error) {
	r.s.now = r.s.now.Add(10 * time.Second)
	if do := r.s.steps[string(r.stage)]; do != nil {
		return do(job)
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

func (s *site) submit(asset, uri string) string {
	s.t.Helper()
	s.now = s.now.Add(time.Second)
	id, err := s.Submit(s.t.Context(), s.caller, orchestrate.Submission{
		AssetID: asset, Filesets: []vod.Fileset{{Files: []vod.File{{URI: uri}}}},
	}, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// runTasks runs so many of the ingest's tasks, as far as there are such.
func (s *site) runTasks(id string, n int) {
	s.t.Helper()
	state, err := s.executor.Advance(s.t.Context(), id)
	for ; err == nil && n > 0 && len(state.Ready) > 0; n-- {
		state, err = s.executor.RunTask(s.t.Context(), id, state.Ready[0].TaskID)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// ask asks for something, as a browser or as a script of the page does.
func (s *site) ask(method, path string, header ...string) (*http.Response, string) {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.kit.ServeHTTP(w, r)
	res := w.Result()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res, string(body)
}

// get is the page, or a part of it, which must be there.
func (s *site) get(path string) string {
	s.t.Helper()
	res, body := s.ask(http.MethodGet, path)
	if res.StatusCode != http.StatusOK {
		s.t.Fatalf("GET %s: %s\n%s", path, res.Status, body)
	}
	return body
}

func address(id string) string { return "/ui/" + tenant + "/ingests/" + url.PathEscape(id) }

// has fails the test unless the page has all of these, with white space as it
// may be.
func has(t testing.TB, page string, want ...string) {
	t.Helper()
	flat := strings.Join(strings.Fields(page), " ")
	for _, w := range want {
		if !strings.Contains(flat, w) {
			t.Errorf("the page has no %s", w)
		}
	}
}

func hasNot(t testing.TB, page string, not ...string) {
	t.Helper()
	for _, n := range not {
		if strings.Contains(page, n) {
			t.Errorf("the page has %s", n)
		}
	}
}
