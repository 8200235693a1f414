package sqlstore

import (
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/statistics"
)

// Table is one of those that an installation consists of.
type Table struct {
	Name    string
	Columns string // as in "a, b"
	Key     string // the columns by which its rows are sorted bytewise
	// More is what else is to be read of a row to write it elsewhere; empty: nothing.
	More string
	// Merge adds a row to the one before, which has the same key; nil: there are no
	// two of one key.
	Merge func(sum, row []any) error
}

// Width is how many columns the table has.
func (t Table) Width() int { return strings.Count(t.Columns, ",") + 1 }

// Tables gives the tables in an order in which they can be filled: what others
// name comes first. Not among them is what an adapter keeps for itself, such as
// what makes ingests searchable, and which workers there are.
func Tables() []Table {
	const slot = "tenant, slot_ms, profile"
	return []Table{
		{
			Name: "ingests", Columns: ingestColumns + ", replaced_ms, removed_ms, reopened_ms", Key: "id",
			More: "(SELECT input FROM ingest_inputs WHERE ingest_id = ingests.id)",
		},
		{Name: "ingest_inputs", Columns: inputColumns, Key: "ingest_id"},
		{Name: "tasks", Columns: taskColumns, Key: "id"},
		{Name: "attempts", Columns: attemptColumns, Key: "task_id, number"},
		{Name: "idempotency", Columns: "tenant, route, key, body_hash, expires_ms, ingest_id", Key: "tenant, route, key"},
		{Name: "profiles", Columns: profileColumns, Key: "tenant, name, version_id"},
		{Name: "catalog", Columns: catalogColumns + ", start_ms, current, before_id", Key: "ingest_id"},
		{Name: "tokens", Columns: tokenColumns, Key: "id"},
		{Name: "audit", Columns: auditColumns, Key: "tenant, number"},
		{Name: "reuses", Columns: "user_id, owner_id, task_id, attempt, tenant, media_key", Key: "task_id, attempt, user_id"},
		{Name: "removals", Columns: removalColumns, Key: "ingest_id, task_id"},
		{Name: "upload_uses", Columns: "upload_id, tenant, ingest_id", Key: "upload_id, tenant, ingest_id"},
		{Name: "sessions", Columns: sessionColumns, Key: "hash"},
		{Name: "views", Columns: viewColumns, Key: "tenant, subject, name"},
		{
			Name: "statistics_counts", Columns: slot + ", accepted, dequeued, completed, skipped, failed, cancelled", Key: slot,
			Merge: func(sum, row []any) error { return addUp(sum, row, 3, 9) },
		},
		{Name: "statistics_durations", Columns: slot + ", stage, histogram", Key: slot + ", stage", Merge: mergeHistograms},
		{
			Name: "statistics_errors", Columns: slot + ", stage, class, reason, failed, retried, last_ms, ingest_id, asset_id, message",
			Key: slot + ", stage, class, reason", Merge: mergeErrors,
		},
	}
}

// addUp adds the numbers of the columns from one on and before another.
func addUp(sum, row []any, from, to int) error {
	for i := from; i < to; i++ {
		a, isNumber := sum[i].(int64)
		b, too := row[i].(int64)
		if !isNumber || !too {
			return mismatch(row[i], "integer")
		}
		sum[i] = a + b
	}
	return nil
}

func mergeHistograms(sum, row []any) error {
	const column = 4
	var parsed [2]statistics.Histogram
	for i, value := range []any{sum[column], row[column]} {
		text, ok := value.(string)
		if !ok {
			return mismatch(value, "text")
		}
		var err error
		if parsed[i], err = statistics.ParseHistogram(text); err != nil {
			return err
		}
	}
	parsed[0].Merge(parsed[1])
	sum[column] = parsed[0].String()
	return nil
}

// mergeErrors keeps the last one as the example.
func mergeErrors(sum, row []any) error {
	const counts, last = 6, 8
	if err := addUp(sum, row, counts, last); err != nil {
		return err
	}
	before, ok := sum[last].(int64)
	after, too := row[last].(int64)
	if !ok || !too {
		return mismatch(row[last], "integer")
	}
	if after >= before {
		copy(sum[last:], row[last:])
	}
	return nil
}
