package apptest

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/auth"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Mint makes tokens in the data folder, as orchestrate token create does, and
// gives their texts. A server that is started on the folder after that has
// sign-in. One with a time of revocation is revoked.
func Mint(t testing.TB, data string, tokens ...vod.Token) (texts []string) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(data, "orchestrate.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	return MintIn(t, db, tokens...)
}

// Tokens is a store of them.
type Tokens interface {
	TokenCreate(ctx context.Context, token vod.Token, entry vod.AuditEntry) error
	TokenRevoke(ctx context.Context, id string, at time.Time, entry vod.AuditEntry) (vod.Token, error)
}

// MintIn makes tokens in an open store.
func MintIn(t testing.TB, db Tokens, tokens ...vod.Token) (texts []string) {
	t.Helper()
	for _, token := range tokens {
		minted, text, err := auth.Mint(token, token.Expires.Add(-1)) // Expired ones too.
		if token.Expires.IsZero() {
			minted, text, err = auth.Mint(token, vod.Now())
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := db.TokenCreate(t.Context(), minted, vod.AuditEntry{}); err != nil {
			t.Fatal(err)
		}
		if !token.Revoked.IsZero() {
			if _, err := db.TokenRevoke(t.Context(), minted.ID, token.Revoked, vod.AuditEntry{}); err != nil {
				t.Fatal(err)
			}
		}
		texts = append(texts, text)
	}
	return texts
}
