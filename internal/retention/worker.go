package retention

import (
	"context"
	"iter"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/location"
)

const (
	// passEvery is how often the worker looks for what is due.
	passEvery = time.Minute
	// pause is left between two transactions, for others that wait to write.
	pause = 20 * time.Millisecond
	// walkPortion is how many attempts' folders are looked at in one pass. All of
	// a million are seen within three and a half days.
	walkPortion = 200

	// How many rows one transaction changes, so that none holds up the writer
	// for longer than a few milliseconds.
	outputsBatch = 20
	ingestsBatch = 10
	auditBatch   = 200
	slotsBatch   = 50
)

// Policy says how long a tenant's things are kept; 0 is for ever.
type Policy struct {
	Replaced time.Duration // outputs, from when another ingest replaced theirs
	Ingests  time.Duration // ingests, from their end
	Audit    time.Duration // audit entries
	// Statistics are kept for so long after what they tell of.
	Statistics time.Duration
}

// Store is what a Worker asks of the store.
type Store interface {
	Journal
	RetentionTenants(ctx context.Context) ([]string, error)
	OutputsExpire(ctx context.Context, tenant string, replaced time.Time, limit int) (n int, err error)
	IngestsExpire(ctx context.Context, tenant string, ended time.Time, limit int) (n int, err error)
	AuditExpire(ctx context.Context, tenant string, before time.Time, limit int) (n int, err error)
	StatisticsExpire(ctx context.Context, tenant string, before time.Time, limit int) (n int, err error)
}

// Worker expires what is old, and looks for what was forgotten.
type Worker struct {
	*Remover
	Store  Store
	Policy func(tenant string) Policy
	// Uploads removes what was uploaded and is not needed.
	Uploads func(now time.Time) (removed int, err error)
	// Removed hears, for statistics, how many things of a kind were removed; the
	// kinds are those of the constants below. nil: nobody hears.
	Removed func(kind string, n int)

	next func() (location.Attempt, error, bool) // of the walk under way; nil: there is none
	stop func()
}

// Kinds of what a Worker removes.
const (
	Upload     = "upload"      // expired
	Orphan     = "orphan"      // an attempt's folder that nothing refers to
	Outputs    = "outputs"     // of an ingest that another one replaced
	Ingest     = "ingest"      // old
	AuditEntry = "audit_entry" // old
	Slot       = "slot"        // of statistics, old
)

// Kinds gives all kinds.
func Kinds() []string { return []string{Upload, Orphan, Outputs, Ingest, AuditEntry, Slot} }

// Run works until the context is done.
func (w *Worker) Run(ctx context.Context) {
	defer w.EndWalk()
	ticker := time.NewTicker(passEvery)
	defer ticker.Stop()
	w.Pass(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.Entered:
			w.removeDue(ctx)
		case <-ticker.C:
			w.Pass(ctx)
			w.Walk(ctx, walkPortion)
		}
	}
}

// Pass does all that is due now. What fails is logged, and left to the next.
func (w *Worker) Pass(ctx context.Context) {
	n, err := w.Uploads(w.Now())
	if err != nil {
		w.Log.WarnContext(ctx, "cannot sweep all uploads", "error", err)
	}
	if n > 0 {
		w.removed(Upload, n)
		w.Log.InfoContext(ctx, "uploads swept", "removed", n)
	}
	w.removeDue(ctx)
	tenants, err := w.Store.RetentionTenants(ctx)
	if err != nil {
		w.Log.WarnContext(ctx, "cannot look for what is to expire", "error", err)
	}
	for _, tenant := range tenants {
		w.expire(ctx, tenant)
	}
	w.removeDue(ctx)
}

func (w *Worker) removeDue(ctx context.Context) {
	n, err := w.Due(ctx)
	if err != nil && ctx.Err() == nil {
		w.Log.WarnContext(ctx, "cannot carry out all removals of files", "error", err)
	}
	if n > 0 {
		w.Log.DebugContext(ctx, "files removed", "entries", n)
	}
}

// expire applies the policy of one tenant.
func (w *Worker) expire(ctx context.Context, tenant string) {
	p := w.Policy(tenant)
	for _, rule := range []struct {
		what  string
		kind  string
		after time.Duration
		limit int
		do    func(ctx context.Context, tenant string, before time.Time, limit int) (int, error)
	}{
		{"outputs of replaced ingests", Outputs, p.Replaced, outputsBatch, w.Store.OutputsExpire},
		{"ingests", Ingest, p.Ingests, ingestsBatch, w.Store.IngestsExpire},
		{"audit entries", AuditEntry, p.Audit, auditBatch, w.Store.AuditExpire},
		{"statistics", Slot, p.Statistics, slotsBatch, w.Store.StatisticsExpire},
	} {
		if rule.after == 0 {
			continue
		}
		total, before := 0, w.Now().Add(-rule.after)
		for more := true; more; {
			n, err := rule.do(ctx, tenant, before, rule.limit)
			if err != nil && ctx.Err() == nil {
				w.Log.WarnContext(ctx, "cannot expire", "what", rule.what, "tenant", tenant, "error", err)
			}
			total += n
			if more = n == rule.limit && err == nil && wait(ctx); more {
				w.removeDue(ctx) // Room is made from the start.
			}
		}
		if total > 0 {
			w.removed(rule.kind, total)
			w.Log.InfoContext(ctx, "expired", "what", rule.what, "number", total, "tenant", tenant, "after", rule.after)
		}
	}
}

// wait pauses; false: the context is done.
func wait(ctx context.Context) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Walk looks at up to n attempts' folders for some that nothing refers to, and
// goes on where the last call ended; after the last folder it begins anew.
func (w *Worker) Walk(ctx context.Context, n int) {
	if w.next == nil {
		w.next, w.stop = iter.Pull2(w.Locations.Attempts(ctx))
	}
	for range n {
		if ctx.Err() != nil {
			return
		}
		attempt, err, more := w.next()
		if !more {
			w.EndWalk()
			w.abortUploads(ctx)
			return
		}
		orphan := false
		if err == nil {
			orphan, err = w.orphan(ctx, attempt)
		}
		if err == nil && orphan {
			if err = w.Locations.Remove(ctx, attempt); err == nil {
				w.removed(Orphan, 1)
				w.Log.InfoContext(ctx, "orphan removed", "task", attempt.TaskID, "attempt", attempt.Number)
			}
		}
		if err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "cannot sweep", "task", attempt.TaskID, "attempt", attempt.Number, "error", err)
		}
	}
}

// EndWalk closes the folders that a walk under way has open. [Worker.Run] does it
// at its end.
func (w *Worker) EndWalk() {
	if w.next != nil {
		w.stop()
		w.next = nil
	}
}

func (w *Worker) removed(kind string, n int) {
	if w.Removed != nil {
		w.Removed(kind, n)
	}
}
