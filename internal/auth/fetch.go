package auth

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/MicahParks/jwkset"
)

const (
	fetchTimeout = 5 * time.Second // for both documents
	maxDocument  = 1 << 20         // bytes of each
	minRSA       = 2048            // bits (RFC 7518 section 3.3)
)

// key is a public key for signatures.
type key struct {
	kid    string
	alg    string // the one algorithm that it is used with
	public any
}

// withoutRedirects gives a client that takes the address as final: a redirect
// could lead from https to elsewhere.
func withoutRedirects(c *http.Client) *http.Client {
	own := *c
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// fetch asks the issuer for its keys (OpenID Connect Discovery 1.0 section 4).
func (s *keySet) fetch(ctx context.Context) ([]key, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	var discovery struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	address := strings.TrimSuffix(s.issuer, "/") + "/.well-known/openid-configuration"
	if err := s.get(ctx, address, &discovery); err != nil {
		return nil, err
	}
	if discovery.Issuer != s.issuer {
		return nil, fmt.Errorf("%s is that of the issuer %q, not %q", address, discovery.Issuer, s.issuer)
	}
	if err := CheckAddress(discovery.Keys); err != nil {
		return nil, fmt.Errorf("%s: jwks_uri %q %w", address, discovery.Keys, err)
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := s.get(ctx, discovery.Keys, &set); err != nil {
		return nil, err
	}
	if set.Keys == nil {
		return nil, fmt.Errorf("%s has no keys", discovery.Keys)
	}
	var keys []key
	for i, document := range set.Keys {
		k, err := newKey(document)
		if err != nil { // One that is not for us, or strange, is no reason to do without the others.
			s.log.Debug("a key of an issuer is not used", "index", i, "err", err)
			continue
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// get reads a JSON document.
func (s *keySet) get(ctx context.Context, address string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", address, err)
	}
	req.Header.Set("Accept", "application/json")
	resp, err := s.http.Do(req)
	if err != nil {
		return err // It names the address.
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %d", address, resp.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxDocument+1))
	switch {
	case err != nil:
		return fmt.Errorf("read %s: %w", address, err)
	case len(text) > maxDocument:
		return fmt.Errorf("%s is larger than %d bytes", address, maxDocument)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("read %s: %w", address, err)
	}
	return nil
}

// newKey reads a JWK, and refuses one that no token can be signed with.
func newKey(document []byte) (key, error) {
	var m jwkset.JWKMarshal
	if err := json.Unmarshal(document, &m); err != nil {
		return key{}, err
	}
	switch {
	case m.USE != "" && m.USE != jwkset.UseSig:
		return key{}, fmt.Errorf("its use is %q", m.USE)
	case len(m.KEYOPS) > 0 && !slices.Contains(m.KEYOPS, jwkset.KeyOpsVerify):
		return key{}, errors.New("its operations (key_ops) are others than verify")
	case m.D != "" || m.K != "":
		return key{}, errors.New("its secret part is published")
	}
	// Certificates are left out: they are not asked, and could be out of date.
	m.X5C, m.X5U, m.X5T, m.X5TS256 = nil, "", "", ""
	parsed, err := jwkset.NewJWKFromMarshal(m, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{})
	if err != nil {
		return key{}, err
	}
	alg, err := algorithmOf(parsed.Key())
	switch {
	case err != nil:
		return key{}, err
	case m.ALG != "" && m.ALG.String() != alg:
		return key{}, fmt.Errorf("it is for %q", m.ALG)
	}
	return key{m.KID, alg, parsed.Key()}, nil
}

// algorithmOf is the algorithm that is used with a key of this type.
func algorithmOf(public any) (string, error) {
	switch k := public.(type) {
	case *rsa.PublicKey:
		if k.N.BitLen() < minRSA {
			return "", fmt.Errorf("it has %d bits, fewer than %d", k.N.BitLen(), minRSA)
		}
		return "RS256", nil
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P256() {
			return "", fmt.Errorf("its curve is %s", k.Params().Name)
		}
		return "ES256", nil
	case ed25519.PublicKey:
		return "EdDSA", nil
	}
	return "", fmt.Errorf("it is of type %T", public)
}
