package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/via-orchestrate/orchestrate/internal/auth"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// start sends a person to the provider (OpenID Connect Core 1.0 section 3.1.2.1,
// with PKCE).
func (p *pages) start(w http.ResponseWriter, r *http.Request) error {
	to := target(r.URL.Query().Get("to"))
	if p.provider == nil {
		http.Redirect(w, r, signInAddress(to), http.StatusSeeOther) //nolint:gosec // A page of this server: see target.
		return nil
	}
	if !p.flows.allow(p.config.From(r.Context()), p.config.Now()) {
		return p.refuse(w, r, tooMany, to, nil)
	}
	found, err := p.provider.look(r.Context())
	if err != nil {
		return p.refuse(w, r, unreachable, to, err)
	}
	l := login{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), To: to}
	if err := p.keep(w, l); err != nil {
		return err
	}
	address := found.oauth.AuthCodeURL(l.State, oidc.Nonce(l.Nonce), oauth2.S256ChallengeOption(l.Verifier))
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

// callback takes the answer of the provider (section 3.1.2.5).
func (p *pages) callback(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	l, ok := p.take(w, r, query.Get("state"))
	to := target(l.To)
	switch {
	case p.provider == nil || !ok:
		return p.refuse(w, r, stale, home, nil)
	case !p.flows.allow(p.config.From(r.Context()), p.config.Now()):
		return p.refuse(w, r, tooMany, to, nil)
	case query.Has("iss") && query.Get("iss") != p.provider.Issuer: // RFC 9207 section 2.4.
		return p.refuse(w, r, broken, to, errors.New("the answer is that of another issuer (iss)"))
	case query.Has("error"):
		err := fmt.Errorf("the provider answers %s: %s", shortened(query.Get("error")), shortened(query.Get("error_description")))
		if query.Get("error") == "access_denied" {
			return p.refuse(w, r, denied, to, err)
		}
		return p.refuse(w, r, broken, to, err)
	case query.Get("code") == "":
		return p.refuse(w, r, broken, to, errors.New("the answer has no code"))
	}
	grant, err := p.redeem(r.Context(), query.Get("code"), l)
	if err != nil {
		return p.refuse(w, r, problemOf(err), to, err)
	}
	return p.enter(w, r, grant, to)
}

// errTransport says that the provider could not be asked.
var errTransport = errors.New("the provider cannot be reached")

// problemOf is what a person is told for an error of redeem.
func problemOf(err error) Problem {
	switch {
	case vod.CodeOf(err) == vod.Forbidden:
		return noTenant
	case errors.Is(err, errTransport):
		return unreachable
	}
	return broken
}

// redeem makes of a code who the provider says this is (sections 3.1.3.1 and
// 3.1.3.7).
func (p *pages) redeem(ctx context.Context, code string, l login) (auth.Grant, error) {
	found, err := p.provider.look(ctx)
	if err != nil {
		return auth.Grant{}, fmt.Errorf("%w: %w", errTransport, err)
	}
	ctx = oidc.ClientContext(ctx, p.provider.client)
	token, err := found.oauth.Exchange(ctx, code, oauth2.VerifierOption(l.Verifier))
	if err != nil {
		return auth.Grant{}, exchangeError(err)
	}
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return auth.Grant{}, errors.New("the provider gives no ID token; does oidc-scope have openid?")
	}
	id, err := found.verifier.Verify(ctx, raw)
	if err != nil {
		return auth.Grant{}, fmt.Errorf("verify the ID token: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(l.Nonce)) != 1 {
		return auth.Grant{}, errors.New("the ID token is that of another sign-in (nonce)")
	}
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(token.AccessToken); err != nil {
			return auth.Grant{}, fmt.Errorf("verify the ID token (at_hash): %w", err)
		}
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return auth.Grant{}, fmt.Errorf("read the ID token: %w", err)
	}
	if azp, given := claims["azp"]; given && azp != p.provider.ClientID || !given && len(id.Audience) > 1 {
		return auth.Grant{}, errors.New("the ID token was issued to another client (azp)")
	}
	return p.config.Auth.OfIDToken(p.provider.Issuer, p.provider.ClientID, claims)
}

// exchangeError tells what the provider says, in bounds, and nothing of the code.
func exchangeError(err error) error {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		return fmt.Errorf("%w: %w", errTransport, err)
	}
	status := 0
	if refused.Response != nil {
		status = refused.Response.StatusCode
	}
	return fmt.Errorf("the provider takes no code: status %d, %s: %s", status, shortened(refused.ErrorCode), shortened(refused.ErrorDescription))
}

// shortened quotes what the provider sent, for the log.
func shortened(text string) string {
	const most = 300
	if len(text) > most {
		text = text[:most]
	}
	return fmt.Sprintf("%q", text)
}

// enter signs in whom the grant is for.
func (p *pages) enter(w http.ResponseWriter, r *http.Request, grant auth.Grant, to string) error {
	if len(grant.Permissions) == 0 {
		return p.refuse(w, r, noRole, to, fmt.Errorf("%s has no role", grant.Subject))
	}
	if err := p.config.Sessions.Begin(w, r, grant, p.config.From(r.Context())); err != nil {
		return err
	}
	http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // A page of this server: see target.
	return nil
}

// signInAddress is the sign-in page that leads to the other page.
func signInAddress(to string) string { return open + "sign-in?to=" + url.QueryEscape(to) }
