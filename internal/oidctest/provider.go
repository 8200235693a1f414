package oidctest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/zitadel/oidc/v3/pkg/op"
)

// ClientID is the one client that the provider knows.
const ClientID = "orchestrate-ui"

// Provider is a running provider. Its issuer is its URL.
type Provider struct {
	*httptest.Server
	op.Storage // nil: what is not written here is not used
	handler    http.Handler
	login      func(w http.ResponseWriter, r *http.Request, id string)

	mu        sync.Mutex
	key       crypto.Signer
	secret    string   // of the client; empty: it has none
	callbacks []string // where people are sent back to
	person    string   // who sits at the login page; empty: somebody who gives up
	claims    map[string]any
	requests  map[string]*authRequest // by id
	codes     map[string]string       // ids by code
	ended     int
}

// New starts a provider, at which ann sits, without claims. secret is that of the
// client; without one it has to use PKCE.
func New(t testing.TB, secret string) *Provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &Provider{secret: secret, key: key, person: "ann", requests: map[string]*authRequest{}, codes: map[string]string{}}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	made, err := op.NewProvider(&op.Config{
		CryptoKey: [32]byte{1}, CodeMethodS256: true, AuthMethodPost: true, DefaultLogoutRedirectURI: "/signed-out",
	}, p, op.StaticIssuer(p.URL), op.WithAllowInsecure())
	if err != nil {
		t.Fatal(err)
	}
	p.handler = made
	p.login = func(w http.ResponseWriter, r *http.Request, id string) {
		http.Redirect(w, r, op.AuthCallbackURL(made)(op.ContextWithIssuer(r.Context(), p.URL), id), http.StatusFound)
	}
	return p
}

// Register tells the provider where it may send people back to, too.
func (p *Provider) Register(callback string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.callbacks = append(p.callbacks, callback)
}

// Sit puts a person in front of the login page, of whom the claims are said; ""
// is one who gives up.
func (p *Provider) Sit(person string, claims map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.person, p.claims = person, maps.Clone(claims)
}

// Ended is how often somebody signed out here.
func (p *Provider) Ended() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended
}

// serve is the provider with its login page.
func (p *Provider) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/login/"):
		p.atLogin(w, r, strings.TrimPrefix(r.URL.Path, "/login/"))
	case r.URL.Path == "/signed-out":
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><title>Signed out here</title>"))
	default:
		p.handler.ServeHTTP(w, r)
	}
}

func (p *Provider) atLogin(w http.ResponseWriter, r *http.Request, id string) {
	p.mu.Lock()
	request, person := p.requests[id], p.person
	if request != nil {
		request.subject = person
	}
	p.mu.Unlock()
	switch {
	case request == nil:
		http.NotFound(w, r)
	case person == "":
		http.Redirect(w, r, request.RedirectURI+"?error=access_denied&error_description=no&state="+request.State, http.StatusFound)
	default:
		p.login(w, r, id)
	}
}

var errUnknown = errors.New("unknown")
