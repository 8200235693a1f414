package retention_test

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/retention"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/step/distribution"
	"github.com/via-orchestrate/orchestrate/internal/step/playout"
	"github.com/via-orchestrate/orchestrate/internal/step/retrieval"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const tenant = "acme"

// published is a pipeline whose files are a few bytes: only the packager is not
// the real one.
const published = `
retrieval:
- {filesetFilter: initialInput, filesetLabelOut: retrieved, retrievalProfile: {name: r, type: vimond_file_retriever, skipOnMD5: true, targetLocation: {name: store}}}
packaging:
- {filesetFilter: retrieved, filesetLabelOut: packaged, packagingProfile: {name: p, type: CMAF, targetLocation: {name: store}}}
distribution:
- {filesetFilter: packaged, filesetLabelOut: copied, distributionProfile: {name: c, type: COPY, targetLocation: {name: media}}}
- {filesetFilter: copied, filesetLabelOut: distributed, distributionProfile: {name: u, type: URL_REWRITE, targetLocation: {name: public}}}
playout:
- {filesetFilter: distributed, filesetLabelOut: null, playoutProfile: {name: c, type: CATALOG}}
`

// unpublished puts files nowhere but in the store.
const unpublished = `
retrieval:
- {filesetFilter: initialInput, filesetLabelOut: retrieved, retrievalProfile: {name: r, type: vimond_file_retriever, targetLocation: {name: store}}}
`

// world is the use cases over the real store, real files and a clock of the
// test's own, with an engine that runs tasks when it is told to.
type world struct {
	*orchestrate.Service
	*retention.Worker
	t         *testing.T
	dir       string
	now       time.Time
	db        *sqlite.Store
	executor  *engine.Executor
	locations *location.Set
	policies  map[string]retention.Policy
	failing   bool   // the packager fails
	crash     bool   // files stay when an ingest is deleted
	during    func() // called while a source is read
	packaged  int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), now: time.Now(), policies: map[string]retention.Policy{}}
	w.open()
	for name, text := range map[string]string{"published": published, "unpublished": unpublished} {
		for _, tenant := range []string{tenant, "beta"} {
			_, _, err := w.ProfilePut(t.Context(), as(tenant), name, []byte(text))
			w.ok(err)
		}
	}
	return w
}

// open starts all anew on what is on disk, as after a crash.
func (w *world) open() {
	w.t.Helper()
	clock := func() time.Time { return w.now }
	db, err := sqlite.Open(w.t.Context(), filepath.Join(w.dir, "store.db"), sqlite.WithNow(clock))
	w.ok(err)
	w.t.Cleanup(func() { _ = db.Close() })
	media := filepath.Join(w.dir, "media")
	set, err := location.New(location.Config{Media: media, Named: map[string]vod.Location{
		"store":  {Name: "store", Type: vod.LocationFile, Path: filepath.Join(w.dir, "store")},
		"media":  {Name: "media", Type: vod.LocationFile, Path: media},
		"public": {Name: "public", Type: vod.LocationWeb, BaseURL: "https://media.example.com"},
	}})
	w.ok(err)
	log := slog.New(slog.DiscardHandler)
	w.db, w.locations = db, set
	w.Worker = &retention.Worker{
		Remover: &retention.Remover{Store: db, Locations: set, Now: clock, Log: log}, Store: db,
		Policy:  func(tenant string) retention.Policy { return w.policies[tenant] },
		Uploads: func(time.Time) (int, error) { return 0, nil },
	}
	w.t.Cleanup(w.Worker.EndWalk)
	sources := filepath.Join(w.dir, "sources")
	w.Service, err = orchestrate.New(w.t.Context(), orchestrate.Config{
		Store: db, Engine: w, Locations: set, Digest: retrieval.Digest, Version: "test", Hold: func() string { return "" },
		RemoveFiles: func(ctx context.Context, ids ...string) {
			if !w.crash {
				w.Ingests(ctx, ids...)
			}
		},
		SourceDirs: []string{sources}, Now: func() time.Time { w.now = w.now.Add(time.Millisecond); return w.now }, Log: log,
	})
	w.ok(err)
	retriever := retrieval.New(retrieval.Config{Locations: set, SourceDirs: []string{sources}})
	w.executor = engine.NewExecutor(engine.Config{
		Store: db, Parse: orchestrate.ParseInput, Exists: set.Exists, Scratch: filepath.Join(w.dir, "scratch"), Now: clock, Log: log,
		Steps: map[engine.Kind]step.Runner{
			{Stage: vod.Retrieval, Type: retrieval.Type}: runner(func(ctx context.Context, job step.Job) (step.Result, error) {
				if w.during != nil {
					w.during()
				}
				return retriever.Run(ctx, job)
			}),
			{Stage: vod.Packaging, Type: "CMAF"}:                         runner(w.pack),
			{Stage: vod.Distribution, Type: distribution.TypeCopy}:       distribution.NewCopy(set),
			{Stage: vod.Distribution, Type: distribution.TypeURLRewrite}: distribution.NewRewrite(set),
			{Stage: vod.Playout, Type: playout.TypeCatalog}:              playout.NewCatalog(db),
		},
	})
}

