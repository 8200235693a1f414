package app

import (
	"context"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/httpd"
	"github.com/via-orchestrate/orchestrate/internal/session"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/signin"
)

// https tells whether browsers reach the server by https.
func (a *App) https() bool { return strings.HasPrefix(a.config.PublicURL, "https:") }

// openSessions makes what people sign in with, once the public address is known.
func (a *App) openSessions() {
	if a.auth == nil {
		return
	}
	a.sessions = session.New(session.Config{Store: a.store, Auth: a.auth, Age: a.config.SessionAge, HTTPS: a.https(), Now: vod.Now})
	if u, err := url.Parse(a.config.PublicURL); err == nil && !a.https() && !config.Loopback(net.JoinHostPort(u.Hostname(), "0")) {
		a.log.Warn("public-url is not https: what keeps people signed in can be read on the way", "publicUrl", a.config.PublicURL)
	}
	if a.config.ClientID != "" {
		a.log.Info("people sign in with a browser at the issuer", "issuer", a.config.Issuers[0], "client", a.config.ClientID,
			"comeBackTo", config.Callback(a.config.PublicURL))
	}
}

// signInPages is what the pages for signing in are made of; nil: there is no
// sign-in.
func (a *App) signInPages() *signin.Config {
	if a.auth == nil {
		return nil
	}
	c := &signin.Config{Sessions: a.sessions, Auth: a.auth, HTTPS: a.https(), From: httpd.From, Now: vod.Now, Log: httpd.Traced(a.log)}
	if a.config.ClientID != "" {
		c.Provider = &signin.Provider{
			Issuer: a.config.Issuers[0], ClientID: a.config.ClientID, Secret: a.clientSecret.Reveal(), Scopes: a.config.Scopes,
			Callback: config.Callback(a.config.PublicURL),
		}
	}
	return c
}

// tenants are those that a caller can change to: its own, or, without sign-in,
// those that there are.
func (a *App) tenants(ctx context.Context, by vod.Caller) ([]string, error) {
	if a.auth != nil {
		return by.Tenants, nil
	}
	list, err := a.store.RetentionTenants(ctx)
	if err != nil {
		return nil, err
	}
	list = append(list, httpd.DefaultTenant)
	slices.Sort(list)
	return slices.Compact(list), nil
}
