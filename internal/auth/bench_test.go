package auth

import (
	"context"
	"fmt"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

// BenchmarkAuthenticate tells what a request pays for its token: known, and
// seen for the first time.
func BenchmarkAuthenticate(b *testing.B) {
	f := newForger(b)
	s := newTokenStore(b)
	c := f.config()
	c.Tokens = s
	_, minted := s.mint(b, nightly())
	for name, token := range map[string]string{
		"RS256": f.token(), "minted": minted,
		"ES256": sign(jwt.SigningMethodES256, "ec", ecKey(), f.claims()),
		"EdDSA": sign(jwt.SigningMethodEdDSA, "ed", edKey(), f.claims()),
	} {
		for _, known := range []bool{true, false} {
			b.Run(fmt.Sprintf("%s/known=%v", name, known), func(b *testing.B) {
				a := newAuthenticator(b, c)
				accepted(b, a, token)
				b.ReportAllocs()
				for b.Loop() {
					if !known {
						a.seen.Purge()
					}
					if _, err := a.Authenticate(context.Background(), token); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
