package playout_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/via-orchestrate/orchestrate/internal/netguard"
	"github.com/via-orchestrate/orchestrate/internal/secret"
	"github.com/via-orchestrate/orchestrate/internal/step/playout"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// receiver is a real server that notes what it is sent.
type receiver struct {
	*httptest.Server
	mu      sync.Mutex
	headers []http.Header
	bodies  []string
	status  int
}

func receive(t *testing.T, status int) *receiver {
	t.Helper()
	r := &receiver{status: status}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil || req.Method != http.MethodPost || req.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s, %v", req.Method, req.Header.Get("Content-Type"), err)
		}
		r.mu.Lock()
		r.headers, r.bodies = append(r.headers, req.Header), append(r.bodies, string(body))
		r.mu.Unlock()
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(r.status)
	}))
	t.Cleanup(r.Close)
	return r
}

func newWebhook(t *testing.T, env map[string]string) *playout.Webhook {
	t.Helper()
	guard := netguard.New([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	t.Cleanup(guard.Close)
	secrets := secret.New("", func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	return playout.NewWebhook(guard.Client(), secrets, time.Now)
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	r := receive(t, http.StatusNoContent)
	w := newWebhook(t, nil)
	job := newJob(t, playout.WebhookProfile{URL: r.URL + "/hook"}, published()...)
	for range 2 {
		if res, err := w.Run(t.Context(), job); err != nil || res.Outputs != nil {
			t.Fatal(err)
		}
		job.Attempt++
	}
	var event playout.Event
	if err := json.Unmarshal([]byte(r.bodies[0]), &event); err != nil {
		t.Fatal(err)
	}
	if d := event.Data; event.Type != "ingest.published" || d.Tenant != "acme" || d.AssetID != "42" || d.IngestID != "i1" ||
		len(d.Filesets) != 3 || d.Filesets[1].Files[0].URI != "https://cdn.example/k/manifest.mpd" {
		t.Errorf("event is %+v", event)
	}
	key := r.headers[0].Get("Idempotency-Key")
	if key == "" || r.headers[0].Get("Webhook-Id") != key || r.headers[0].Get("Webhook-Signature") != "" {
		t.Errorf("headers are %v", r.headers[0])
	}
	if r.headers[1].Get("Idempotency-Key") != key || r.bodies[1] != r.bodies[0] {
		t.Error("the second attempt is not a repetition of the first")
	}
	job.Inputs = job.Inputs[:1]
	if _, err := w.Run(t.Context(), job); err != nil || r.headers[2].Get("Idempotency-Key") == key {
		t.Errorf("other files have the same key, or %v", err)
	}
}

func TestWebhookIsSigned(t *testing.T) {
	t.Parallel()
	encoded := "whsec_" + base64.StdEncoding.EncodeToString([]byte("0123456789abcdef01234567"))
	for name, key := range map[string]string{"raw": "plain key", "base64": encoded} {
		r := receive(t, http.StatusOK)
		w := newWebhook(t, map[string]string{"ORCHESTRATE_SECRET_ACME_HOOK": key})
		if _, err := w.Run(t.Context(), newJob(t, playout.WebhookProfile{URL: r.URL, Secret: "env:ORCHESTRATE_SECRET_ACME_HOOK"})); err != nil {
			t.Fatal(err)
		}
		hook, err := standardwebhooks.NewWebhookRaw([]byte(key))
		if name == "base64" {
			hook, err = standardwebhooks.NewWebhook(key)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := hook.Verify([]byte(r.bodies[0]), r.headers[0]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWebhookSecretsThatFail(t *testing.T) {
	t.Parallel()
	r := receive(t, http.StatusOK)
	w := newWebhook(t, map[string]string{"ORCHESTRATE_SECRET_ACME_BAD": "whsec_!!!"})
	for reference, want := range map[string]string{
		"hunter2":                          "not as itself",
		"env:ORCHESTRATE_SECRET_ACME_NONE": "no variable",
		"env:ORCHESTRATE_SECRET_ACME_BAD":  "not base64",
	} {
		_, err := w.Run(t.Context(), newJob(t, playout.WebhookProfile{URL: r.URL, Secret: reference}))
		wantError(t, err, vod.ClassConfig, vod.ReasonConfig, want)
		if strings.Contains(fmt.Sprint(err), "hunter2") || strings.Contains(fmt.Sprint(err), "!!!") {
			t.Errorf("%v tells the secret", err)
		}
	}
	if len(r.bodies) != 0 {
		t.Error("something was sent")
	}
}

func TestWebhookAnswers(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]struct {
		class  vod.Class
		reason vod.Reason
	}{
		301: {vod.ClassConfig, vod.ReasonConfig}, 307: {vod.ClassConfig, vod.ReasonConfig},
		400: {vod.ClassConfig, vod.ReasonConfig}, 401: {vod.ClassConfig, vod.ReasonForbidden},
		403: {vod.ClassConfig, vod.ReasonForbidden}, 404: {vod.ClassConfig, vod.ReasonConfig}, 410: {vod.ClassConfig, vod.ReasonConfig},
		408: {vod.ClassRemote, vod.ReasonTimeout}, 425: {vod.ClassRemote, vod.ReasonRateLimited}, 429: {vod.ClassRemote, vod.ReasonRateLimited},
		500: {vod.ClassRemote, vod.ReasonUnreachable}, 503: {vod.ClassRemote, vod.ReasonUnreachable},
	} {
		r := receive(t, status)
		_, err := newWebhook(t, nil).Run(t.Context(), newJob(t, playout.WebhookProfile{URL: r.URL + "/hook?token=hunter2"}))
		wantError(t, err, want.class, want.reason, "/hook?… was")
		if len(r.bodies) != 1 || strings.Contains(fmt.Sprint(err), "hunter2") {
			t.Errorf("%d: %d requests, %v", status, len(r.bodies), err)
		}
	}
}

func TestWebhookIsNotDelivered(t *testing.T) {
	t.Parallel()
	r := receive(t, http.StatusOK)
	r.Close()
	w := newWebhook(t, nil)
	_, err := w.Run(t.Context(), newJob(t, playout.WebhookProfile{URL: r.URL + "/?token=hunter2"}))
	wantError(t, err, vod.ClassRemote, vod.ReasonUnreachable, "/?… was not delivered: 127.0.0.1 refuses connections")
	if strings.Contains(fmt.Sprint(err), "hunter2") {
		t.Errorf("%v tells the query", err)
	}
	guarded := playout.NewWebhook(netguard.New(nil).Client(), secret.New("", nil), time.Now)
	_, err = guarded.Run(t.Context(), newJob(t, playout.WebhookProfile{URL: receive(t, 200).URL}))
	wantError(t, err, vod.ClassConfig, vod.ReasonForbidden, "127.0.0.1 is not allowed")
	for _, u := range []string{"", "x", "ftp://x", "http:///x", "https://u:hunter2@x/", "https://%zz"} {
		_, err = w.Run(t.Context(), newJob(t, playout.WebhookProfile{URL: u}))
		wantError(t, err, vod.ClassConfig, vod.ReasonConfig, "not an absolute http or https address")
	}
}

func TestWebhookIsCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel(vod.ErrCancelled)
		<-r.Context().Done()
	}))
	defer srv.Close()
	if _, err := newWebhook(t, nil).Run(ctx, newJob(t, playout.WebhookProfile{URL: srv.URL})); !errors.Is(err, vod.ErrCancelled) {
		t.Errorf("error is %v", err)
	}
}

// TestWebhookEndlessAnswer gives up reading an answer without end.
func TestWebhookEndlessAnswer(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 32<<10)); err != nil {
				return
			}
		}
	}))
	defer srv.Close()
	if _, err := newWebhook(t, nil).Run(t.Context(), newJob(t, playout.WebhookProfile{URL: srv.URL})); err != nil {
		t.Error(err)
	}
}
