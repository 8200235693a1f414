package sqlstore

import (
	"bytes"
	"context"
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const profileColumns = "tenant, name, version_id, document"

func profileRow(p *vod.ProfileVersion) []Column {
	return []Column{text[string]{&p.Tenant}, text[string]{&p.Name}, number[int64]{&p.VersionID}, document{&p.Document}}
}

// ProfilePut implements [store.Profiles].
func (s *Store) ProfilePut(ctx context.Context, p vod.ProfileVersion, by vod.AuditEntry) (stored vod.ProfileVersion, created bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		if err := t.Lock("profile", p.Tenant, p.Name); err != nil {
			return err
		}
		newest, ok, err := newestProfile(t, p.Tenant, p.Name)
		if err != nil {
			return fmt.Errorf("read profile %q: %w", p.Name, err)
		}
		if ok && bytes.Equal(newest.Document, p.Document) {
			stored, created = newest, false
			return nil
		}
		stored, created = p, true
		if ok {
			stored.VersionID = max(p.VersionID, newest.VersionID+1)
		}
		if err := t.insert("profiles", profileColumns, profileRow(&stored)); err != nil {
			return fmt.Errorf("write profile %q: %w", p.Name, err)
		}
		return t.audit(by)
	})
	if err != nil {
		return vod.ProfileVersion{}, false, err
	}
	return stored, created, nil
}

func newestProfile(q Querier, tenant, name string) (vod.ProfileVersion, bool, error) {
	return First(q, profileRow, `
		SELECT `+profileColumns+` FROM profiles
		WHERE tenant = ? AND name = ?
		ORDER BY version_id DESC LIMIT 1`, tenant, name)
}

// ProfileGet implements [store.Profiles].
func (s *Store) ProfileGet(ctx context.Context, tenant, name string, versionID int64) (p vod.ProfileVersion, err error) {
	err = s.db.Read(ctx, func(q Querier) error {
		var ok bool
		if versionID == 0 {
			p, ok, err = newestProfile(q, tenant, name)
		} else {
			p, ok, err = First(q, profileRow, `
				SELECT `+profileColumns+` FROM profiles
				WHERE tenant = ? AND name = ? AND version_id = ?`, tenant, name, versionID)
		}
		switch {
		case err != nil:
			return fmt.Errorf("read profile %q: %w", name, err)
		case !ok && versionID != 0:
			return vod.Faultf(vod.NotFound, "There is no version %d of a profile %q.", versionID, name)
		case !ok:
			return vod.Faultf(vod.NotFound, "There is no profile %q.", name)
		}
		return nil
	})
	return p, err
}

// ProfileList implements [store.Profiles].
func (s *Store) ProfileList(ctx context.Context, tenant string) (list []vod.ProfileVersion, err error) {
	err = s.db.Read(ctx, func(q Querier) error {
		list, err = All(q, profileRow, `
			SELECT `+profileColumns+` FROM profiles AS p
			WHERE tenant = ?1 AND version_id =
				(SELECT max(version_id) FROM profiles WHERE tenant = ?1 AND name = p.name)
			ORDER BY name`, tenant)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list profiles: %w", err)
	}
	return list, nil
}

// ProfileVersions implements [store.Profiles].
func (s *Store) ProfileVersions(ctx context.Context, tenant, name string) (list []vod.ProfileVersion, err error) {
	err = s.db.Read(ctx, func(q Querier) error {
		list, err = All(q, profileRow, `
			SELECT `+profileColumns+` FROM profiles
			WHERE tenant = ? AND name = ?
			ORDER BY version_id DESC`, tenant, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the versions of profile %q: %w", name, err)
	}
	if len(list) == 0 {
		return nil, vod.Faultf(vod.NotFound, "There is no profile %q.", name)
	}
	return list, nil
}
