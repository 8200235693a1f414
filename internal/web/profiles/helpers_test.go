package profiles

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

const small = `description: One step.
playout:
  - filesetFilter: initialInput
    playoutProfile:
      name: c
      type: CATALOG
`

// site is the pages over a real store and the real use cases.
type site struct {
	t       *testing.T
	service *orchestrate.Service
	server  *httptest.Server
	caller  vod.Caller
	now     time.Time
}

// idle is an engine and locations that a test of pages does not need.
type idle struct{}

func (idle) Wake(context.Context, string) error                 { return nil }
func (idle) Waiting(context.Context, plan.Ready) string         { return "" }
func (idle) Exists(context.Context, string, []vod.Fileset) bool { return true }
func (idle) Resolve(_ string, loc vod.Location) (vod.Location, error) {
	if loc.Name == "forbidden" {
		return loc, vod.Faultf(vod.Unusable, "There is no location named %q.", loc.Name)
	}
	loc.Type, loc.Path = vod.LocationFile, "/locations/"+loc.Name
	return loc, nil
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, now: time.Date(2026, 11, 3, 7, 50, 0, 0, time.UTC)}
	s.caller = vod.Caller{Subject: "ann <admin>", Tenant: "acme", Permissions: vod.Admin.Permissions()}
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	now := func() time.Time { s.now = s.now.Add(time.Minute); return s.now }
	s.service, err = orchestrate.New(t.Context(), orchestrate.Config{
		Store: db, Engine: idle{}, Locations: idle{}, Hold: func() string { return "" }, Version: "test",
		RemoveFiles: func(context.Context, ...string) {}, Digest: func([]vod.Fileset) (string, bool) { return "", false },
		Now: now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	kit := page.New(page.Config{
		Caller: func(context.Context) (vod.Caller, error) { return s.caller, nil },
		Log:    slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	Routes(kit, s.service)
	s.server = httptest.NewServer(kit)
	t.Cleanup(s.server.Close)
	return s
}

// put applies a document past the pages.
func (s *site) put(name, text string) int64 {
	s.t.Helper()
	v, _, err := s.service.ProfilePut(s.t.Context(), s.caller, name, []byte(text))
	if err != nil {
		s.t.Fatal(err)
	}
	return v.VersionID
}

// styled finds what the Content-Security-Policy would block.
var styled = regexp.MustCompile(`(?i)<[^>]+\s(style|on[a-z]+)=`)

// missing finds texts that there are not, and arguments that do not fit.
var missing = regexp.MustCompile(`>\s*profiles\.[a-z_.]+\s*<|%!`)

// get gives the page of an address below /ui/acme, which must have the status.
func (s *site) get(path string, status int) string {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.server.URL+"/ui/acme"+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	body, _ := s.do(r, status)
	return body
}

// post sends a form, and gives the answer and where it leads.
func (s *site) post(path string, form url.Values, status int) (body, location string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.server.URL+"/ui/acme"+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(r, status)
}

func (s *site) do(r *http.Request, status int) (body, location string) {
	s.t.Helper()
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	all, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if res.StatusCode != status {
		s.t.Fatalf("%s %s: status %d, want %d\n%s", r.Method, r.URL, res.StatusCode, status, all)
	}
	for _, bad := range []*regexp.Regexp{styled, missing} {
		if found := bad.FindString(string(all)); found != "" {
			s.t.Errorf("%s has %s", r.URL, found)
		}
	}
	return string(all), res.Header.Get("Location")
}

func (s *site) has(page string, wants ...string) {
	s.t.Helper()
	for _, want := range wants {
		if !strings.Contains(page, want) {
			s.t.Errorf("there is no %s in\n%s", want, page)
		}
	}
}

func (s *site) hasNot(page string, wants ...string) {
	s.t.Helper()
	for _, want := range wants {
		if strings.Contains(page, want) {
			s.t.Errorf("there is %s in\n%s", want, page)
		}
	}
}
