package enginetest

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/profile"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	tenant = "acme"
	// patience is how long a case waits for what must come.
	patience = 30 * time.Second
	// look is how often it looks.
	look = 5 * time.Millisecond
)

// forked is a pipeline whose encodes are side by side.
const forked = `
retrieval:
  - filesetFilter: initialInput
    retrievalProfile: {name: fetch, type: vimond_file_retriever, targetLocation: {name: store}}
    filesetLabelOut: retrieved
encoding:
  - filesetFilter: retrieved
    encodingProfile: {name: left, type: FFMPEG, targetLocation: {name: store}}
    filesetLabelOut: left
  - filesetFilter: retrieved
    encodingProfile: {name: right, type: FFMPEG, targetLocation: {name: store}}
    filesetLabelOut: right
packaging:
  - filesetFilter: left OR right
    packagingProfile: {name: pack, type: CMAF, targetLocation: {name: store}}
    filesetLabelOut: packaged
`

// bundle is what a case has: a store, steps under its control, and engines.
type bundle struct {
	t      testing.TB
	new    New
	dir    string
	name   string
	store  *sqlite.Store
	log    *slog.Logger
	script *script
	slots  map[vod.Stage]int
	can    []vod.Capability
	hold   func() string
	// reserve keeps scratch space for an attempt; nil: there is enough.
	reserve func(bytes int64) (release func(), err error)
}

func setup(t testing.TB, newEngine New) *bundle {
	t.Helper()
	b := &bundle{
		t: t, new: newEngine, dir: t.TempDir(), name: uuid.NewString(),
		script: newScript(), hold: func() string { return "" }, log: logOf(t),
	}
	store, err := sqlite.Open(t.Context(), storePath(b.dir))
	b.must(err)
	b.store = store
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
		if left, _ := os.ReadDir(scratchPath(b.dir)); len(left) > 0 && !t.Failed() {
			t.Errorf("the scratch folder still holds %v", left)
		}
	})
	return b
}

func storePath(dir string) string   { return filepath.Join(dir, "store.db") }
func scratchPath(dir string) string { return filepath.Join(dir, "scratch") }

// deps wires what an engine works with, as the program does.
func deps(dir, name string, store *sqlite.Store, steps step.Runner, log *slog.Logger) Deps {
	kinds := map[engine.Kind]step.Runner{}
	for stage, typ := range map[vod.Stage]string{
		vod.Retrieval: "vimond_file_retriever", vod.Encoding: "FFMPEG", vod.Packaging: "CMAF",
		vod.SubtitlePublishing: "WEBVTT", vod.Playout: "CATALOG",
	} {
		kinds[engine.Kind{Stage: stage, Type: typ}] = steps
	}
	for _, typ := range []string{"COPY", "URL_REWRITE"} {
		kinds[engine.Kind{Stage: vod.Distribution, Type: typ}] = steps
	}
	return Deps{
		Operations: engine.NewExecutor(engine.Config{
			Store: store, Steps: kinds, Parse: orchestrate.ParseInput, Scratch: scratchPath(dir),
			Exists: func(context.Context, string, []vod.Fileset) bool { return true }, Now: vod.Now, Log: log,
		}),
		Unfinished: store.IngestUnfinished, Schedules: store.IngestSchedules, Hold: func() string { return "" }, Name: name, Log: log,
	}
}

// engine makes an engine over the bundle's store and starts it.
func (b *bundle) engine() engine.Engine {
	b.t.Helper()
	d := deps(b.dir, b.name, b.store, b.script, b.log)
	d.Slots, d.Capabilities, d.Hold = b.slots, b.can, b.hold
	d.Operations.Reserve = b.reserve
	e, err := b.new(d)
	b.must(err)
	b.t.Cleanup(func() { b.stopNow(e) })
	b.must(e.Start(b.t.Context()))
	return e
}

// stopNow stops the engine without letting anything finish.
func (b *bundle) stopNow(e engine.Engine) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := e.Stop(ctx); err != nil {
		b.t.Error(err)
	}
}

// request is what an ingest is asked for with.
type request struct {
	profile  string // empty: the built-in one
	tenant   string // empty: tenant
	priority vod.Priority
	due      time.Time
}

// ingest accepts an ingest under the profile; see accept.
func (b *bundle) ingest(text string) string {
	b.t.Helper()
	return b.accept(request{profile: text})
}

