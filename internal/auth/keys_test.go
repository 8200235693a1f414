package auth

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestRotation: a new key is taken at once, one that the issuer took back no
// longer.
func TestRotation(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	c := f.config()
	tick := &clock{at: now()}
	c.Now = tick.now
	a := newAuthenticator(t, c)
	accepted(t, a, f.token())
	f.publish(jwk("rsa", rsaKey()), jwk("new", otherRSAKey()))
	tick.forward(pause)
	accepted(t, a, sign(jwt.SigningMethodRS256, "new", otherRSAKey(), f.claims()))
	f.publish(jwk("new", otherRSAKey()))
	tick.forward(staleAfter)
	refused(t, a, f.token(with("exp", now().Add(3*time.Hour).Unix())), vod.Unauthenticated, "does not publish")
	accepted(t, a, sign(jwt.SigningMethodRS256, "new", otherRSAKey(), f.claims(with("exp", now().Add(3*time.Hour).Unix()))))
}

// TestRotationWithoutKeyIDs: only the signature tells that the key is another.
func TestRotationWithoutKeyIDs(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	f.publish(jwk("", rsaKey(), without("kid")))
	c := f.config()
	tick := &clock{at: now()}
	c.Now = tick.now
	a := newAuthenticator(t, c)
	accepted(t, a, sign(jwt.SigningMethodRS256, "", rsaKey(), f.claims()))
	f.publish(jwk("", otherRSAKey(), without("kid")))
	token := sign(jwt.SigningMethodRS256, "", otherRSAKey(), f.claims())
	refused(t, a, token, vod.Unauthenticated, "signature is wrong") // The keys were fetched a moment ago.
	tick.forward(pause)
	accepted(t, a, token)
}

