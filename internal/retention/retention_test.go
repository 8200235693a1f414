package retention_test

import (
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/retention"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const day = 24 * time.Hour

func daily() retention.Policy { return retention.Policy{Replaced: day} }

// TestReplacedOutputs go a day after another ingest has replaced them, of this
// tenant only; what is told of the ingest stays.
func TestReplacedOutputs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.policies[tenant] = daily()
	first, others := w.ingest(tenant, "1", text(1)), w.ingest("beta", "1", text(1))
	w.after(48 * time.Hour)
	w.has(tenant, first, all)
	before := w.get(tenant, first)
	second, theirs := w.ingest(tenant, "1", text(2)), w.ingest("beta", "1", text(2))
	w.after(day - time.Minute)
	w.has(tenant, first, all)
	w.after(2 * time.Minute)
	w.has(tenant, first, "")
	w.has(tenant, second, all)
	w.plays(tenant, "1", second)
	w.has("beta", others, all)
	w.plays("beta", "1", theirs)
	after := w.get(tenant, first)
	if string(after.Tasks[2].Outputs) != string(before.Tasks[2].Outputs) || after.Ingest.Status != vod.Completed {
		t.Errorf("the detail has changed: %+v", after)
	}
	if after.Ingest.Removed.IsZero() {
		t.Error("the ingest does not tell that its files are gone")
	}
	history, err := w.PlaybackHistory(t.Context(), as(tenant), "1")
	if err != nil || len(history) != 2 || !history[0].Removed.IsZero() || history[1].Removed.IsZero() {
		t.Errorf("the history is %+v, %v", history, err)
	}
	_, err = w.PlaybackSelect(t.Context(), as(tenant), "1", first)
	w.refused(err, vod.Conflict)
	w.plays(tenant, "1", second)
	// Deleting what plays goes back to nothing rather than to what is gone.
	w.ok(w.Delete(t.Context(), as(tenant), second))
	w.plays(tenant, "1", "")
}

// TestRollBack: what is selected again is not replaced any more, but what
// played before is.
func TestRollBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.policies[tenant] = daily()
	first, second := w.ingest(tenant, "1", text(1)), w.ingest(tenant, "1", text(2))
	w.after(day - time.Hour)
	_, err := w.PlaybackSelect(t.Context(), as(tenant), "1", first)
	w.ok(err)
	w.after(2 * time.Hour)
	w.has(tenant, first, all)
	w.has(tenant, second, all)
	w.after(day)
	w.has(tenant, first, all)
	w.has(tenant, second, "")
	w.plays(tenant, "1", first)
}

// TestWhatServesNobody: what failed or was cancelled is replaced by the next
// that completes, and can be retried all the same.
func TestWhatServesNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.policies[tenant] = daily()
	w.failing = true
	failed := w.ingest(tenant, "1", text(1))
	w.failing = false
	cancelled := w.submit(tenant, "1", text(2), "published")
	w.run(cancelled, 2)
	w.ok(w.Cancel(t.Context(), as(tenant), cancelled))
	w.is(tenant, failed, vod.Failed)
	w.is(tenant, cancelled, vod.Cancelled)
	w.after(10 * day)
	w.has(tenant, failed, "retrieval") // Without the packager's, which it left behind.
	w.has(tenant, cancelled, "retrieval packaging")
	current := w.ingest(tenant, "1", text(3))
	w.after(day + time.Minute)
	w.has(tenant, failed, "")
	w.has(tenant, cancelled, "")
	w.plays(tenant, "1", current)

	packaged := w.packaged
	_ = w.submit(tenant, "1", text(2), "published") // Puts the source back.
	w.ok(w.Retry(t.Context(), as(tenant), cancelled))
	w.run(cancelled, 0)
	w.is(tenant, cancelled, vod.Completed)
	if w.packaged != packaged+1 || w.get(tenant, cancelled).Tasks[0].Attempt != 2 {
		t.Error("the retry relied on files that are gone")
	}
	if !w.get(tenant, cancelled).Ingest.Removed.IsZero() {
		t.Error("the files are still told to be gone")
	}
	// It is older than what plays, and so replaced from its end on.
	w.plays(tenant, "1", current)
	w.has(tenant, cancelled, all)
	w.after(day + time.Minute)
	w.has(tenant, cancelled, "")
	w.plays(tenant, "1", current)
}

