package enginetest

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// chain: the built-in profile drains, each step working on what the one before
// it put out.
func chain(t *testing.T, b *bundle) {
	run := b.end(b.submit(b.engine(), ""), vod.Completed)
	var got []string
	for _, task := range run.Tasks {
		out, err := task.OutputFilesets()
		b.must(err)
		got = append(got, out[0].Files[0].URI)
	}
	slices.SortFunc(got, func(a, b string) int { return len(a) - len(b) })
	address, want := "https://origin.example/in.mp4", []string{}
	for _, name := range []string{"retrieval", "subtitles", "encoding", "packaging", "copy", "addresses", "catalog"} {
		want = append(want, address+"/default-"+name)
		if name != "subtitles" { // Beside the encoding, whose output comes first at packaging.
			address += "/default-" + name
		}
	}
	slices.SortFunc(want, func(a, b string) int { return len(a) - len(b) })
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("outputs (-want +got):\n%s", d)
	}
	if run.Ingest.Progress != 100 {
		t.Errorf("progress %d", run.Ingest.Progress)
	}
}

// sideBySide: steps whose input is ready run at the same time, and what needs
// both comes after both.
func sideBySide(t *testing.T, b *bundle) {
	var both sync.WaitGroup
	both.Add(2)
	together := func(ctx context.Context, _ step.Job) error {
		both.Done()
		met := make(chan struct{})
		go func() {
			both.Wait()
			close(met)
		}()
		select {
		case <-met:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	b.script.on("left", together)
	b.script.on("right", together)
	inputs := make(chan []vod.Fileset, 1)
	b.script.on("pack", func(_ context.Context, job step.Job) error {
		inputs <- job.Inputs
		return nil
	})
	b.end(b.submit(b.engine(), forked), vod.Completed)
	var from []string
	for _, fs := range receive(t, "the input of packaging", inputs) {
		from = append(from, fs.Labels[0])
	}
	if d := cmp.Diff([]string{"left", "right"}, from); d != "" {
		t.Errorf("packaging got (-want +got):\n%s", d)
	}
}

// skipped: a retrieval that knows the files ends the ingest.
func skipped(t *testing.T, b *bundle) {
	b.script.on("fetch", func(context.Context, step.Job) error { return errSkip })
	run := b.end(b.submit(b.engine(), forked), vod.Skipped)
	if len(run.Tasks) != 1 || run.Tasks[0].Status != vod.TaskSkipped || run.Ingest.Progress != 0 {
		t.Errorf("%d%%, tasks %+v", run.Ingest.Progress, run.Tasks)
	}
}

// wakeInVain: waking an ingest again and again, by several at once, starts
// nothing twice, neither while it runs nor when it is over.
func wakeInVain(t *testing.T, b *bundle) {
	g := newGate()
	b.script.on("fetch", g.act)
	e := b.engine()
	id := b.submit(e, forked)
	receive(t, "the start of the retrieval", g.begun)
	var wakers sync.WaitGroup
	for range 20 {
		wakers.Go(func() {
			if err := e.Wake(t.Context(), id); err != nil {
				t.Error(err)
			}
		})
	}
	wakers.Wait()
	g.opened <- nil
	run := b.end(id, vod.Completed)
	b.must(e.Wake(t.Context(), id))
	b.end(id, vod.Completed)
	if b.script.most != 1 {
		t.Errorf("%d attempts of one task at the same time", b.script.most)
	}
	for _, task := range run.Tasks {
		b.attempts(task, 1)
	}
}

// progressNeverFalls: a second attempt starts from nothing; what is shown does
// not.
func progressNeverFalls(t *testing.T, b *bundle) {
	second := newGate()
	b.script.on("fetch", func(_ context.Context, job step.Job) error {
		job.Progress(0.8)
		b.script.on("fetch", func(ctx context.Context, job step.Job) error {
			job.Progress(0.1)
			return second.act(ctx, job)
		})
		return remote()
	})
	id := b.submit(b.engine(), forked)
	receive(t, "the second attempt", second.begun)
	run := b.run(id)
	if run.Ingest.Progress != 20 || run.Tasks[0].Progress() != 80 { // A fifth of 80 for each of four steps.
		t.Errorf("progress %d, of the task %d", run.Ingest.Progress, run.Tasks[0].Progress())
	}
	second.opened <- nil
	b.end(id, vod.Completed)
}

// hold: what writes files waits while there is a reason, and says it.
func hold(t *testing.T, b *bundle) {
	const reason = "There is too little room on the disk."
	reasons := make(chan string, 1)
	reasons <- reason
	b.hold = func() string {
		current := <-reasons
		reasons <- current
		return current
	}
	e := b.engine()
	id := b.submit(e, forked)
	task := b.await(id, "planned", func(r vod.Run) bool { return len(r.Tasks) == 1 }).Tasks[0]
	b.await(id, "held", func(vod.Run) bool {
		return strings.Contains(e.Waiting(t.Context(), plan.Ready{TaskID: task.ID, IngestID: id, Stage: task.Stage}), reason)
	})
	if n := b.script.called("fetch"); n != 0 {
		t.Errorf("it began %d times", n)
	}
	<-reasons
	reasons <- ""
	b.end(id, vod.Completed)
	if why := e.Waiting(t.Context(), plan.Ready{TaskID: task.ID, IngestID: id, Stage: task.Stage}); why != "" {
		t.Errorf("it still waits: %s", why)
	}
}