// reopen is open after the end of the process.
func (w *world) reopen() {
	w.t.Helper()
	w.ok(w.db.Close())
	w.crash = false
	w.open()
}

// Wake implements orchestrate.Engine.
func (w *world) Wake(ctx context.Context, id string) error {
	_, err := w.executor.Advance(ctx, id)
	return err
}

// Waiting implements orchestrate.Engine.
func (w *world) Waiting(context.Context, plan.Ready) string { return "" }

type runner func(ctx context.Context, job step.Job) (step.Result, error)

// Run implements step.Runner.
func (r runner) Run(ctx context.Context, job step.Job) (step.Result, error) { return r(ctx, job) }

// pack is a packager of small files.
func (w *world) pack(ctx context.Context, job step.Job) (step.Result, error) {
	folder, err := w.locations.Create(ctx, job, vod.Location{Name: "store"})
	if err != nil {
		return step.Result{}, err
	}
	if err := os.WriteFile(filepath.Join(folder.Path(), "index.m3u8"), []byte(job.IngestID), 0o600); err != nil {
		return step.Result{}, err
	}
	if w.failing { // As one that is killed: its files stay.
		return step.Result{}, &vod.StepError{Class: vod.ClassMedia, Reason: vod.ReasonBadMedia, Message: "Bad."}
	}
	loc := folder.Location()
	_, err = folder.Commit(ctx)
	w.packaged++
	return step.Result{Outputs: []vod.Fileset{{
		Files: []vod.File{{MediaType: vod.MediaHLS, URI: folder.URI("index.m3u8")}}, Location: &loc, Labels: []string{job.LabelOut},
	}}}, err
}

func as(tenant string) vod.Caller {
	return vod.Caller{Subject: "test", Tenant: tenant, Permissions: vod.Permissions()}
}

// submit submits a file with the text.
func (w *world) submit(tenant, asset, text, profile string) string {
	w.t.Helper()
	source := filepath.Join(w.dir, "sources", tenant, asset)
	w.ok(os.MkdirAll(filepath.Dir(source), 0o750))
	w.ok(os.WriteFile(source, []byte(text), 0o600))
	id, err := w.Submit(w.t.Context(), as(tenant), orchestrate.Submission{
		AssetID: asset, Profile: profile, Filesets: []vod.Fileset{{Files: []vod.File{{MediaType: vod.MediaVideo, URI: location.FileURI(source)}}}},
	}, nil)
	w.ok(err)
	return id
}

// run runs tasks of the ingest until it is over, at most n if that is not 0.
func (w *world) run(id string, n int) {
	w.t.Helper()
	state, err := w.executor.Advance(w.t.Context(), id)
	for done := 0; err == nil && len(state.Ready) > 0 && (n == 0 || done < n); done++ {
		state, err = w.executor.RunTask(w.t.Context(), id, state.Ready[0].TaskID)
	}
	w.ok(err)
}

// ingest submits a file with the text and runs the ingest to its end.
func (w *world) ingest(tenant, asset, text string) string {
	w.t.Helper()
	id := w.submit(tenant, asset, text, "published")
	w.run(id, 0)
	return id
}

func (w *world) get(tenant, id string) vod.Run {
	w.t.Helper()
	run, err := w.Get(w.t.Context(), as(tenant), id)
	w.ok(err)
	return run
}

func (w *world) is(tenant, id string, status vod.IngestStatus) {
	w.t.Helper()
	if got := w.get(tenant, id).Ingest; got.Status != status {
		w.t.Fatalf("ingest %s is %s (%s), want %s", id, got.Status, got.Error, status)
	}
}

