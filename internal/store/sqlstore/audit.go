package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const auditColumns = "number, time_ms, tenant, subject, origin, action, target, asset_id"

func auditRow(e *vod.AuditEntry) []Column {
	return []Column{
		number[int64]{&e.ID},
		instant{&e.Time},
		text[string]{&e.Tenant},
		text[string]{&e.Subject},
		text[string]{&e.From},
		text[vod.Action]{&e.Action},
		text[string]{&e.Target},
		text[string]{&e.AssetID},
	}
}

// lastAuditQuery is the number of the tenant's newest entry, 0 without any.
const lastAuditQuery = "SELECT coalesce(max(number), 0) FROM audit INDEXED BY audit_by_tenant WHERE tenant = ?"

// audit writes an entry with the change that t makes; none for a zero entry.
func (t *tx) audit(e vod.AuditEntry) error {
	if e == (vod.AuditEntry{}) {
		return nil
	}
	if err := t.lockAudit(e.Tenant); err != nil {
		return err
	}
	last, _, err := First(t, numberRow, lastAuditQuery, e.Tenant)
	if err != nil {
		return fmt.Errorf("number the audit entry for %s %s: %w", e.Action, e.Target, err)
	}
	e.ID = last + 1
	if err := t.insert("audit", auditColumns, auditRow(&e)); err != nil {
		return fmt.Errorf("write the audit entry for %s %s: %w", e.Action, e.Target, err)
	}
	return nil
}

// lockAudit keeps others from giving a number of the tenant's. It is held for as
// short as can be, as it is taken last.
func (t *tx) lockAudit(tenant string) error { return t.Lock("audit", tenant) }

// auditEach writes the entry for each of the tenants.
func (t *tx) auditEach(tenants []string, by vod.AuditEntry) error {
	if by == (vod.AuditEntry{}) {
		return nil
	}
	for _, tenant := range slices.Sorted(slices.Values(tenants)) { // In the order in which all lock them.
		by.Tenant = tenant
		if err := t.audit(by); err != nil {
			return err
		}
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
	err = s.db.Read(ctx, func(q Querier) error {
		page, err = UpTo(f.Limit+1, q, auditRow, query, args...)
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

// auditQuery is the statement for a filter, without its limit. It names the index of the rarest thing that is asked for.
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
		also("number < ?", f.After)
	}
	return "SELECT " + auditColumns + " FROM audit INDEXED BY " + index + " WHERE " + strings.Join(where, " AND ") +
		" ORDER BY number DESC", args
}
