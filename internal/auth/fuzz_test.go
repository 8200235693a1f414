package auth

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// FuzzAuthenticate: no text but the good tokens lets anybody in, and what is
// said of the others is a fault that does not repeat them.
func FuzzAuthenticate(f *testing.F) {
	issuer := newForger(f)
	s := newTokenStore(f)
	token, minted := s.mint(f, nightly())
	revoked, ended := s.mint(f, nightly())
	if _, err := s.TokenRevoke(f.Context(), revoked.ID, now(), vod.AuditEntry{}); err != nil {
		f.Fatal(err)
	}
	c := issuer.config()
	c.Tokens = s
	a := newAuthenticator(f, c)
	good := map[string]bool{
		minted: true, issuer.token(): true,
		sign(jwt.SigningMethodES256, "ec", ecKey(), issuer.claims()): true,
		sign(jwt.SigningMethodEdDSA, "ed", edKey(), issuer.claims()): true,
	}
	for text := range good {
		accepted(f, a, text)
		f.Add(text)
		f.Add(text + ".")
		f.Add(text[1:])
	}
	none := sign(jwt.SigningMethodNone, "rsa", jwt.UnsafeAllowNoneSignatureType, issuer.claims())
	for _, text := range []string{
		"", ".", "..", "...", "orch_", "orch_" + token.ID + "_", ended, none, none + "AAAA",
		sign(jwt.SigningMethodHS256, "rsa", publicPEM(), issuer.claims()),
		sign(jwt.SigningMethodRS256, "rsa", otherRSAKey(), issuer.claims()),
		sign(jwt.SigningMethodRS256, "x", rsaKey(), issuer.claims(with("aud", []any{1}))),
		rawToken(`{"alg":"RS256","kid":"rsa"}`, `{"exp":1e400}`),
		rawToken(`{"alg":"RS256","kid":"rsa"}`, `[]`),
		issuer.token(with("exp", 1)),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := a.Authenticate(context.Background(), text)
		if good[text] {
			if err != nil || len(id.Tenants) == 0 {
				t.Fatalf("a good token is refused: %v", err)
			}
			return
		}
		var fault *vod.Fault
		if !errors.As(err, &fault) || fault.Code != vod.Unauthenticated {
			t.Fatalf("got %+v, %v", id, err)
		}
		if len(text) > 60 && strings.Contains(fault.Message, text) {
			t.Fatalf("the message repeats the token: %s", fault.Message)
		}
	})
}
