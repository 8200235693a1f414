package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// A minted token is "orch_", an id of 60 bits in base 32, "_", a secret of 256
// bits in base 62, and the CRC-32 (IEEE) of all before it in base 62: a form
// that scanners for leaked secrets find without false alarms, and in which a
// token that was not copied whole is known as such. docs/sign-in.md has it too.
const (
	mintedPrefix = "orch_"
	idLength     = 12
	secretLength = 43
	sumLength    = 6
	base         = 62
)

var mintedForm = regexp.MustCompile(`^orch_([a-z2-7]{12})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$`)

// Mint makes a token with the name, tenants, role and end of t. It fills in what
// is missing there and gives the text, which is not kept anywhere. What cannot
// be a token is an Invalid fault.
func Mint(t vod.Token, now time.Time) (minted vod.Token, text string, err error) {
	if err := checkToken(t, now); err != nil {
		return vod.Token{}, "", err
	}
	t.Tenants = slices.Compact(slices.Sorted(slices.Values(t.Tenants)))
	t.ID = strings.ToLower(rand.Text()[:idLength])
	t.Created, t.Expires, t.Revoked = vod.Millis(now), vod.Millis(t.Expires), time.Time{}
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // It never fails.
	digits := inBase62(new(big.Int).SetBytes(secret[:]), secretLength)
	t.Hash = hashOf(digits)
	text = mintedPrefix + t.ID + "_" + digits
	return t, text + sum(text), nil
}

func checkToken(t vod.Token, now time.Time) error {
	switch {
	case len(t.Tenants) == 0:
		return vod.Faultf(vod.Invalid, "A token needs a tenant.")
	case !slices.Contains(vod.Roles(), t.Role):
		return vod.Faultf(vod.Invalid, "There is no role %q.", t.Role)
	case !t.Expires.IsZero() && !t.Expires.After(now):
		return vod.Faultf(vod.Invalid, "The token would have expired already.")
	case len(t.Name) > maxName || strings.ContainsFunc(t.Name, unprintable):
		return vod.Faultf(vod.Invalid, "The name of a token must have at most %d bytes, all printable.", maxName)
	}
	for _, tenant := range t.Tenants {
		if !vod.LegalTenant(tenant) {
			return vod.Faultf(vod.Invalid, "%q cannot be the name of a tenant: a letter or digit, then up to 63 letters, digits, _ or -.", tenant)
		}
	}
	return nil
}

func inBase62(n *big.Int, length int) string {
	digits := n.Text(base)
	return strings.Repeat("0", length-len(digits)) + digits
}

func sum(text string) string {
	return inBase62(big.NewInt(int64(crc32.ChecksumIEEE([]byte(text)))), sumLength)
}

// hashOf is what is kept of a secret. A plain hash is enough for what is as
// random as a key.
func hashOf(secret string) string {
	digest := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(digest[:])
}

// lookUp checks a minted token.
func (a *Authenticator) lookUp(ctx context.Context, text string, now time.Time) (verified, error) {
	parts := mintedForm.FindStringSubmatch(text)
	if parts == nil || sum(text[:len(text)-sumLength]) != parts[3] {
		return verified{}, vod.Faultf(vod.Unauthenticated, "The token was not copied whole: it begins as one that this server minted, and is none.")
	}
	token, err := a.minted(ctx, parts[1])
	switch {
	case err != nil:
		return verified{}, err
	case subtle.ConstantTimeCompare([]byte(hashOf(parts[2])), []byte(token.Hash)) != 1:
		return verified{}, unknownToken()
	}
	if err := ended(token, now); err != nil { // Told of only to who has the secret.
		return verified{}, err
	}
	v := verified{Grant{mintedIdentity(token), token.ID, token.Expires}, now.Add(rememberMinted)}
	if !token.Expires.IsZero() && token.Expires.Before(v.until) {
		v.until = token.Expires
	}
	return v, nil
}

// minted looks up a token by its id.
func (a *Authenticator) minted(ctx context.Context, id string) (vod.Token, error) {
	if a.config.Tokens == nil {
		return vod.Token{}, unknownToken()
	}
	token, err := a.config.Tokens.TokenGet(ctx, id)
	switch {
	case vod.CodeOf(err) == vod.NotFound:
		return vod.Token{}, unknownToken()
	case err != nil:
		return vod.Token{}, fmt.Errorf("%w (%w)", vod.Faultf(vod.Unavailable, "The token cannot be looked up now; try again in a while."), err)
	}
	return token, nil
}

func unknownToken() error {
	return vod.Faultf(vod.Unauthenticated, "The token is not one that this server minted.")
}

// ended refuses a token that is revoked or expired.
func ended(t vod.Token, now time.Time) error {
	switch t.State(now) {
	case "revoked":
		return vod.Faultf(vod.Unauthenticated, "The token was revoked at %s.", stamp(t.Revoked))
	case "expired":
		return vod.Faultf(vod.Unauthenticated, "The token is expired since %s.", stamp(t.Expires))
	}
	return nil
}

func mintedIdentity(t vod.Token) Identity {
	subject := "token " + t.ID
	if t.Name != "" {
		subject = fmt.Sprintf("token %s (%s)", t.Name, t.ID)
	}
	return Identity{
		Subject: subject, Key: "token " + t.ID,
		Tenants: slices.Compact(slices.Sorted(slices.Values(t.Tenants))), Permissions: t.Role.Permissions(),
	}
}
