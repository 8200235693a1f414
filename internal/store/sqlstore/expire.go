package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// RetentionTenants implements [store.Retention]. Each is found by one look in
// an index.
func (s *Store) RetentionTenants(ctx context.Context) (tenants []string, err error) {
	seen := map[string]bool{}
	for _, query := range []string{nextTenantQuery, nextAuditTenantQuery, nextCountedTenantQuery} {
		for last, more := "", true; more; {
			err := s.db.Read(ctx, func(q Querier) (err error) {
				last, more, err = First(q, textRow, query, last)
				return err
			})
			if err != nil {
				return nil, fmt.Errorf("list tenants: %w", err)
			}
			if more && !seen[last] {
				seen[last] = true
				tenants = append(tenants, last)
			}
		}
	}
	return tenants, nil
}

const (
	nextTenantQuery        = `SELECT tenant FROM ingests INDEXED BY ingests_by_start WHERE tenant > ? ORDER BY tenant LIMIT 1`
	nextAuditTenantQuery   = `SELECT tenant FROM audit INDEXED BY audit_by_tenant WHERE tenant > ? ORDER BY tenant LIMIT 1`
	nextCountedTenantQuery = `SELECT tenant FROM statistics_counts WHERE tenant > ? ORDER BY tenant LIMIT 1`

	replacedQuery = `
		SELECT ` + ingestColumns + ` FROM ingests INDEXED BY ingests_replaced
		WHERE tenant = ? AND replaced_ms <= ? AND replaced_ms IS NOT NULL AND removed_ms IS NULL ORDER BY replaced_ms`
	expiringQuery = `
		SELECT ` + ingestColumns + ` FROM ingests INDEXED BY ingests_expiring
		WHERE tenant = ? AND end_ms <= ? AND end_ms IS NOT NULL AND (replaced_ms IS NOT NULL OR imported = 1 OR status <> 'COMPLETED')
			AND NOT EXISTS (SELECT 1 FROM catalog WHERE ingest_id = ingests.id AND current = 1)
		ORDER BY end_ms`
	// Numbers rise with time, but for a clock that was set back: then what is old
	// may stay until entries before it are.
	auditOldestQuery = `SELECT number FROM audit INDEXED BY audit_by_tenant WHERE tenant = ? ORDER BY number`
)

// OutputsExpire implements [store.Retention].
func (s *Store) OutputsExpire(ctx context.Context, tenant string, replaced time.Time, limit int) (n int, err error) {
	return s.expire(ctx, limit, (*tx).giveUp, replacedQuery, tenant, replaced.UnixMilli())
}

// expire does away with up to limit of the ingests that the query gives.
func (s *Store) expire(ctx context.Context, limit int, end func(*tx, vod.Ingest) error, query string, args ...any) (n int, err error) {
	err = s.write(ctx, func(t *tx) error {
		list, err := t.expiring(limit, query, args...)
		if err != nil {
			return fmt.Errorf("list what is to expire: %w", err)
		}
		for _, in := range list {
			if err := end(t, in); err != nil {
				return err
			}
		}
		n = len(list)
		return nil
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// expiring gives up to limit of the ingests that the query gives, with their
// assets locked. What another write did to them until then counts.
func (t *tx) expiring(limit int, query string, args ...any) ([]vod.Ingest, error) {
	list, err := UpTo(limit, t, ingestRow, query, args...)
	if err != nil || t.Serial() {
		return list, err
	}
	locked, err := t.lockAssets(list)
	if err != nil {
		return nil, err
	}
	list, err = UpTo(limit, t, ingestRow, query, args...)
	return slices.DeleteFunc(list, func(in vod.Ingest) bool { return !slices.Contains(locked, assetOf(in)) }), err
}

// giveUp has the outputs of an ingest removed.
func (t *tx) giveUp(in vod.Ingest) error {
	e, err := t.catalogEntry(in.ID)
	if err != nil {
		return err
	}
	if e != nil && e.current { // Marks say otherwise, but what plays is never removed.
		return t.replaceInCatalog(in.Tenant, in.AssetID)
	}
	if err := t.lend(in); err != nil {
		return err
	}
	if _, err := t.Exec(`UPDATE ingests SET removed_ms = ? WHERE id = ?`, t.now.UnixMilli(), in.ID); err != nil {
		return fmt.Errorf("give up the outputs of ingest %s: %w", in.ID, err)
	}
	if err := t.enter(in, "", t.now); err != nil {
		return err
	}
	return t.dropReuses(in.ID, nil)
}

// IngestsExpire implements [store.Retention].
func (s *Store) IngestsExpire(ctx context.Context, tenant string, ended time.Time, limit int) (n int, err error) {
	return s.expire(ctx, limit, (*tx).outlive, expiringQuery, tenant, ended.UnixMilli())
}

// outlive removes an ingest for its age.
func (t *tx) outlive(in vod.Ingest) error {
	if err := t.remove(in); err != nil {
		return err
	}
	entry := vod.Caller{Subject: vod.Retention, Tenant: in.Tenant}.Audit(t.now, vod.DeletedIngest, IDOf(in.ID))
	entry.AssetID = in.AssetID
	return t.audit(entry)
}

// AuditExpire implements [store.Retention].
func (s *Store) AuditExpire(ctx context.Context, tenant string, before time.Time, limit int) (n int, err error) {
	err = s.write(ctx, func(t *tx) error {
		n = 0
		numbers, err := UpTo(limit, t, numberRow, auditOldestQuery, tenant)
		if err != nil {
			return err
		}
		for _, number := range numbers {
			deleted, err := t.Exec(`DELETE FROM audit WHERE tenant = ? AND number = ? AND time_ms < ?`, tenant, number, before.UnixMilli())
			if err != nil {
				return err
			}
			n += int(deleted)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("remove old audit entries: %w", err)
	}
	return n, nil
}
