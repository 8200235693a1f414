package app

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/oidctest"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/signin"
)

// TestBrowserSignIn: what the configuration says is what a browser signs in
// with, and its session is good for the API.
func TestBrowserSignIn(t *testing.T) {
	t.Parallel()
	p := oidctest.New(t, "s3cret")
	p.Sit("ann", map[string]any{"https://vimond/roles": "viewer", "https://vimond/tenant": []string{"acme", "beta"}})
	front := httptest.NewUnstartedServer(nil)
	c := configIn(t.TempDir())
	c.PublicURL = "http://" + front.Listener.Addr().String()
	c.Issuers, c.Audiences, c.ClientID, c.Scopes, c.SessionAge = []string{p.URL}, []string{"o"}, oidctest.ClientID, []string{"openid"}, time.Hour
	c.ClientSecretFile = filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(c.ClientSecretFile, []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a := newApp(t, c)
	p.Register(c.PublicURL + "/ui/_/callback")
	mux := http.NewServeMux()
	mux.Handle("/", a.server.Handler)
	show := func(w http.ResponseWriter, _ *http.Request, status int, v signin.View) error {
		w.WriteHeader(status)
		return json.NewEncoder(w).Encode(v)
	}
	for pattern, handle := range signin.Handlers(a.signInPages(), show) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := handle(w, r); err != nil {
				t.Error(err)
			}
		})
	}
	front.Config.Handler = mux
	front.Start()
	t.Cleanup(front.Close)

	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	get := func(path string) (status int, text string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.PublicURL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
	if status, text := get("/me"); status != http.StatusUnauthorized {
		t.Errorf("before: %d %s", status, text)
	}
	get("/ui/_/sign-in/start?to=/ui/acme/x")
	status, text := get("/me")
	if status != http.StatusOK || !strings.Contains(text, `"tenants":["acme","beta"],"permissions":["ingests:read","profiles:read","playback:read"]`) {
		t.Errorf("after: %d %s", status, text)
	}
	got, err := a.tenants(t.Context(), vod.Caller{Tenants: []string{"acme", "beta"}})
	if diff := cmp.Diff([]string{"acme", "beta"}, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if got, err := a.tenants(t.Context(), vod.Caller{}); len(got) > 0 || err != nil {
		t.Errorf("nobody may change to %v, %v", got, err)
	}
}

// TestTenantsWithoutSignIn are those that there are, and the one to begin with.
func TestTenantsWithoutSignIn(t *testing.T) {
	t.Parallel()
	a := newApp(t, configIn(t.TempDir()))
	if a.signInPages() != nil {
		t.Error("there is something to sign in with")
	}
	for _, tenant := range []string{"zeta", "acme"} {
		in := vod.Ingest{ID: tenant + "-1", Tenant: tenant, AssetID: "7", Status: vod.Queued, Start: vod.Now()}
		if _, err := a.store.IngestCreate(t.Context(), in, nil, vod.AuditEntry{}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := a.tenants(t.Context(), vod.Caller{Tenant: "acme", AllTenants: true})
	if diff := cmp.Diff([]string{"acme", "default", "zeta"}, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

func TestReadSecret(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"a b": "a b", "a\n": "a", "a\r\n": "a", "": "must hold a secret", "\n": "must hold a secret", "a\nb": "one line"} {
		file := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := readSecret("oidc-client-secret-file", file)
		if err == nil && got.Reveal() != want || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "a\nb")) {
			t.Errorf("%q: %q, %v", text, got.Reveal(), err)
		}
	}
	if got, err := readSecret("oidc-client-secret-file", ""); got != "" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := readSecret("oidc-client-secret-file", "/nowhere/secret"); err == nil || !strings.Contains(err.Error(), "oidc-client-secret-file") {
		t.Error(err)
	}
}
