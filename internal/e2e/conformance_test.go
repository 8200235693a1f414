package e2e

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/conformance"
)

// instant is three ingests that began in the same millisecond.
const instant = `{"items":[
{"ingestId":"c3000000-0000-4000-8000-000000000000","assetId":"tie-3","detailsUrl":"/ingests/c3000000-0000-4000-8000-000000000000","profileName":"331456700","error":null,"mediaTypes":["VIDEO"],"progress":100,"startTime":"2021-12-08T00:30:00.000Z","endTime":"2021-12-08T00:30:01.500Z","status":"COMPLETED","elapsedTime":1500},
{"ingestId":"b2000000-0000-4000-8000-000000000000","assetId":"tie-2","detailsUrl":"/ingests/b2000000-0000-4000-8000-000000000000","profileName":"331456700","error":null,"mediaTypes":["VIDEO"],"progress":100,"startTime":"2021-12-08T00:30:00.000Z","endTime":"2021-12-08T00:30:01.500Z","status":"COMPLETED","elapsedTime":1500},
{"ingestId":"a1000000-0000-4000-8000-000000000000","assetId":"tie-1","detailsUrl":"/ingests/a1000000-0000-4000-8000-000000000000","profileName":"331456700","error":null,"mediaTypes":["VIDEO"],"progress":100,"startTime":"2021-12-08T00:30:00.000Z","endTime":"2021-12-08T00:30:01.500Z","status":"COMPLETED","elapsedTime":1500}
],"count":3,"cursor":null}`

// TestConformance: our own server, with sign-in, the history of the API page
// and real ingests of every ending, keeps every rule of the published contract
// test, at rest and while ingests arrive and move on.
func TestConformance(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	clip(t, dir, "-f lavfi -i testsrc2=s=320x180:d=2 -f lavfi -i sine=d=2 -c:v libx264 -preset ultrafast good.mp4")
	write(t, filepath.Join(dir, "text.mp4"), []byte(strings.Repeat("This is no film.\n", 100)))
	source := slowSource(t, dir)
	issuer, mint := newIssuer(t)
	token := mint("tester")
	in := serve(t, "--slots", "retrieval=8", "--oidc-issuer", issuer, "--oidc-audience", "orchestrate")
	c, err := client.New(in.url, client.Options{Token: token})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"list.json", "list-by-asset.json", "detail.json"} {
		if _, err := c.Import(t.Context(), read(t, filepath.Join("..", "httpd", "testdata", name))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Import(t.Context(), []byte(instant)); err != nil {
		t.Fatal(err)
	}
	endings(t, c, source)
	args := []string{"--server", in.url, "--tenant", "vimond", "--token", token, "--strict", "--write", "--submit", source + "/slow.mp4", "--asset", "guest"}
	report := conform(t, args...)
	t.Logf("%d requests in %d ms", report.Requests, report.Took)
	for _, r := range report.Checks {
		if r.Outcome != conformance.OK {
			t.Errorf("%s is %s: %s", r.ID, r.Outcome, r.Reason)
		}
	}
	// Another token, as each has a rate limit of its own.
	other, err := client.New(in.url, client.Options{Token: mint("another")})
	if err != nil {
		t.Fatal(err)
	}
	stop := arrivals(t, other, source)
	defer stop()
	for range 5 {
		report := conform(t, args...)
		untested := slices.DeleteFunc(report.Checks, func(r conformance.Result) bool { return r.Outcome != conformance.NotTested })
		t.Logf("%d requests in %d ms, %d checks untested, while ingests arrive: %+v", report.Requests, report.Took, len(untested), untested)
	}
}

// newIssuer is an OIDC issuer, and what mints its tokens for admins of the
// tenant vimond.
func newIssuer(t *testing.T) (issuer string, mint func(subject string) string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	answer := func(path string, document any) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			if err := json.NewEncoder(w).Encode(document); err != nil {
				t.Error(err)
			}
		})
	}
	answer("/.well-known/openid-configuration", map[string]any{"issuer": s.URL, "jwks_uri": s.URL + "/keys"})
	answer("/keys", map[string]any{"keys": []any{map[string]any{
		"kty": "OKP", "crv": "Ed25519", "kid": "k", "use": "sig", "alg": "EdDSA", "x": base64.RawURLEncoding.EncodeToString(public),
	}}})
	return s.URL, func(subject string) string {
		made := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{
			"iss": s.URL, "aud": "orchestrate", "sub": subject, "exp": time.Now().Add(time.Hour).Unix(),
			"https://vimond/tenant": "vimond", "https://vimond/roles": []string{"admin"},
		})
		made.Header["kid"] = "k"
		token, err := made.SignedString(private)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
}

// slowSource serves the files of dir, and /slow.mp4 without an end.
func slowSource(t *testing.T, dir string) string {
	t.Helper()
	files := http.FileServer(http.Dir(dir))
	released := make(chan struct{})
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/slow.mp4" {
			files.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Length", "1000000")
		_, _ = w.Write(make([]byte, 1000))
		_ = http.NewResponseController(w).Flush()
		select {
		case <-released:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(source.Close)
	t.Cleanup(func() { close(released) })
	return source.URL
}

// endings runs ingests that end COMPLETED, SKIPPED, FAILED and CANCELLED.
func endings(t *testing.T, c *client.Client, source string) {
	t.Helper()
	if _, err := c.ApplyProfile(t.Context(), "crash", []byte(crashProfile)); err != nil {
		t.Fatal(err)
	}
	for _, e := range []struct {
		asset, file string
		status      client.IngestStatus
	}{
		{"1234567", "good.mp4", client.IngestStatusCOMPLETED},
		{"1234567", "good.mp4", client.IngestStatusSKIPPED},
		{"text 1", "text.mp4", client.IngestStatusFAILED},
	} {
		id := submit(t, c, client.Submission{AssetID: e.asset, URI: source + "/" + e.file, Profile: "crash"})
		if d := waitFor(t, c, id, time.Minute, over); d.Status != e.status {
			t.Fatalf("%s ended %s: %s", e.asset, d.Status, deref(d.Error))
		}
	}
	id := submit(t, c, client.Submission{AssetID: "given up", URI: source + "/slow.mp4"})
	if err := c.Cancel(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	waitFor(t, c, id, time.Minute, over)
}

// arrivals submits ingests that fail soon, one after the other, until stopped.
func arrivals(t *testing.T, c *client.Client, source string) (stop func()) {
	t.Helper()
	stopped, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stopped:
				return
			case <-tick.C:
			}
			if _, err := c.Submit(t.Context(), client.Submission{AssetID: "arrival", URI: source + "/text.mp4"}, ""); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	return func() { close(stopped); <-done }
}

// conform runs the command of the real binary, which has to pass.
func conform(t *testing.T, args ...string) (report conformance.Report) {
	t.Helper()
	var out, log bytes.Buffer
	cmd := exec.CommandContext(t.Context(), os.Getenv(binaryEnv), append([]string{"conformance", "-o", "json"}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &log
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatalf("%v\n%s\n%s", err, out.String(), log.String())
	}
	for _, r := range report.Checks {
		if r.Outcome == conformance.Differs {
			t.Errorf("%s: %+v and %d more", r.ID, r.Findings, r.More)
		}
	}
	if err != nil || len(report.Checks) != len(conformance.Checks()) {
		t.Errorf("%d checks, %v\n%s", len(report.Checks), err, log.String())
	}
	return report
}
