package httpd

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/auth"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Authenticator tells who a bearer token stands for. What is wrong with a token
// is a [vod.Fault].
type Authenticator interface {
	Authenticate(ctx context.Context, bearer string) (auth.Identity, error)
}

// signIn finds out who asks. Without an authenticator everybody is the local
// caller, and the guard keeps web pages out; with one, everything but the
// public paths needs a token or a session, even to be told that there is nothing.
func (s *server) signIn(next http.Handler) http.Handler {
	identify := s.localCaller
	if s.auth != nil {
		identify = s.signedIn
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), fromKey{}, s.proxies.origin(r))
		r = r.WithContext(ctx)
		if s.auth != nil && public(r.URL.Path) {
			if err := s.sameOrigin(r); err != nil && strings.HasPrefix(r.URL.Path, openPath) {
				s.deny(w, r, err)
				return
			}
			next.ServeHTTP(w, r)
			return
		}
		caller, err := identify(r)
		var from *foreign
		if err != nil && (!strings.HasPrefix(r.URL.Path, uiPath) || errors.As(err, &from)) {
			s.deny(w, r, err)
			return
		}
		if err != nil {
			s.announce(w, r, err)
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(ctx, callerKey{}, asker{caller, err})))
	})
}

// signedIn is the holder of the request's token or session.
func (s *server) signedIn(r *http.Request) (vod.Caller, error) {
	id, err := s.identity(r)
	if err != nil {
		return vod.Caller{}, err
	}
	if wait := s.limits.take(id.Key); wait > 0 {
		return vod.Caller{}, &tooMany{wait}
	}
	return s.signedInCaller(r, id)
}

// identity is that of the token, or, without one, of the session. Browsers send
// the cookie of a session by themselves, whoever makes them: what it may change
// has to be asked for by a page of this server.
func (s *server) identity(r *http.Request) (auth.Identity, error) {
	if s.sessions != nil && len(r.Header.Values("Authorization")) == 0 {
		id, ok, err := s.sessions.Identify(r)
		if ok && err == nil {
			err = s.sameOrigin(r)
		}
		if ok {
			return id, err
		}
	}
	token, err := bearer(r)
	if err != nil {
		return auth.Identity{}, err
	}
	return s.auth.Authenticate(r.Context(), token)
}

// tooMany refuses a request for now.
type tooMany struct{ wait time.Duration }

func (e *tooMany) Error() string {
	return fmt.Sprintf("The token sends too many requests; try again in %d s.", e.seconds())
}

// Unwrap makes it a fault.
func (e *tooMany) Unwrap() error { return vod.Faultf(vod.RateLimited, "%s", e.Error()) }

func (e *tooMany) seconds() int { return int(math.Ceil(e.wait.Seconds())) }

// challenge is the WWW-Authenticate of a 401 (RFC 6750 section 3).
func challenge(r *http.Request) string {
	if r.Header.Get("Authorization") == "" {
		return `Bearer realm="orchestrate"`
	}
	return `Bearer realm="orchestrate", error="invalid_token"`
}

// keysPatience is when to ask again while the keys of an issuer cannot be
// fetched.
const keysPatience = 5 * time.Second

// deny answers a request whose caller is not let in.
func (s *server) deny(w http.ResponseWriter, r *http.Request, err error) {
	if s.seekingPage(r, err) {
		signInFirst(w, r)
		return
	}
	s.announce(w, r, err)
	s.fail(w, r, err)
}

// announce tells in headers and in the log why a caller is not let in.
func (s *server) announce(w http.ResponseWriter, r *http.Request, err error) {
	switch limited, ok := err.(*tooMany); { //nolint:errorlint // Made here, and wrapped by nobody.
	case ok:
		w.Header().Set("Retry-After", strconv.Itoa(limited.seconds()))
	case vod.CodeOf(err) == vod.Unauthenticated:
		w.Header().Set("WWW-Authenticate", challenge(r))
	case vod.CodeOf(err) == vod.Unavailable:
		s.log.WarnContext(r.Context(), "cannot check who asks", "error", err)
		w.Header().Set("Retry-After", strconv.Itoa(int(keysPatience.Seconds())))
	}
}

// public tells whether a path needs no token: the documentation, what load
// balancers ask, the sign-in page and what pages are made of, and media, whose
// addresses are capabilities.
func public(path string) bool {
	switch path {
	case "/", "/healthz", "/readyz", "/openapi.yaml", "/schemas/profile.json", "/docs":
		return true
	}
	return strings.HasPrefix(path, "/media/") || strings.HasPrefix(path, "/docs/") || strings.HasPrefix(path, openPath)
}