// TestMadeUpKeyIDs: however many there are, the issuer is asked once, and a
// good token passes meanwhile.
func TestMadeUpKeyIDs(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	c := f.config()
	tick := &clock{at: now()}
	c.Now = tick.now
	a := newAuthenticator(t, c)
	accepted(t, a, f.token())
	tick.forward(pause)
	var group sync.WaitGroup
	for i := range 50 {
		group.Go(func() {
			token := sign(jwt.SigningMethodES256, fmt.Sprint("made-up-", i), ecKey(), f.claims())
			if _, err := a.Authenticate(context.Background(), token); vod.CodeOf(err) != vod.Unauthenticated {
				t.Errorf("got %v", err)
			}
			if _, err := a.Authenticate(context.Background(), f.token(with("jti", i))); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := f.requests("/keys"); n != 2 {
		t.Errorf("the keys were fetched %d times, want 2", n)
	}
}

// TestOneFetchServesAll who ask while there are no keys yet.
func TestOneFetchServesAll(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	a := newAuthenticator(t, f.config())
	var group sync.WaitGroup
	for i := range 20 {
		token := f.token(with("jti", i))
		group.Go(func() {
			if _, err := a.Authenticate(context.Background(), token); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := f.requests("/keys"); n != 1 {
		t.Errorf("the keys were fetched %d times", n)
	}
}

// TestKeysThatAreNotUsed: each is published under the id that the token names.
func TestKeysThatAreNotUsed(t *testing.T) {
	t.Parallel()
	small := must(rsa.GenerateKey(rand.Reader, 1024))
	p384 := must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	for name, key := range map[string]map[string]any{
		"for encryption":       jwk("rsa", rsaKey(), with("use", "enc")),
		"of another use":       jwk("rsa", rsaKey(), with("use", "mac")),
		"to sign only":         jwk("rsa", rsaKey(), with("key_ops", []string{"sign"})),
		"for RS512":            jwk("rsa", rsaKey(), with("alg", "RS512")),
		"for HS256":            jwk("rsa", rsaKey(), with("alg", "HS256")),
		"with its secret part": jwk("rsa", rsaKey(), with("d", "AQAB")),
		"too small":            jwk("rsa", small),
		"of another curve":     jwk("rsa", p384),
		"not on the curve":     jwk("rsa", ecKey(), with("x", jwk("", edKey())["x"])),
		"without a modulus":    jwk("rsa", rsaKey(), without("n")),
		"of an unknown type":   {"kid": "rsa", "kty": "XYZ", "use": "sig"},
		"a secret":             {"kid": "rsa", "kty": "oct", "k": "c2VjcmV0"},
		"with a list as id":    jwk("rsa", rsaKey(), with("kid", []string{"rsa"})),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newForger(t)
			f.publish(key, jwk("ec", ecKey()))
			a := newAuthenticator(t, f.config())
			refused(t, a, f.token(), vod.Unauthenticated, "does not publish")
			accepted(t, a, sign(jwt.SigningMethodES256, "ec", ecKey(), f.claims())) // The others are used.
		})
	}
}

func TestKeysThatAreUsed(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	f.publish(
		jwk("rsa", rsaKey(), without("use")), jwk("rsa", otherRSAKey(), with("alg", "RS256")), // Two under one id.
		jwk("ec", ecKey(), with("key_ops", []string{"verify"})),
		jwk("ed", edKey(), without("alg"), with("x5u", f.URL+"/certificate"), with("x5c", []string{"bm8gY2VydGlmaWNhdGU="})),
	)
	a := newAuthenticator(t, f.config())
	accepted(t, a, f.token())
	accepted(t, a, sign(jwt.SigningMethodRS256, "rsa", otherRSAKey(), f.claims()))
	accepted(t, a, sign(jwt.SigningMethodES256, "ec", ecKey(), f.claims()))
	accepted(t, a, sign(jwt.SigningMethodEdDSA, "ed", edKey(), f.claims()))
	if n := f.requests("/certificate"); n != 0 {
		t.Error("the address of a certificate was asked")
	}
	refused(t, a, sign(jwt.SigningMethodRS256, "", rsaKey(), f.claims()), vod.Unauthenticated, "several")
}

// TestIssuersThatFail: nobody is let in, and when the issuer is well again
// everything is.
func TestIssuersThatFail(t *testing.T) {
	t.Parallel()
	type answer = func(http.ResponseWriter, *http.Request)
	says := func(format string, args ...any) answer {
		return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, format, args...) }
	}
	status := func(code int) answer {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	endless := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"keys":[],"x":"`)
		for r.Context().Err() == nil {
			if _, err := w.Write(bytes.Repeat([]byte("x"), 64<<10)); err != nil {
				return
			}
		}
	}
	silent := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	elsewhere := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	}
	tests := []struct {
		name            string
		discovery, jwks answer
		cause           string // in the log
	}{
		{"down", status(503), nil, "answers 503"},
		{"no JSON", says("<html>"), nil, "invalid character"},
		{"another issuer", says(`{"issuer":"https://login.example.com","jwks_uri":"https://login.example.com/keys"}`), nil, "is that of the issuer"},
		{"no issuer", says(`{"jwks_uri":"https://login.example.com/keys"}`), nil, "is that of the issuer"},
		{"keys without an address", says(`{"issuer":"ISSUER"}`), nil, "jwks_uri"},
		{"keys over http", says(`{"issuer":"ISSUER","jwks_uri":"http://192.0.2.1/keys"}`), nil, "must begin with https://"},
		{"keys in a file", says(`{"issuer":"ISSUER","jwks_uri":"file:///etc/passwd"}`), nil, "jwks_uri"},
		{"redirects", elsewhere, nil, "answers 302"},
		{"endless", endless, nil, "larger than"},
		{"silent", silent, nil, "Timeout"},
		{"keys are not there", nil, status(404), "answers 404"},
		{"keys are no JSON", nil, says("-----BEGIN"), "invalid"},
		{"keys are none", nil, says(`{}`), "has no keys"},
		{"keys are a text", nil, says(`{"keys":"all"}`), "cannot unmarshal"},
		{"keys redirect", nil, elsewhere, "answers 302"},
		{"keys are endless", nil, endless, "larger than"},
		{"keys never come", nil, silent, "Timeout"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := newForger(t)
			if test.discovery != nil {
				inner := test.discovery
				test.discovery = func(w http.ResponseWriter, r *http.Request) {
					inner(&replacing{w, f.URL}, r)
				}
			}
			f.answer(test.discovery, test.jwks)
			c := f.config()
			tick := &clock{at: now()}
			client := *f.Client()
			client.Timeout = 300 * time.Millisecond
			c.Now, c.HTTP = tick.now, &client
			a := newAuthenticator(t, c)
			_, err := a.Authenticate(t.Context(), f.token())
			if vod.CodeOf(err) != vod.Unavailable || !strings.Contains(err.Error(), test.cause) {
				t.Fatalf("got %v", err)
			}
			var fault *vod.Fault
			if errors.As(err, &fault); strings.Contains(fault.Message, f.URL) || strings.Contains(fault.Message, test.cause) {
				t.Errorf("the caller is told %q", fault.Message)
			}
			if n := f.requests("/elsewhere"); n != 0 {
				t.Error("a redirect was followed")
			}
			f.answer(nil, nil)
			refused(t, a, f.token(), vod.Unavailable, "cannot be fetched") // Not asked again at once.
			tick.forward(pause)
			accepted(t, a, f.token())
		})
	}
}

