package sqlstore

import (
	"context"
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	viewColumns = "tenant, subject, name, query"
	viewsQuery  = "SELECT " + viewColumns + " FROM views WHERE tenant = ? AND subject = ? ORDER BY name"
)

func viewRow(v *vod.View) []Column {
	return []Column{text[string]{&v.Tenant}, text[string]{&v.Subject}, text[string]{&v.Name}, text[string]{&v.Query}}
}

// ViewPut implements [store.Views].
func (s *Store) ViewPut(ctx context.Context, v vod.View) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.Lock("views", v.Tenant, v.Subject); err != nil {
			return err
		}
		if _, err := removeView(t, v.Tenant, v.Subject, v.Name); err != nil {
			return err
		}
		others, err := All(t, viewRow, viewsQuery, v.Tenant, v.Subject)
		switch {
		case err != nil:
			return fmt.Errorf("count views: %w", err)
		case len(others) >= store.MaxViews:
			return vod.Faultf(vod.Conflict, "There are %d saved views already; delete one first.", len(others))
		}
		if err := t.insert("views", viewColumns, viewRow(&v)); err != nil {
			return fmt.Errorf("write a view: %w", err)
		}
		return nil
	})
}

// ViewList implements [store.Views].
func (s *Store) ViewList(ctx context.Context, tenant, subject string) (list []vod.View, err error) {
	err = s.db.Read(ctx, func(q Querier) error {
		list, err = All(q, viewRow, viewsQuery, tenant, subject)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list views: %w", err)
	}
	return list, nil
}

// ViewDelete implements [store.Views].
func (s *Store) ViewDelete(ctx context.Context, tenant, subject, name string) error {
	return s.write(ctx, func(t *tx) error {
		removed, err := removeView(t, tenant, subject, name)
		if err == nil && !removed {
			return vod.Faultf(vod.NotFound, "There is no saved view %q.", name)
		}
		return err
	})
}

func removeView(t *tx, tenant, subject, name string) (removed bool, err error) {
	n, err := t.Exec("DELETE FROM views WHERE tenant = ? AND subject = ? AND name = ?", tenant, subject, name)
	if err != nil {
		return false, fmt.Errorf("remove a view: %w", err)
	}
	return n > 0, nil
}
