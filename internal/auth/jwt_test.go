package auth

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestGoodTokens(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	a := newAuthenticator(t, f.config())
	want := Identity{
		Subject: "1001 (" + f.URL + ")", Key: f.URL + " sub 1001",
		Tenants: []string{"acme", "vimond"}, Permissions: vod.Operator.Permissions(),
	}
	edge := now().Add(-30 * time.Second) // exp and nbf within the clock skew
	for name, token := range map[string]string{
		"RS256":             f.token(),
		"ES256":             sign(jwt.SigningMethodES256, "ec", ecKey(), f.claims()),
		"EdDSA":             sign(jwt.SigningMethodEdDSA, "ed", edKey(), f.claims()),
		"no kid":            sign(jwt.SigningMethodES256, "", ecKey(), f.claims()),
		"audience list":     f.token(with("aud", []string{"a", audience, "b"})),
		"other audience":    f.token(with("aud", "other")),
		"just expired":      f.token(with("exp", edge.Add(time.Second).Unix())),
		"nearly valid":      f.token(with("nbf", now().Add(30*time.Second).Unix())),
		"issued just now":   f.token(with("iat", now().Add(30*time.Second).Unix())),
		"fraction of time":  f.token(with("exp", 4102444800.5)),
		"of type at+jwt":    sign(jwt.SigningMethodRS256, "rsa", rsaKey(), f.claims(), with("typ", "application/AT+JWT")),
		"without a type":    sign(jwt.SigningMethodRS256, "rsa", rsaKey(), f.claims(), without("typ")),
		"all kinds of keys": sign(jwt.SigningMethodRS256, "rsa", rsaKey(), f.claims(), with("x", map[string]any{"x": []any{1, "x", map[string]any{}}})),
	} {
		if diff := cmp.Diff(want, accepted(t, a, token)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	if n := f.requests("/keys"); n != 1 {
		t.Errorf("the keys were fetched %d times", n)
	}
}

// rawToken is a token of these very texts, signed with the RSA key.
func rawToken(header, claims string) string {
	text := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
	return text + "." + base64.RawURLEncoding.EncodeToString(must(jwt.SigningMethodRS256.Sign(text, rsaKey())))
}

// publicPEM is the RSA key as it is public, in which form it is taken for a
// secret in the classic confusion of algorithms.
func publicPEM() []byte {
	der := must(x509.MarshalPKIXPublicKey(rsaKey().Public()))
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func TestWrongTokens(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	a := newAuthenticator(t, f.config())
	rs := func(header ...func(map[string]any)) string {
		return sign(jwt.SigningMethodRS256, "rsa", rsaKey(), f.claims(), header...)
	}
	good := f.token()
	parts := strings.Split(good, ".")
	claims := string(must(json.Marshal(f.claims())))
	changed := base64.RawURLEncoding.EncodeToString(must(json.Marshal(f.claims(with(defaultRoles, "admin")))))
	const (
		noRead    = "not a JWT that can be read"
		noJWT     = "neither a JWT nor one that this server minted"
		badAlg    = "not signed with RS256, ES256 or EdDSA"
		badSign   = "signature is wrong"
		noKey     = "a key that its issuer does not publish"
		badIssuer = "issuer is not one that this server trusts"
	)
	tests := []struct{ name, token, message string }{
		{"empty", "", noJWT},
		{"two dots only", "..", noJWT},
		{"one dot", parts[0] + "." + parts[1], noJWT},
		{"three dots", good + ".", noRead},
		{"text", "let me in", noJWT},
		{"without signature", parts[0] + "." + parts[1] + ".", noJWT},
		{"padded", parts[0] + "=." + parts[1] + "." + parts[2], noJWT},
		{"bad base64", parts[0] + "." + parts[1][:8] + "*" + parts[1][9:] + "." + parts[2], noJWT},
		{"bad base64 of the signature", parts[0] + "." + parts[1] + ".*" + parts[2], noRead},
		{"line feed within", parts[0] + "." + parts[1] + "\n." + parts[2], noJWT},
		{"bits after the end", parts[0] + "." + parts[1] + "." + parts[2][:len(parts[2])-1] + "B", noRead},
		{"bad JSON", rawToken(`{"alg":"RS256","kid":"rsa"`, claims), noJWT},
		{"more after the JSON", rawToken(`{"alg":"RS256","kid":"rsa"}`, claims+"{}"), noRead},
		{"header is a list", rawToken(`["RS256"]`, claims), noJWT},
		{"claims are null", rawToken(`{"alg":"RS256","kid":"rsa"}`, "null"), noJWT},
		{"bad UTF-8", rawToken(`{"alg":"RS256","kid":"rsa"}`, strings.Replace(claims, "1001", "\xff", 1)), noJWT},
		{"duplicate claims", rawToken(`{"alg":"RS256","kid":"rsa"}`, strings.Replace(claims, `"sub":`, `"sub":"1000","sub":`, 1)), noJWT},
		{"duplicate within a claim", rawToken(`{"alg":"RS256","kid":"rsa"}`, `{"a":[{"b":1,"b":2}],`+claims[1:]), noJWT},
		{"duplicate header", rawToken(`{"alg":"none","alg":"RS256","kid":"rsa"}`, claims), noJWT},
		{"very deep", rawToken(`{"alg":"RS256","kid":"rsa"}`, `{"a":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)+"}"), badIssuer},
		{"huge", f.token(with("pad", strings.Repeat("x", maxToken))), "longer than 16 KiB"},

		{"none", sign(jwt.SigningMethodNone, "rsa", jwt.UnsafeAllowNoneSignatureType, f.claims()) + "AAAA", badAlg},
		{"none in capitals", rawToken(`{"alg":"NONE","kid":"rsa"}`, claims), badAlg},
		{"no alg", rawToken(`{"kid":"rsa"}`, claims), badAlg},
		{"alg is a number", rawToken(`{"alg":1,"kid":"rsa"}`, claims), badAlg},
		{"HS256 with the public key", sign(jwt.SigningMethodHS256, "rsa", publicPEM(), f.claims()), badAlg},
		{"RS512", sign(jwt.SigningMethodRS512, "rsa", rsaKey(), f.claims()), badAlg},
		{"PS256", sign(jwt.SigningMethodPS256, "rsa", rsaKey(), f.claims()), badAlg},
		{"RS1", rawToken(`{"alg":"RS1","kid":"rsa"}`, claims), badAlg},
		{"other claims", parts[0] + "." + changed + "." + parts[2], badSign},
		{"other key", sign(jwt.SigningMethodRS256, "rsa", otherRSAKey(), f.claims()), badSign},
		{"other key without kid", sign(jwt.SigningMethodRS256, "", otherRSAKey(), f.claims()), badSign},
		{"wrong key type", sign(jwt.SigningMethodES256, "rsa", ecKey(), f.claims()), "algorithm (alg) is not that of the key"},
		{"wrong key type, Ed25519", sign(jwt.SigningMethodEdDSA, "ec", edKey(), f.claims()), "algorithm (alg) is not that of the key"},

		{"unknown kid", sign(jwt.SigningMethodRS256, "new", rsaKey(), f.claims()), noKey},
		{"kid is a path", sign(jwt.SigningMethodRS256, "../../../../dev/null", rsaKey(), f.claims()), noKey},
		{"kid is an address", sign(jwt.SigningMethodRS256, f.URL+"/keys", rsaKey(), f.claims()), noKey},
		{"kid is SQL", sign(jwt.SigningMethodRS256, "x' UNION SELECT 'rsa", rsaKey(), f.claims()), noKey},
		{"kid is a number", rs(with("kid", 1)), "key id (kid)"},
		{"kid is empty", rs(with("kid", "")), "key id (kid)"},
		{"crit", rs(with("crit", []string{"exp"})), "crit"},
		{"b64", rs(with("crit", []string{"b64"}), with("b64", false)), "crit"},
		{"of a logout", rs(with("typ", "logout+jwt")), "type (typ)"},
		{"type is a number", rs(with("typ", 1)), "type (typ)"},

		{"other issuer", f.token(with("iss", "https://login.example.com")), badIssuer},
		{"issuer with a slash", f.token(with("iss", f.URL+"/")), badIssuer},
		{"no issuer", f.token(without("iss")), badIssuer},
		{"issuer is a list", f.token(with("iss", []string{f.URL})), badIssuer},
		{"other audience", f.token(with("aud", "cms")), "not for this server"},
		{"other audiences", f.token(with("aud", []string{"cms", "orchestrate2"})), "not for this server"},
		{"no audience", f.token(without("aud")), "not for this server"},
		{"audience is a number", f.token(with("aud", 1)), "not for this server"},
		{"audiences are numbers", f.token(with("aud", []any{audience, 1})), "audience (aud)"},

		{"expired", f.token(with("exp", now().Add(-30*time.Second).Unix())), "expired since 2026-11-03T07:50:02Z."},
		{"expired for ever", f.token(with("exp", -1)), "expired since 1969"},
		{"no end", f.token(without("exp")), "no end (exp)"},
		{"end is 0", f.token(with("exp", 0)), "no end (exp)"},
		{"end is a text", f.token(with("exp", "2100-01-01")), "not a number"},
		{"end is null", f.token(with("exp", nil)), "not a number"},
		{"not yet valid", f.token(with("nbf", now().Add(31*time.Second).Unix())), "not valid yet"},
		{"nbf is a text", f.token(with("nbf", "now")), "not a number"},
		{"issued in the future", f.token(with("iat", now().Add(31*time.Second).Unix())), "issued in the future"},
		{"no subject", f.token(without("sub")), "subject (sub)"},
		{"subject is a number", f.token(with("sub", 1)), "subject (sub)"},
		{"subject is empty", f.token(with("sub", "")), "subject (sub)"},
		{"subject with a line feed", f.token(with("sub", "a\nb")), "subject (sub)"},
		{"subject is long", f.token(with("sub", strings.Repeat("s", 256))), "subject (sub)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			refused(t, a, test.token, vod.Unauthenticated, test.message)
		})
	}
	if n := f.requests("/keys"); n > 2 {
		t.Errorf("wrong tokens made the server fetch the keys %d times", n)
	}
	accepted(t, a, good) // None of this has done harm.
}

// TestKeysInTheTokenAreNotAsked: a token may name or bring a key. Nobody looks.
func TestKeysInTheTokenAreNotAsked(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	a := newAuthenticator(t, f.config())
	dialled := make(chan string, 100)
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		dialled <- r.URL.Path
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{jwk("rsa", otherRSAKey())}})
	}))
	defer evil.Close()
	for name, header := range map[string][]func(map[string]any){
		"jku": {with("jku", evil.URL+"/jku")},
		"x5u": {with("x5u", evil.URL+"/x5u")},
		"jwk": {with("jwk", jwk("rsa", otherRSAKey()))},
		"x5c": {with("x5c", []string{base64.StdEncoding.EncodeToString(must(x509.MarshalPKIXPublicKey(otherRSAKey().Public())))})},
		"kid": {with("kid", evil.URL+"/kid")},
		"iss": nil,
	} {
		claims := f.claims()
		want := "signature is wrong"
		switch name {
		case "kid":
			want = "a key that its issuer does not publish"
		case "iss":
			claims["iss"], want = evil.URL, "issuer"
		}
		refused(t, a, sign(jwt.SigningMethodRS256, "rsa", otherRSAKey(), claims, header...), vod.Unauthenticated, want)
		// The issuer's own token may have them: they are ignored.
		if name != "kid" && name != "iss" {
			accepted(t, a, sign(jwt.SigningMethodRS256, "rsa", rsaKey(), f.claims(), header...))
		}
	}
	select {
	case path := <-dialled:
		t.Errorf("%s was asked for", path)
	default:
	}
}

// TestRemembered: a token that was good is taken without looking, for a minute
// or until its end, and no longer.
func TestRemembered(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	c := f.config()
	tick := &clock{at: now()}
	c.Now = tick.now
	a := newAuthenticator(t, c)
	long, short := f.token(), f.token(with("exp", now().Add(10*time.Second).Unix()))
	accepted(t, a, long)
	accepted(t, a, short)
	f.publish() // From here on no token is verified anew.
	tick.forward(39 * time.Second)
	accepted(t, a, short) // Within the clock skew of 30 s.
	tick.forward(time.Second)
	refused(t, a, short, vod.Unauthenticated, "expired since")
	tick.forward(19 * time.Second)
	accepted(t, a, long)
	tick.forward(time.Second)
	for _, i := range a.issuers {
		if err := i.keys.refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	refused(t, a, long, vod.Unauthenticated, "does not publish")
	if n := a.seen.Len(); n > remembered {
		t.Errorf("%d tokens are remembered", n)
	}
}
