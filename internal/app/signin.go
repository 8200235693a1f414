package app

import (
	"context"
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/auth"
	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// openSignIn turns sign-in on where there is an issuer or a token was ever
// minted. Without it, whoever reaches the server may do everything, so nothing
// but loopback is served: this is found out before any address is bound.
func (a *App) openSignIn(ctx context.Context) (err error) {
	minted, err := a.store.TokensExist(ctx)
	if err != nil {
		return err
	}
	if len(a.config.Issuers) == 0 && !minted {
		for _, key := range []struct{ name, addr string }{{"addr", a.config.Addr}, {"metrics-addr", a.config.MetricsAddr}} {
			if key.addr != "" && !config.Loopback(key.addr) {
				return &config.Error{Problems: []string{fmt.Sprintf("%s: not listening at %s: there is no sign-in, and other machines could reach it; "+
					"make a token (orchestrate token create), name an issuer (oidc-issuer), or use 127.0.0.1", key.name, key.addr)}}
			}
		}
		a.log.Warn("no sign-in: whoever reaches this machine's loopback addresses may do everything; nothing else is served")
		return nil
	}
	a.auth, err = auth.New(a.authConfig())
	if err != nil {
		return fmt.Errorf("sign-in: %w", err)
	}
	if a.clientSecret, err = readSecret("oidc-client-secret-file", a.config.ClientSecretFile); err != nil {
		return err
	}
	a.log.Info("sign-in is on", "issuers", a.config.Issuers, "minted", minted)
	return nil
}

func (a *App) authConfig() auth.Config {
	c := auth.Config{
		Tokens:     a.store,
		RolesClaim: a.config.RolesClaim, PermissionsClaim: a.config.PermissionsClaim, TenantClaim: a.config.TenantClaim,
		RoleMap: map[string]vod.Role{}, TenantMap: a.config.TenantMap, ClockSkew: a.config.ClockSkew,
		Now: vod.Now, Log: a.log,
	}
	for _, url := range a.config.Issuers {
		c.Issuers = append(c.Issuers, auth.Issuer{URL: url, Audiences: a.config.Audiences})
	}
	for name, role := range a.config.RoleMap {
		c.RoleMap[name] = vod.Role(role)
	}
	return c
}