// accept accepts an ingest, as the use case does, without waking an engine.
func (b *bundle) accept(r request) string {
	b.t.Helper()
	doc, tenant := profile.Default(), cmp.Or(r.tenant, tenant)
	if r.profile != "" {
		var err error
		doc, err = profile.Parse("test", []byte(r.profile))
		b.must(err)
	}
	id := uuid.NewString()
	input, err := profile.Input(profile.SnapshotParams{
		Version: vod.ProfileVersion{Tenant: tenant, Name: doc.Name, VersionID: 1, Document: doc.JSON},
		Tenant:  tenant, AssetID: "1", IngestID: id, PipelineVersion: "test",
		Filesets: []vod.Fileset{{
			Files: []vod.File{{MediaType: vod.MediaVideo, URI: "https://origin.example/in.mp4"}}, Labels: []string{vod.LabelInitialInput},
		}},
		Resolve: func(l vod.Location) (vod.Location, error) {
			return vod.Location{Name: l.Name, Type: vod.LocationFile, Path: "/" + l.Name}, nil
		},
	})
	b.must(err)
	_, err = b.store.IngestCreate(b.t.Context(), vod.Ingest{
		ID: id, Tenant: tenant, AssetID: "1", ProfileName: doc.Name, ProfileVersion: 1, Status: vod.Queued,
		Start: vod.Now(), Input: input, HasInput: true, MediaKey: id, MediaTypes: []string{vod.MediaVideo},
		Priority: r.priority, Due: r.due,
	}, nil, vod.AuditEntry{})
	b.must(err)
	return id
}

// submit accepts an ingest and wakes the engine.
func (b *bundle) submit(e engine.Engine, text string) string {
	b.t.Helper()
	return b.ask(e, request{profile: text})
}

// ask accepts an ingest and wakes the engine.
func (b *bundle) ask(e engine.Engine, r request) string {
	b.t.Helper()
	id := b.accept(r)
	b.must(e.Wake(b.t.Context(), id))
	return id
}

// cancel does what the use case does.
func (b *bundle) cancel(e engine.Engine, id string) {
	b.t.Helper()
	b.must(b.store.IngestChange(b.t.Context(), id, plan.Cancel))
	b.must(e.Wake(b.t.Context(), id))
}

// retry does what the use case does.
func (b *bundle) retry(e engine.Engine, id string) {
	b.t.Helper()
	b.must(b.store.IngestChange(b.t.Context(), id, openAgain))
	b.must(e.Wake(b.t.Context(), id))
}

// openAgain is the change that a retry makes.
func openAgain(run *vod.Run) error {
	p, _, err := orchestrate.ParseInput(run.Ingest.Input)
	if err != nil {
		return err
	}
	return p.Retry(run, func(vod.Task) bool { return false })
}

func (b *bundle) run(id string) vod.Run {
	b.t.Helper()
	owners, err := b.store.IngestTenants(b.t.Context(), id)
	b.must(err)
	run, err := b.store.IngestGet(b.t.Context(), owners[0], id)
	b.must(err)
	return run
}

// await looks until the ingest is as told.
func (b *bundle) await(id, what string, is func(vod.Run) bool) vod.Run {
	b.t.Helper()
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	for deadline := time.Now().Add(patience); ; <-ticker.C {
		run := b.run(id)
		if is(run) {
			return run
		}
		if time.Now().After(deadline) {
			shown, _ := json.MarshalIndent(run, "", "  ")
			b.t.Fatalf("the ingest does not come to be %s: %s", what, shown)
		}
	}
}

// end waits for the end of the ingest, which must be the one told.
func (b *bundle) end(id string, status vod.IngestStatus) vod.Run {
	b.t.Helper()
	run := b.await(id, "over", func(r vod.Run) bool { return r.Ingest.Status.Final() })
	if run.Ingest.Status != status {
		b.t.Fatalf("the ingest ended as %s (%s), not %s", run.Ingest.Status, run.Ingest.Error, status)
	}
	for _, task := range run.Tasks {
		if !task.Status.Ended() {
			b.t.Errorf("the ingest is %s, its task %s is %s", status, task.Stage, task.Status)
		}
	}
	return run
}

func (b *bundle) attempts(task vod.Task, want int) []vod.Attempt {
	b.t.Helper()
	list, err := b.store.TaskAttempts(b.t.Context(), task.ID)
	b.must(err)
	if len(list) != want {
		b.t.Fatalf("%s has %d attempts, not %d: %+v", task.Stage, len(list), want, list)
	}
	return list
}

func (b *bundle) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// receive takes what must come from a channel.
func receive[T any](t testing.TB, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("it does not come: %s", what)
		panic("unreachable")
	}
}
