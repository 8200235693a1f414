package sqlite

import (
	"context"
	"fmt"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const auditColumns = "id, time_ms, tenant, subject, origin, action, target, asset_id"

func auditRow(e *vod.AuditEntry) []column {
	return append([]column{number[int64]{&e.ID}}, auditValues(e)...)
}

// auditValues binds all but the id, which SQLite gives.
func auditValues(e *vod.AuditEntry) []column {
	return []column{
		instant{&e.Time},
		text[string]{&e.Tenant},
		text[string]{&e.Subject},
		text[string]{&e.From},
		text[vod.Action]{&e.Action},
		text[string]{&e.Target},
		text[string]{&e.AssetID},
	}
}

// audit writes an entry with the change that t makes; none for a zero entry.
func (t *tx) audit(e vod.AuditEntry) error {
	if e == (vod.AuditEntry{}) {
		return nil
	}
	if err := t.insert("audit", strings.TrimPrefix(auditColumns, "id, "), auditValues(&e)); err != nil {
		return fmt.Errorf("write the audit entry for %s %s: %w", e.Action, e.Target, err)
	}
	return nil
}

// AuditPut implements [store.Audit].
func (s *Store) AuditPut(ctx context.Context, entry vod.AuditEntry) error {
	return s.write(ctx, func(t *tx) error { return t.audit(entry) })
}

// AuditList implements [store.Audit].
func (s *Store) AuditList(ctx context.Context, f store.AuditFilter) (page []vod.AuditEntry, more bool, err error) {
	if f.Limit < 1 || f.Limit > 500 {
		return nil, false, fmt.Errorf("list audit entries: a limit of %d is not in 1..500", f.Limit)
	}
	query, args := auditQuery(f)
	err = s.read(ctx, func(q querier) error {
		page, err = all(q, auditRow, query, args...)
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("list audit entries: %w", err)
	}
	if len(page) > f.Limit {
		return page[:f.Limit], true, nil
	}
	return page, false, nil
}

// auditQuery is the statement for a filter, for one row more than its limit. It
// names the index of the rarest thing that is asked for.
func auditQuery(f store.AuditFilter) (query string, args []any) {
	index, where := "audit_by_tenant", []string{"tenant = ?"}
	args = []any{f.Tenant}
	also := func(condition string, value any) {
		where = append(where, condition)
		args = append(args, value)
	}
	if f.Action != "" {
		also("action = ?", string(f.Action))
	}
	if f.Subject != "" {
		index = "audit_by_subject"
		also("subject = ?", f.Subject)
	}
	if f.AssetID != "" {
		index = "audit_by_asset"
		also("asset_id = ?", f.AssetID)
		where = append(where, "asset_id <> ''") // Lets SQLite use the partial index.
	}
	if f.Target != "" {
		index = "audit_by_target"
		also("target = ?", f.Target)
	}
	if !f.From.IsZero() {
		also("time_ms >= ?", ceilMillis(f.From))
	}
	if !f.To.IsZero() {
		also("time_ms < ?", ceilMillis(f.To))
	}
	if f.After != 0 {
		also("id < ?", f.After)
	}
	return "SELECT " + auditColumns + " FROM audit INDEXED BY " + index + " WHERE " + strings.Join(where, " AND ") +
		" ORDER BY id DESC LIMIT ?", append(args, int64(f.Limit+1))
}
