package sqlstore

import (
	"context"
	"fmt"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const tokenColumns = "id, hash, name, tenants, role, created_ms, expires_ms, revoked_ms" //nolint:gosec // Names of columns.

func tokenRow(t *vod.Token) []Column {
	return []Column{
		text[string]{&t.ID},
		text[string]{&t.Hash},
		text[string]{&t.Name},
		encoded[[]string]{&t.Tenants},
		text[vod.Role]{&t.Role},
		instant{&t.Created},
		maybe{&t.Expires},
		maybe{&t.Revoked},
	}
}

// TokenCreate implements [store.Tokens].
func (s *Store) TokenCreate(ctx context.Context, token vod.Token, by vod.AuditEntry) error {
	return s.write(ctx, func(t *tx) error {
		err := t.insert("tokens", tokenColumns, tokenRow(&token))
		switch {
		case t.taken(err):
			return vod.Faultf(vod.Conflict, "There is a token %s already.", token.ID)
		case err != nil:
			return fmt.Errorf("write token %s: %w", token.ID, err)
		}
		return t.auditEach(token.Tenants, by)
	})
}

// TokenGet implements [store.Tokens].
func (s *Store) TokenGet(ctx context.Context, id string) (token vod.Token, err error) {
	err = s.db.Read(ctx, func(q Querier) error {
		token, err = readToken(q, id)
		return err
	})
	return token, err
}

func readToken(q Querier, id string) (vod.Token, error) {
	token, ok, err := First(q, tokenRow, "SELECT "+tokenColumns+" FROM tokens WHERE id = ?", id)
	switch {
	case err != nil:
		return vod.Token{}, fmt.Errorf("read token %q: %w", id, err)
	case !ok:
		return vod.Token{}, vod.Faultf(vod.NotFound, "There is no token %q.", id)
	}
	return token, nil
}

// TokenList implements [store.Tokens].
func (s *Store) TokenList(ctx context.Context) (list []vod.Token, err error) {
	err = s.db.Read(ctx, func(q Querier) error {
		list, err = All(q, tokenRow, "SELECT "+tokenColumns+" FROM tokens ORDER BY created_ms DESC, id DESC")
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return list, nil
}

// TokenRevoke implements [store.Tokens].
func (s *Store) TokenRevoke(ctx context.Context, id string, at time.Time, by vod.AuditEntry) (token vod.Token, err error) {
	err = s.write(ctx, func(t *tx) error {
		if err = t.Lock("token", id); err != nil {
			return err
		}
		if token, err = readToken(t, id); err != nil || !token.Revoked.IsZero() {
			return err
		}
		token.Revoked = vod.Millis(at)
		if _, err := t.Exec("UPDATE tokens SET revoked_ms = ? WHERE id = ?", token.Revoked.UnixMilli(), id); err != nil {
			return fmt.Errorf("revoke token %s: %w", id, err)
		}
		return t.auditEach(token.Tenants, by)
	})
	if err != nil {
		return vod.Token{}, err
	}
	return token, nil
}

// TokensExist implements [store.Tokens].
func (s *Store) TokensExist(ctx context.Context) (exist bool, err error) {
	err = s.db.Read(ctx, func(q Querier) error {
		_, exist, err = First(q, tokenRow, "SELECT "+tokenColumns+" FROM tokens LIMIT 1")
		return err
	})
	if err != nil {
		return false, fmt.Errorf("look for tokens: %w", err)
	}
	return exist, nil
}
