package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	refreshEvery = 15 * time.Minute // keys that the issuer took back are gone by then
	staleAfter   = time.Hour        // then a token waits for fresh ones, if there are any
	trustFor     = 24 * time.Hour   // so long the keys of an issuer that is down are used
	// pause is the least time between two fetches: whoever sends tokens with
	// made-up key ids makes this server ask the issuer no more often.
	pause = 10 * time.Second
)

// keySet is the keys of one issuer, as it published them last.
type keySet struct {
	issuer string
	http   *http.Client
	now    func() time.Time
	log    *slog.Logger
	every  time.Duration // between two refreshes of run
	pause  time.Duration

	mu      sync.Mutex
	keys    []key
	fetched time.Time     // when keys were asked for; zero: there are none yet
	tried   time.Time     // when the last fetch began
	err     error         // of the last fetch
	flight  chan struct{} // closed when the fetch under way has ended; nil: none
}

func newKeySet(issuer string, c Config) *keySet {
	return &keySet{
		issuer: issuer, http: withoutRedirects(c.HTTP), now: c.Now, log: c.Log.With("issuer", issuer),
		every: refreshEvery, pause: pause,
	}
}

// run refreshes the keys regularly until ctx is done, and more often while the
// issuer cannot be reached.
func (s *keySet) run(ctx context.Context) {
	for {
		next := s.every
		if s.share(ctx, ctx) != nil {
			next = min(s.pause, s.every)
		}
		timer := time.NewTimer(next)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}

// find gives the keys that a token with this key id ("": none) and algorithm can
// have been signed with. A key that is not there may be new: it is looked for
// at the issuer.
func (s *keySet) find(ctx context.Context, kid, alg string) (jwt.VerificationKeySet, error) {
	keys, err := s.current(ctx)
	if err != nil {
		return jwt.VerificationKeySet{}, err
	}
	found, err := pick(keys, kid, alg)
	if !errors.Is(err, errNoKey) {
		return found, err
	}
	if err := s.refresh(ctx); err != nil {
		return jwt.VerificationKeySet{}, unavailable(err)
	}
	keys, _ = s.last()
	if found, err = pick(keys, kid, alg); errors.Is(err, errNoKey) {
		err = vod.Faultf(vod.Unauthenticated, "The token is signed with a key that its issuer does not publish.")
	}
	return found, err
}

// current gives the keys, fetched now where there are none or they are old.
func (s *keySet) current(ctx context.Context) ([]key, error) {
	keys, fetched := s.last()
	if !fetched.IsZero() && s.now().Sub(fetched) < staleAfter {
		return keys, nil
	}
	err := s.refresh(ctx)
	keys, fetched = s.last()
	if fetched.IsZero() || s.now().Sub(fetched) > trustFor {
		return nil, unavailable(err)
	}
	return keys, nil
}

func (s *keySet) last() (keys []key, fetched time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys, s.fetched
}

func unavailable(cause error) error {
	return fmt.Errorf("%w (%w)", vod.Faultf(vod.Unavailable, "The keys of the token's issuer cannot be fetched now; try again in a while."), cause)
}

// refresh fetches the keys for a request. The fetch does not end with it, for
// others may wait for its outcome, too.
func (s *keySet) refresh(ctx context.Context) error { return s.share(ctx, context.WithoutCancel(ctx)) }

// share fetches the keys anew, and gives the outcome. One fetch serves all who
// ask for it meanwhile, and shortly after it the outcome is still the same. wait
// bounds the wait for the fetch of another, work the own fetch.
func (s *keySet) share(wait, work context.Context) error {
	s.mu.Lock()
	if flight := s.flight; flight != nil {
		s.mu.Unlock()
		select {
		case <-flight:
		case <-wait.Done():
			return wait.Err()
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.err
	}
	began := s.now()
	if since := began.Sub(s.tried); since >= 0 && since < s.pause { // A clock that was set back must not stop it.
		defer s.mu.Unlock()
		return s.err
	}
	s.tried, s.flight = began, make(chan struct{})
	s.mu.Unlock()

	keys, err := s.fetch(work)

	s.mu.Lock()
	defer s.mu.Unlock()
	s.tell(len(keys), err)
	if s.err = err; err == nil {
		s.keys, s.fetched = keys, began
	}
	close(s.flight)
	s.flight = nil
	return err
}

// tell logs failures, and the first success and the first after failures.
func (s *keySet) tell(keys int, err error) {
	switch {
	case errors.Is(err, context.Canceled): // The server stops.
	case err != nil:
		s.log.Warn("cannot fetch the keys of an issuer", "err", err)
	case keys == 0:
		s.log.Warn("the issuer publishes no key that can be used: it takes RSA of 2048 bits or more, P-256 or Ed25519, for signatures")
	case s.err != nil || s.fetched.IsZero():
		s.log.Info("fetched the keys of an issuer", "keys", keys)
	}
}

// errNoKey says that there is no such key, as far as is known.
var errNoKey = errors.New("no such key")

// pick chooses the keys for a token. A token that names none can only be
// signed with the one key that there is.
func pick(keys []key, kid, alg string) (jwt.VerificationKeySet, error) {
	var found jwt.VerificationKeySet
	named := false
	for _, k := range keys {
		named = named || kid != "" && k.kid == kid
		if k.alg == alg && (kid == "" || k.kid == kid) {
			found.Keys = append(found.Keys, k.public)
		}
	}
	switch {
	case named && len(found.Keys) == 0:
		return found, vod.Faultf(vod.Unauthenticated, "The token's algorithm (alg) is not that of the key that it names.")
	case len(found.Keys) == 0:
		return found, errNoKey
	case kid == "" && len(found.Keys) > 1:
		return found, vod.Faultf(vod.Unauthenticated, "The token does not name its key (kid), and its issuer has several.")
	}
	return found, nil
}
