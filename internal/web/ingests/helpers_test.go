package ingests

import (
	"context"
	"fmt"
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

// site is the pages over the real use cases and a real store.
type site struct {
	t      *testing.T
	store  *sqlite.Store
	kit    *page.Kit
	caller vod.Caller
}

// engine is one that runs nothing.
type engine struct{}

func (engine) Wake(context.Context, string) error         { return nil }
func (engine) Waiting(context.Context, plan.Ready) string { return "" }

// nowhere has no files.
type nowhere struct{}

func (nowhere) Resolve(_ string, l vod.Location) (vod.Location, error) { return l, nil }
func (nowhere) Exists(context.Context, string, []vod.Fileset) bool     { return false }

func noon() time.Time { return time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC) }

func newSite(t *testing.T) *site {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	service, err := orchestrate.New(t.Context(), orchestrate.Config{
		Store: db, Engine: engine{}, Locations: nowhere{}, RemoveFiles: func(context.Context, ...string) {},
		Digest: func([]vod.Fileset) (string, bool) { return "", false }, Hold: func() string { return "" },
		Version: "test", Now: noon, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(service.StopBulk)
	s := &site{t: t, store: db, caller: vod.Caller{Subject: "ann", Tenant: "acme", Permissions: vod.Permissions()}}
	s.kit = page.New(page.Config{
		Caller: func(context.Context) (vod.Caller, error) { return s.caller, nil },
		Now:    noon, Log: slog.New(slog.DiscardHandler),
	})
	Routes(s.kit, service)
	return s
}

// add puts an ingest into the store: the n-th is n seconds older than noon.
func (s *site) add(n int, change ...func(*vod.Ingest)) string {
	s.t.Helper()
	in := vod.Ingest{
		ID: fmt.Sprintf("id-%04d", n), Tenant: "acme", AssetID: fmt.Sprintf("asset-%d", n), ProfileName: "default", ProfileVersion: 1,
		Status: vod.Queued, Start: noon().Add(-time.Duration(n) * time.Second), MediaTypes: []string{"VIDEO"},
		Input: []byte(`{"filesets":[]}`), HasInput: true, MediaKey: fmt.Sprintf("%032x", n),
	}
	for _, c := range change {
		c(&in)
	}
	if _, err := s.store.IngestCreate(s.t.Context(), in, nil, vod.AuditEntry{}); err != nil {
		s.t.Fatal(err)
	}
	return in.ID
}

// in is a status; a final one has an end.
func in(status vod.IngestStatus) func(*vod.Ingest) {
	return func(in *vod.Ingest) {
		in.Status, in.End = status, time.Time{}
		if status.Final() {
			in.End = in.Start.Add(90 * time.Second)
		}
		if status == vod.Failed {
			in.Error = "The file has no picture."
		}
	}
}

func (s *site) set(id string, status vod.IngestStatus) {
	s.t.Helper()
	err := s.store.IngestChange(s.t.Context(), id, func(run *vod.Run) error {
		in(status)(&run.Ingest)
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// ask gives the answer to a request; part as htmx asks.
func (s *site) ask(r *http.Request, part bool) *httptest.ResponseRecorder {
	s.t.Helper()
	if part {
		r.Header.Set("HX-Request", "true")
	}
	w := httptest.NewRecorder()
	s.kit.ServeHTTP(w, r.WithContext(s.t.Context()))
	return w
}

func (s *site) get(path string) string { return s.found(path, false) }

func (s *site) part(path string) string { return s.found(path, true) }

func (s *site) found(path string, part bool) string {
	s.t.Helper()
	w := s.ask(httptest.NewRequest(http.MethodGet, "/ui/acme/"+path, nil), part)
	if w.Code != http.StatusOK {
		s.t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

func (s *site) post(path string, form url.Values) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/ui/acme/"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.ask(r, false)
}

var rowID = regexp.MustCompile(`<tbody data-id="([^"]+)"`)

// ids are those of the rows, in their order.
func ids(html string) (all []string) {
	for _, m := range rowID.FindAllStringSubmatch(html, -1) {
		all = append(all, m[1])
	}
	return all
}

func (s *site) has(html string, wants ...string) {
	s.t.Helper()
	for _, want := range wants {
		if !strings.Contains(html, want) {
			s.t.Errorf("there is no %s in\n%s", want, html)
		}
	}
}

func (s *site) hasNot(html string, unwanted ...string) {
	s.t.Helper()
	for _, u := range unwanted {
		if strings.Contains(html, u) {
			s.t.Errorf("there is %s in\n%s", u, html)
		}
	}
}
