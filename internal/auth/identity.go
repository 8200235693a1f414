package auth

import (
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Identity is who a token stands for.
type Identity struct {
	Subject     string   // for the audit log, such as "editor@example.com (https://login.example.com)" or "token nightly (3kq7…)"
	Key         string   // tells token holders apart for rate limits; never shown
	Tenants     []string // sorted, never empty
	Permissions []vod.Permission
}

// Grant is an identity with what it hangs on, for a session to end with it.
type Grant struct {
	Identity
	TokenID string    // of the minted token; else empty
	Expires time.Time // the first instant at which it is refused; zero: none is known
}
