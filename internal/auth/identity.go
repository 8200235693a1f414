package auth

import "github.com/via-orchestrate/orchestrate/internal/vod"

// Identity is who a token stands for.
type Identity struct {
	Subject     string   // for the audit log, such as "editor@example.com (https://login.example.com)" or "token nightly (3kq7…)"
	Key         string   // tells token holders apart for rate limits; never shown
	Tenants     []string // sorted, never empty
	Permissions []vod.Permission
}