// TestWithoutCatalogue: of ingests that publish nothing the newest of each
// profile stays; another profile may be there for another purpose.
func TestWithoutCatalogue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.policies[tenant] = daily()
	quiet := func(n int) string {
		id := w.submit(tenant, "1", text(n), "unpublished")
		w.run(id, 0)
		return id
	}
	first := quiet(1)
	playing := w.ingest(tenant, "1", text(2))
	w.after(2 * day)
	w.has(tenant, first, "retrieval")
	second := quiet(3)
	w.after(2 * day)
	w.has(tenant, first, "")
	w.has(tenant, second, "retrieval")
	w.plays(tenant, "1", playing)
	third := quiet(4)
	w.ok(w.Delete(t.Context(), as(tenant), third)) // The second is the newest again.
	w.after(2 * day)
	w.has(tenant, second, "retrieval")
}

// TestTheOneBeforeWaits: as long as the ingest that took an asset over may
// still be cancelled, the one before is not replaced.
func TestTheOneBeforeWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.policies[tenant] = daily()
	first := w.ingest(tenant, "1", text(1))
	busy, taskID := w.publishing()
	w.ok(w.db.CatalogPublish(t.Context(), vod.Playback{Tenant: tenant, AssetID: "1", IngestID: busy, HLS: "https://media.example.com/x"}, taskID, 1))
	w.after(3 * day)
	w.has(tenant, first, all)
	w.ok(w.db.IngestChange(t.Context(), busy, func(run *vod.Run) error {
		run.Ingest.Status, run.Ingest.End = vod.Cancelled, vod.Millis(w.now)
		task := run.Task(taskID)
		task.Status, task.End = vod.TaskCancelled, run.Ingest.End
		return nil
	}))
	w.after(3 * day)
	w.plays(tenant, "1", first)
}

// TestExpiredIngests: rows and files of what is old go, but what plays stays.
func TestExpiredIngests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.policies[tenant] = retention.Policy{Ingests: 30 * day}
	w.failing = true
	failed := w.ingest(tenant, "2", text(1))
	w.failing = false
	first, second := w.ingest(tenant, "1", text(1)), w.ingest(tenant, "1", text(2))
	skipped := w.ingest(tenant, "1", text(2))
	w.is(tenant, skipped, vod.Skipped)
	imported := w.imported("3")
	theirs := w.ingest("beta", "1", text(1))
	w.ingest("beta", "1", text(2))
	w.after(29 * day)
	for _, id := range []string{failed, first, second, skipped} {
		w.get(tenant, id)
	}
	w.after(2 * day)
	for _, id := range []string{failed, first, skipped, imported} {
		_, err := w.Get(t.Context(), as(tenant), id)
		w.refused(err, vod.NotFound)
		w.has(tenant, id, "")
	}
	w.is(tenant, second, vod.Completed)
	w.has(tenant, second, all)
	w.plays(tenant, "1", second)
	w.has("beta", theirs, all)
	w.get("beta", theirs)
}

// TestExpiredStatistics: what was counted outlives the ingest, but not its own
// age; that of a tenant whose statistics have none stays.
func TestExpiredStatistics(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.policies[tenant] = retention.Policy{Ingests: 10 * day, Statistics: 30 * day}
	counted := func(tenant string) (n int64) {
		t.Helper()
		figures, err := w.db.StatisticsGet(t.Context(), store.StatisticsFilter{Tenant: tenant, To: w.now.Add(day)})
		w.ok(err)
		for _, p := range figures.Periods {
			n += p.Accepted
		}
		return n
	}
	w.failing = true
	w.ingest(tenant, "1", text(1))
	w.ingest("beta", "1", text(1))
	for _, step := range []struct {
		days int
		want int64
	}{{11, 1}, {18, 1}, {2, 0}} {
		w.after(time.Duration(step.days) * day)
		if got := counted(tenant); got != step.want {
			t.Errorf("%d ingests are counted %d days later, want %d", got, step.days, step.want)
		}
	}
	if got := counted("beta"); got != 1 {
		t.Errorf("%d ingests of another tenant are counted, want 1", got)
	}
}
