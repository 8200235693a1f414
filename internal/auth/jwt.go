package auth

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// algorithms are those by which a JWT may be signed. All are asymmetric, so that
// no public key can be taken for a secret (RFC 8725 section 2.1).
func algorithms() []string { return []string{"RS256", "ES256", "EdDSA"} }

func newParser(c Config) *jwt.Parser {
	return jwt.NewParser(
		jwt.WithValidMethods(algorithms()), jwt.WithStrictDecoding(), jwt.WithTimeFunc(c.Now),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(c.ClockSkew),
	)
}

// verify checks a JWT.
func (a *Authenticator) verify(ctx context.Context, text string, now time.Time) (verified, error) {
	if !wellFormed(text) {
		return verified{}, vod.Faultf(vod.Unauthenticated, "The token is neither a JWT nor one that this server minted.")
	}
	var from *issuer
	var kid string
	findKeys := func(token *jwt.Token) (any, error) {
		issuer, err := a.issuer(token)
		if err != nil {
			return nil, err
		}
		if kid, err = keyID(token); err != nil {
			return nil, err
		}
		from = issuer
		return issuer.keys.find(ctx, kid, token.Method.Alg())
	}
	token, err := a.parser.Parse(text, findKeys)
	if from != nil && kid == "" && errors.Is(err, jwt.ErrTokenSignatureInvalid) && from.keys.refresh(ctx) == nil {
		// Where keys have no names, only the signature tells that they changed.
		token, err = a.parser.Parse(text, findKeys)
	}
	if err != nil {
		return verified{}, refusal(token, err)
	}
	claims, _ := token.Claims.(jwt.MapClaims)
	if err := from.isFor(claims); err != nil {
		return verified{}, err
	}
	identity, err := a.identity(from.URL, claims)
	if err != nil {
		return verified{}, err
	}
	until, expires := now.Add(rememberJWT), expiry(claims).Add(a.config.ClockSkew)
	if expires.Before(until) {
		until = expires
	}
	return verified{Grant{Identity: identity, Expires: expires}, until}, nil
}

// issuer finds the issuer of a token whose signature is not checked yet, and
// refuses what must not be ignored in its header. Its other parameters, such as
// jku, jwk and x5u, say where to find a key: nobody asks them.
func (a *Authenticator) issuer(token *jwt.Token) (*issuer, error) {
	if _, ok := token.Header["crit"]; ok { // RFC 7515 section 4.1.11
		return nil, vod.Faultf(vod.Unauthenticated, "The token asks for extensions (crit) that this server does not have.")
	}
	kind, ok := token.Header["typ"].(string)
	kind = strings.TrimPrefix(strings.ToLower(kind), "application/")
	if _, given := token.Header["typ"]; given && (!ok || !slices.Contains([]string{"jwt", "at+jwt"}, kind)) {
		return nil, vod.Faultf(vod.Unauthenticated, "The token is not an access token: its type (typ) is another.")
	}
	claims, _ := token.Claims.(jwt.MapClaims)
	name, _ := claims["iss"].(string)
	if i, ok := a.issuers[name]; ok {
		return i, nil
	}
	return nil, vod.Faultf(vod.Unauthenticated, "The token's issuer is not one that this server trusts.")
}

// keyID is the name of the token's key, or "".
func keyID(token *jwt.Token) (string, error) {
	given, ok := token.Header["kid"]
	kid, isText := given.(string)
	if ok && (!isText || kid == "") {
		return "", vod.Faultf(vod.Unauthenticated, "The token's key id (kid) is not a text.")
	}
	return kid, nil
}

// isFor refuses a token that was made for other programs.
func (i *issuer) isFor(claims jwt.MapClaims) error {
	given, err := claims.GetAudience()
	if err != nil {
		return vod.Faultf(vod.Unauthenticated, "The token's audience (aud) is neither a text nor a list of texts.")
	}
	for _, name := range given {
		if slices.Contains(i.Audiences, name) {
			return nil
		}
	}
	return vod.Faultf(vod.Unauthenticated, "The token is not for this server: its audience (aud) is another.")
}

// refusal says what is wrong with a token. Times are told of only when the
// signature was right, for the parser looks at them last.
func refusal(token *jwt.Token, err error) error {
	var fault *vod.Fault
	var claims jwt.MapClaims
	if token != nil {
		claims, _ = token.Claims.(jwt.MapClaims)
	}
	refuse := func(format string, args ...any) error { return vod.Faultf(vod.Unauthenticated, format, args...) }
	switch {
	case errors.As(err, &fault): // By the search for the key.
		if fault.Code == vod.Unavailable {
			return err // Its cause is for the log.
		}
		return fault
	case errors.Is(err, jwt.ErrTokenMalformed):
		return refuse("The token is not a JWT that can be read.")
	case token == nil || token.Method == nil || !slices.Contains(algorithms(), token.Method.Alg()):
		return refuse("The token is not signed with RS256, ES256 or EdDSA.")
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return refuse("The token's signature is wrong.")
	case errors.Is(err, jwt.ErrTokenExpired):
		return refuse("The token is expired since %s.", stamp(expiry(claims)))
	case errors.Is(err, jwt.ErrTokenRequiredClaimMissing):
		return refuse("The token has no end (exp); this server takes only tokens that expire.")
	case errors.Is(err, jwt.ErrTokenNotValidYet):
		return refuse("The token is not valid yet (nbf); if it was just issued, the issuer's clock is ahead of this server's.")
	case errors.Is(err, jwt.ErrTokenUsedBeforeIssued):
		return refuse("The token was issued in the future (iat): the issuer's clock is ahead of this server's.")
	}
	return refuse("The token has a time (exp, nbf or iat) that is not a number.")
}

// expiry is the claim exp of a token that the parser has read.
func expiry(claims jwt.MapClaims) time.Time {
	if at, err := claims.GetExpirationTime(); err == nil && at != nil {
		return at.Time
	}
	return time.Time{}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
