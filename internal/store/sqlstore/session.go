package sqlstore

import (
	"context"
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const sessionColumns = "hash, subject, key, tenants, permissions, token_id, rules, created_ms, expires_ms"

func sessionRow(s *vod.Session) []Column {
	return []Column{
		text[string]{&s.Hash},
		text[string]{&s.Subject},
		text[string]{&s.Key},
		encoded[[]string]{&s.Tenants},
		encoded[[]vod.Permission]{&s.Permissions},
		text[string]{&s.TokenID},
		text[string]{&s.Rules},
		instant{&s.Created},
		instant{&s.Expires},
	}
}

const expiredSessions = "DELETE FROM sessions INDEXED BY sessions_by_end WHERE expires_ms <= ?"

// SessionCreate implements [store.Sessions].
func (s *Store) SessionCreate(ctx context.Context, session vod.Session, by vod.AuditEntry) error {
	return s.write(ctx, func(t *tx) error {
		if _, err := t.Exec(expiredSessions, session.Created.UnixMilli()); err != nil {
			return fmt.Errorf("remove expired sessions: %w", err)
		}
		err := t.insert("sessions", sessionColumns, sessionRow(&session))
		switch {
		case t.taken(err):
			return vod.Faultf(vod.Conflict, "There is such a session already.")
		case err != nil:
			return fmt.Errorf("write a session: %w", err)
		}
		return t.auditEach(session.Tenants, by)
	})
}

// SessionGet implements [store.Sessions].
func (s *Store) SessionGet(ctx context.Context, hash string) (session vod.Session, err error) {
	err = s.db.Read(ctx, func(q Querier) error {
		session, err = readSession(q, hash)
		return err
	})
	return session, err
}

func readSession(q Querier, hash string) (vod.Session, error) {
	session, ok, err := First(q, sessionRow, "SELECT "+sessionColumns+" FROM sessions WHERE hash = ?", hash)
	switch {
	case err != nil:
		return vod.Session{}, fmt.Errorf("read a session: %w", err)
	case !ok:
		return vod.Session{}, vod.Faultf(vod.NotFound, "There is no such session.")
	}
	return session, nil
}

// SessionDelete implements [store.Sessions].
func (s *Store) SessionDelete(ctx context.Context, hash string, by vod.AuditEntry) (session vod.Session, err error) {
	err = s.write(ctx, func(t *tx) error {
		if err = t.Lock("session", hash); err != nil {
			return err
		}
		if session, err = readSession(t, hash); err != nil {
			return err
		}
		if _, err := t.Exec("DELETE FROM sessions WHERE hash = ?", hash); err != nil {
			return fmt.Errorf("remove a session: %w", err)
		}
		return t.auditEach(session.Tenants, by)
	})
	if err != nil {
		return vod.Session{}, err
	}
	return session, nil
}