// after lets time pass and does what is due then.
func (w *world) after(d time.Duration) {
	w.t.Helper()
	w.now = w.now.Add(d)
	w.Pass(w.t.Context())
}

// files are all of the ingest that are on disk, by stage: "retrieval",
// "packaging", "media".
func (w *world) files(tenant, id string) string {
	w.t.Helper()
	var found []string
	for dir, what := range map[string]string{filepath.Join(w.dir, "store", tenant, id): "", filepath.Join(w.dir, "media"): "media"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || d.Name() == location.InventoryName {
				return ignoreMissing(err)
			}
			text, err := os.ReadFile(path)
			switch {
			case err != nil:
			case what == "media" && string(text) == id:
				found = append(found, "media")
			case what == "" && string(text) == id:
				found = append(found, "packaging")
			case what == "":
				found = append(found, "retrieval")
			}
			return err
		})
		w.ok(ignoreMissing(err))
	}
	out := []string{}
	for _, what := range []string{"retrieval", "packaging", "media"} {
		for _, f := range found {
			if f == what {
				out = append(out, what)
			}
		}
	}
	return strings.Join(out, " ")
}

func ignoreMissing(err error) error {
	if os.IsNotExist(err) {
		return nil
	}
	return err
}

const all = "retrieval packaging media"

func (w *world) has(tenant, id, want string) {
	w.t.Helper()
	if got := w.files(tenant, id); got != want {
		w.t.Errorf("ingest %s has %q on disk, want %q", id, got, want)
	}
}

// plays checks that the ingest is what the asset plays, and its files are
// there; "" for nothing.
func (w *world) plays(tenant, asset, id string) {
	w.t.Helper()
	p, err := w.Playback(w.t.Context(), as(tenant), asset)
	if id == "" && vod.CodeOf(err) == vod.NotFound {
		return
	}
	w.ok(err)
	if p.IngestID != id {
		w.t.Fatalf("asset %s plays %s, want %s", asset, p.IngestID, id)
	}
	path := filepath.Join(w.dir, "media", strings.TrimPrefix(p.HLS, "https://media.example.com/"))
	if text, err := os.ReadFile(path); err != nil || string(text) != id {
		w.t.Fatalf("asset %s plays %q, %v", asset, text, err)
	}
}

// rows counts those of a table.
func (w *world) rows(table string) (n int) {
	w.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "store.db")+"?mode=ro")
	w.ok(err)
	defer db.Close()
	w.ok(db.QueryRowContext(w.t.Context(), "SELECT count(*) FROM "+table).Scan(&n))
	return n
}

// count counts all files and folders below the data folders.
func (w *world) count() (files int) {
	w.t.Helper()
	for _, dir := range []string{"store", "media"} {
		w.ok(filepath.WalkDir(filepath.Join(w.dir, dir), func(_ string, d fs.DirEntry, err error) error {
			files++
			return err
		}))
	}
	return files
}

func (w *world) refused(err error, code vod.Code) {
	w.t.Helper()
	if vod.CodeOf(err) != code {
		w.t.Fatalf("got %v, want a fault %s", err, code)
	}
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func text(n int) string { return fmt.Sprintf("source %d", n) }

// publishing gives an ingest of asset 1 whose playout runs.
func (w *world) publishing() (id, taskID string) {
	w.t.Helper()
	id = w.submit(tenant, "1", text(99), "published")
	w.run(id, 4)
	taskID = w.get(tenant, id).Tasks[4].ID
	w.ok(w.db.IngestChange(w.t.Context(), id, func(run *vod.Run) error {
		task := run.Task(taskID)
		task.Status, task.Attempt, task.Order, task.Start = vod.TaskRunning, 1, 5, vod.Millis(w.now)
		return nil
	}))
	return id, taskID
}

// imported imports an ingest of the asset that has just ended.
func (w *world) imported(asset string) string {
	w.t.Helper()
	in := vod.Ingest{
		ID: "b3f8a6de-0000-4000-8000-000000000001", Tenant: tenant, AssetID: asset, ProfileName: "old", Status: vod.Completed,
		Start: vod.Millis(w.now), End: vod.Millis(w.now), MediaTypes: []string{}, Imported: true,
	}
	_, err := w.db.IngestImport(w.t.Context(), vod.Run{Ingest: in})
	w.ok(err)
	return in.ID
}