// replacing writes the issuer's address for ISSUER.
type replacing struct {
	http.ResponseWriter
	issuer string
}

func (r *replacing) Write(p []byte) (int, error) {
	_, err := r.ResponseWriter.Write(bytes.ReplaceAll(p, []byte("ISSUER"), []byte(r.issuer)))
	return len(p), err
}

// TestAnIssuerThatGoesDown: its keys are used for a day, and its new ones when
// it is back.
func TestAnIssuerThatGoesDown(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	c := f.config()
	tick := &clock{at: now()}
	c.Now = tick.now
	a := newAuthenticator(t, c)
	token := f.token(with("exp", now().Add(48*time.Hour).Unix()))
	accepted(t, a, token)
	down := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }
	f.answer(down, down)
	tick.forward(trustFor)
	accepted(t, a, token)
	refused(t, a, sign(jwt.SigningMethodRS256, "new", rsaKey(), f.claims()), vod.Unavailable, "cannot be fetched")
	tick.forward(time.Minute + time.Second)
	refused(t, a, token, vod.Unavailable, "cannot be fetched")
	f.answer(nil, nil)
	tick.forward(pause)
	accepted(t, a, token)
}

// TestARequestThatEnds does not end the fetch that others wait for, and does
// not wait for it.
func TestARequestThatEnds(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	asked, release := make(chan struct{}, 1), make(chan struct{})
	var first atomic.Bool
	f.answer(func(w http.ResponseWriter, _ *http.Request) {
		if first.CompareAndSwap(false, true) {
			asked <- struct{}{}
		}
		<-release
		_ = json.NewEncoder(w).Encode(map[string]any{"issuer": f.URL, "jwks_uri": f.URL + "/keys"})
	}, nil)
	a := newAuthenticator(t, f.config())
	ctx, end := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		if _, err := a.Authenticate(ctx, f.token()); err != nil {
			t.Errorf("the request that fetches: %v", err)
		}
	})
	<-asked
	end()
	if _, err := a.Authenticate(ctx, f.token(with("jti", 1))); vod.CodeOf(err) != vod.Unavailable || !errors.Is(err, context.Canceled) {
		t.Errorf("the request that waits: %v", err)
	}
	group.Go(func() {
		if _, err := a.Authenticate(context.Background(), f.token(with("jti", 2))); err != nil {
			t.Errorf("another request: %v", err)
		}
	})
	close(release)
	group.Wait()
}

// TestRun: the keys are there before the first token, come anew, and failures
// are told.
func TestRun(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	fetched := make(chan struct{}, 1000)
	down := atomic.Bool{}
	f.answer(nil, func(w http.ResponseWriter, _ *http.Request) {
		fetched <- struct{}{}
		if down.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{jwk("rsa", rsaKey())}})
	})
	var log lockedBuffer
	c := f.config()
	c.Now, c.Log = time.Now, slog.New(slog.NewTextHandler(&log, nil))
	a := newAuthenticator(t, c)
	for _, i := range a.issuers {
		i.keys.every, i.keys.pause = time.Millisecond, 0
	}
	ctx, end := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() { a.Run(ctx) })
	await := func(n int) {
		for range n {
			select {
			case <-fetched:
			case <-time.After(10 * time.Second):
				t.Error("the keys are not fetched again")
			}
		}
	}
	await(3)
	down.Store(true)
	await(3)
	down.Store(false)
	await(3)
	end()
	group.Wait()
	for _, want := range []string{"fetched the keys of an issuer", "cannot fetch the keys of an issuer", "answers 502", f.URL} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %q in the log:\n%s", want, log.String())
		}
	}
	if n := strings.Count(log.String(), "level=INFO"); n != 2 {
		t.Errorf("%d successes in the log, want the first and the one after failures:\n%s", n, log.String())
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
