package store

import (
	"context"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Tokens keeps the access tokens that were minted, without their secrets. They
// are never deleted, so that the audit log can tell who a token was. An audit
// entry is written for each of the token's tenants, which are set here.
type Tokens interface {
	// TokenCreate writes a new token. An id that is taken is a Conflict fault.
	TokenCreate(ctx context.Context, t vod.Token, by vod.AuditEntry) error
	// TokenGet gives a token, be it expired or revoked.
	TokenGet(ctx context.Context, id string) (vod.Token, error)
	// TokenList gives all tokens, newest Created first, ties by id descending.
	TokenList(ctx context.Context) ([]vod.Token, error)
	// TokenRevoke revokes a token at that time, and gives it. One that is
	// revoked stays as it is.
	TokenRevoke(ctx context.Context, id string, at time.Time, by vod.AuditEntry) (vod.Token, error)
	// TokensExist tells whether a token was ever minted, expired and revoked
	// ones included: sign-in stays on when the last one has ended.
	TokensExist(ctx context.Context) (bool, error)
}
