package session

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/auth"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Config is what sessions are made of. All is required but Now.
type Config struct {
	Store Store
	Auth  Authenticator
	Age   time.Duration // for so long a session is good at most
	HTTPS bool          // browsers reach the server by https only
	Now   func() time.Time
}

// Store is where sessions stand; see store.Sessions.
type Store interface {
	SessionCreate(ctx context.Context, s vod.Session, by vod.AuditEntry) error
	SessionGet(ctx context.Context, hash string) (vod.Session, error)
	SessionDelete(ctx context.Context, hash string, by vod.AuditEntry) (vod.Session, error)
}

// Authenticator knows what sessions hang on; see [auth.Authenticator].
type Authenticator interface {
	TokenEnded(ctx context.Context, id string) error
	Rules() string
}

// Manager begins, finds and ends sessions. It is safe for concurrent use.
type Manager struct {
	config Config
	cookie string // its name
	rules  string
	recent *recent
}

// New makes a manager.
func New(c Config) *Manager {
	if c.Now == nil {
		c.Now = time.Now
	}
	m := &Manager{config: c, cookie: "orchestrate", rules: c.Auth.Rules(), recent: newRecent()}
	if c.HTTPS {
		m.cookie = "__Host-" + m.cookie
	}
	return m
}

// valueBytes is the length of what a cookie holds, in base64url.
const valueBytes = 32

// hashOf is what is kept of a cookie's value, which is as random as a key; ok is
// false for what cannot be one.
func hashOf(value string) (hash string, ok bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(value)
	if err != nil || len(raw) != valueBytes {
		return "", false
	}
	digest := sha256.Sum256(raw)
	return hex.EncodeToString(digest[:]), true
}

// Begin signs in whom the grant is for, and gives the browser a cookie of its
// own: whatever it had before is worth nothing from now on. from is the address
// for the audit log. A grant without tenant or permission is refused.
func (m *Manager) Begin(w http.ResponseWriter, r *http.Request, g auth.Grant, from string) error {
	now := vod.Millis(m.config.Now())
	s := vod.Session{
		Subject: g.Subject, Key: g.Key, Tenants: g.Tenants, Permissions: g.Permissions, TokenID: g.TokenID,
		Rules: m.rules, Created: now, Expires: now.Add(m.config.Age),
	}
	if end := vod.Millis(g.Expires); !g.Expires.IsZero() && end.Before(s.Expires) {
		s.Expires = end
	}
	switch {
	case len(g.Tenants) == 0 || len(g.Permissions) == 0:
		return vod.Faultf(vod.Forbidden, "There is nothing that %s may do here.", g.Subject)
	case !s.Expires.After(now):
		return vod.Faultf(vod.Unauthenticated, "The token is about to expire.")
	}
	if _, err := m.remove(r, from); err != nil && vod.CodeOf(err) != vod.NotFound {
		return err
	}
	var raw [valueBytes]byte
	_, _ = rand.Read(raw[:]) // It never fails.
	value := base64.RawURLEncoding.EncodeToString(raw[:])
	s.Hash, _ = hashOf(value)
	if err := m.config.Store.SessionCreate(r.Context(), s, entry(s, now, vod.SignedIn, from)); err != nil {
		return fmt.Errorf("sign in %s: %w", g.Subject, err)
	}
	m.set(w, value, int(s.Expires.Sub(now).Seconds()))
	return nil
}

// End signs out the sender of the request, and gives the session that ended. It
// is a NotFound fault where there was none; the browser's cookie goes anyway.
func (m *Manager) End(w http.ResponseWriter, r *http.Request, from string) (vod.Session, error) {
	s, err := m.remove(r, from)
	m.set(w, "", -1)
	return s, err
}

// remove removes the session of the request.
func (m *Manager) remove(r *http.Request, from string) (vod.Session, error) {
	value, _ := m.value(r)
	hash, ok := hashOf(value)
	if !ok {
		return vod.Session{}, vod.Faultf(vod.NotFound, "There is no such session.")
	}
	s, err := m.config.Store.SessionGet(r.Context(), hash) // For whom the audit log is to name.
	if err == nil {
		s, err = m.config.Store.SessionDelete(r.Context(), hash, entry(s, m.config.Now(), vod.SignedOut, from))
	}
	m.recent.drop(hash)
	if err != nil {
		return vod.Session{}, fmt.Errorf("sign out: %w", err)
	}
	return s, nil
}

// entry tells of a session by the beginning of its hash, which opens nothing.
func entry(s vod.Session, now time.Time, action vod.Action, from string) vod.AuditEntry {
	return vod.Caller{Subject: s.Subject, From: from}.Audit(now, action, s.Hash[:12])
}

// Identify tells who sent a request by its cookie. ok is false where it has none.
// A cookie that is worth nothing, or no longer, is an Unauthenticated fault. The
// identity is shared and must not be altered.
func (m *Manager) Identify(r *http.Request) (id auth.Identity, ok bool, err error) {
	value, given := m.value(r)
	if !given {
		return auth.Identity{}, false, nil
	}
	over := vod.Faultf(vod.Unauthenticated, "The session has ended; sign in again.")
	hash, ok := hashOf(value)
	if !ok {
		return auth.Identity{}, true, over
	}
	now := m.config.Now()
	s, err := m.find(r.Context(), hash, now)
	switch {
	case vod.CodeOf(err) == vod.NotFound || vod.CodeOf(err) == vod.Unauthenticated:
		return auth.Identity{}, true, over
	case err != nil:
		return auth.Identity{}, true, fmt.Errorf("%w (%w)", vod.Faultf(vod.Unavailable, "The session cannot be looked up now; try again in a while."), err)
	case !now.Before(s.Expires):
		return auth.Identity{}, true, over
	}
	return auth.Identity{Subject: s.Subject, Key: s.Key, Tenants: s.Tenants, Permissions: s.Permissions}, true, nil
}

// find gives a session that was good when it was last looked up.
func (m *Manager) find(ctx context.Context, hash string, now time.Time) (vod.Session, error) {
	if s, ok := m.recent.get(hash, now); ok {
		return s, nil
	}
	turn := m.recent.turn()
	s, err := m.config.Store.SessionGet(ctx, hash)
	if err != nil {
		return vod.Session{}, err
	}
	if s.TokenID != "" { // Its role and tenants never change.
		err = m.config.Auth.TokenEnded(ctx, s.TokenID)
	} else if s.Rules != m.rules {
		err = vod.Faultf(vod.Unauthenticated, "The session was granted under other rules.")
	}
	if err != nil {
		return vod.Session{}, err
	}
	m.recent.put(hash, s, now, turn)
	return s, nil
}
