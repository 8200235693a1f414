package submit_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
	"github.com/via-orchestrate/orchestrate/internal/web/submit"
)

const (
	tenant = "acme"
	path   = "/ui/acme/submit"
	nonce  = "0b2f1f6e-7a0f-4c1e-9a54-6a2b8c9d0e1f"
)

// site is the page over the real use cases and a real store; no engine runs
// what is submitted.
type site struct {
	*orchestrate.Service
	t     *testing.T
	kit   *page.Kit
	by    vod.Caller
	store *sqlite.Store
}

// idle is an engine that begins nothing, and every location.
type idle struct{}

func (idle) Wake(context.Context, string) error                       { return nil }
func (idle) Waiting(context.Context, plan.Ready) string               { return "" }
func (idle) Resolve(_ string, loc vod.Location) (vod.Location, error) { return loc, nil }
func (idle) Exists(context.Context, string, []vod.Fileset) bool       { return true }

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, by: vod.Caller{Subject: "ann", Tenant: tenant, Permissions: vod.Permissions()}}
	var err error
	if s.store, err = sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.store.Close(); err != nil {
			t.Error(err)
		}
	})
	s.Service, err = orchestrate.New(t.Context(), orchestrate.Config{
		Store: s.store, Engine: idle{}, Locations: idle{}, Hold: func() string { return "" },
		RemoveFiles: func(context.Context, ...string) {},
		Digest:      func([]vod.Fileset) (string, bool) { return "", false },
		Version:     "test", Now: vod.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.kit = page.New(page.Config{
		Caller: func(context.Context) (vod.Caller, error) { return s.by, nil }, Log: slog.New(slog.DiscardHandler),
	})
	submit.Routes(s.kit, s.Service)
	return s
}

// get asks for a page, post sends a form as htmx does; want is the status.
func (s *site) get(address string, want int) string {
	s.t.Helper()
	return s.do(httptest.NewRequestWithContext(s.t.Context(), http.MethodGet, address, nil), want)
}

func (s *site) post(address string, form url.Values, want int) string {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("HX-Request", "true")
	return s.do(r, want)
}

func (s *site) do(r *http.Request, want int) string {
	s.t.Helper()
	w := httptest.NewRecorder()
	s.kit.ServeHTTP(w, r)
	body := w.Body.String()
	if w.Code != want {
		s.t.Fatalf("%s %s: %d, want %d\n%s", r.Method, r.URL, w.Code, want, body)
	}
	// The Content-Security-Policy blocks both; the kit gives a key that has no text
	// as it is, and so do fmt and html/template with what does not fit.
	if found := regexp.MustCompile(`(?i)<[^>]+\s(style|on[a-z]+)=|>submit\.[a-z.]+<|"submit\.(?:note\.)?[a-z.]*\.[a-z.]+"|%!|ZgotmplZ`).FindString(body); found != "" && !strings.Contains(found, "submit.note") {
		s.t.Errorf("the page has %q", found)
	}
	return body
}

// has ends the test unless the text has all of these.
func (s *site) has(text string, wants ...string) {
	s.t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			s.t.Fatalf("there is no %s in\n%s", want, text)
		}
	}
}

func (s *site) hasNot(text string, wants ...string) {
	s.t.Helper()
	for _, want := range wants {
		if strings.Contains(text, want) {
			s.t.Fatalf("there is %s in\n%s", want, text)
		}
	}
}

// ingests are those in the store, the newest first.
func (s *site) ingests() []vod.Run {
	s.t.Helper()
	list, _, err := s.List(s.t.Context(), s.by, store.IngestFilter{Limit: 100})
	if err != nil {
		s.t.Fatal(err)
	}
	var all []vod.Run
	for _, in := range list {
		run, err := s.Get(s.t.Context(), s.by, in.ID)
		if err != nil {
			s.t.Fatal(err)
		}
		all = append(all, run)
	}
	return all
}

// fields gives the form that a part shows: what a browser would send back.
func fields(part string) url.Values {
	form := url.Values{"nonce": {nonce}, "profile": {"default"}}
	inputs := regexp.MustCompile(`<input[^>]* name="([^"]+)" value="([^"]*)"`)
	for _, m := range inputs.FindAllStringSubmatch(part, -1) {
		if m[1] != "force" && m[1] != "nonce" {
			form.Add(m[1], unescape(m[2]))
		}
	}
	selects := regexp.MustCompile(`(?s)<select[^>]* name="([^"]+)".*?</select>`)
	chosen := regexp.MustCompile(`<option value="([^"]*)" selected>`)
	for _, m := range selects.FindAllStringSubmatch(part, -1) {
		value := ""
		if c := chosen.FindStringSubmatch(m[0]); c != nil {
			value = unescape(c[1])
		}
		form.Set(m[1], value)
	}
	return form
}
