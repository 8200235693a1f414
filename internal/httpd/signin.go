package httpd

import (
	"context"
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
// public paths needs a token, even to be told that there is nothing.
func (s *server) signIn(next http.Handler) http.Handler {
	identify := s.localCaller
	if s.auth != nil {
		identify = s.tokenCaller
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.auth != nil && public(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		caller, err := identify(r)
		if err != nil {
			s.deny(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, caller)))
	})
}

func (s *server) tokenCaller(r *http.Request) (vod.Caller, error) {
	token, err := bearer(r)
	if err != nil {
		return vod.Caller{}, err
	}
	id, err := s.auth.Authenticate(r.Context(), token)
	if err != nil {
		return vod.Caller{}, err
	}
	if wait := s.limits.take(id.Key); wait > 0 {
		return vod.Caller{}, &tooMany{wait}
	}
	return s.signedInCaller(r, id)
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
	switch limited, ok := err.(*tooMany); { //nolint:errorlint // Made here, and wrapped by nobody.
	case ok:
		w.Header().Set("Retry-After", strconv.Itoa(limited.seconds()))
	case vod.CodeOf(err) == vod.Unauthenticated:
		w.Header().Set("WWW-Authenticate", challenge(r))
	case vod.CodeOf(err) == vod.Unavailable:
		s.log.WarnContext(r.Context(), "cannot check a token", "error", err)
		w.Header().Set("Retry-After", strconv.Itoa(int(keysPatience.Seconds())))
	}
	s.fail(w, r, err)
}

// public tells whether a path needs no token: the documentation, what load
// balancers ask, and media, whose addresses are capabilities.
func public(path string) bool {
	switch path {
	case "/healthz", "/readyz", "/openapi.yaml", "/schemas/profile.json", "/docs":
		return true
	}
	return strings.HasPrefix(path, "/media/") || strings.HasPrefix(path, "/docs/")
}
