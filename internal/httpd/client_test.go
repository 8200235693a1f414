package httpd

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/upload"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func (s *testServer) client(t *testing.T, tenant string) *client.Client {
	t.Helper()
	c, err := client.New(s.url, client.Options{Tenant: tenant})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Every method of the shipped client, against the server.
func TestClient(t *testing.T) {
	t.Parallel()
	s := setup(t, withRunning(), nil)
	s.playing = []vod.Playback{{AssetID: "7", IngestID: "new", HLS: "http://h/new.m3u8"}}
	c, ctx := s.client(t, ""), t.Context()
	must := func(what string, ok bool, err error) {
		t.Helper()
		if err != nil || !ok {
			t.Errorf("%s: %v", what, err)
		}
	}
	item, err := c.List(ctx, client.Filter{AssetID: "7", FromDate: "2022-01-01", Limit: 1})
	must("List", item != nil && item.Count == 1 && item.Items[0].ElapsedTime == 60000, err)
	got, err := c.Get(ctx, "run-1")
	must("Get", got != nil && len(got.Tasks) == 2 && strings.Contains(string(got.Input), "a<b & c>d"), err)
	submitted, err := c.Submit(ctx, client.Submission{AssetID: "7", URI: "file:///a.mp4"}, "key")
	must("Submit", submitted != nil && submitted.IngestID != "", err)
	preview, err := c.Preview(ctx, client.Submission{AssetID: "7", URI: "file:///a.mp4"})
	must("Preview", preview != nil && len(preview.Steps) == 1, err)
	plan, err := c.Plan(ctx, "run-1")
	must("Plan", plan != nil && plan.Steps[0].NotBefore.Equal(noon()), err)
	task, err := c.Task(ctx, "run-1", "t-1")
	must("Task", task != nil && task.Attempts[0].Log == "last & line\n", err)
	must("Cancel", true, c.Cancel(ctx, "run-1"))
	_, err = c.Retry(ctx, "run-1")
	var p *client.Problem
	must("Retry", errors.As(err, &p) && p.Status == http.StatusConflict && p.Code == "conflict", nil)
	must("Delete", errors.As(c.Delete(ctx, "other"), &p) && p.Status == http.StatusNotFound, nil)

	now, err := c.Playback(ctx, "7")
	must("Playback", now != nil && now.HLS != nil && now.DASH == nil, err)
	now, err = c.SelectPlayback(ctx, "7", "new")
	must("SelectPlayback", now != nil && now.IngestID == "new", err)
	history, err := c.PlaybackHistory(ctx, "7")
	must("PlaybackHistory", history != nil && history.Items[0].Current, err)
	must("DeleteAsset", true, c.DeleteAsset(ctx, "7"))

	applied, err := c.ApplyProfile(ctx, "p", []byte("a: 1\n"))
	must("ApplyProfile", applied != nil && applied.Outcome == client.ProfileAppliedOutcomeCreated, err)
	applied, err = c.ValidateProfile(ctx, "p", []byte("a: 1\n"))
	must("ValidateProfile", applied != nil && applied.VersionID == nil, err)
	profiles, err := c.Profiles(ctx)
	must("Profiles", profiles != nil && profiles.Items[0].Name == "p", err)
	profiles, err = c.ProfileVersions(ctx, "p")
	must("ProfileVersions", profiles != nil && len(profiles.Items) == 1, err)
	profile, err := c.Profile(ctx, "p", 1619086864969)
	must("Profile", profile != nil && string(profile.Document) == `{"text":"a: 1\n"}`, err)
	schema, err := c.ProfileSchema(ctx)
	must("ProfileSchema", string(schema) == `{"title":"<profile> & more"}`, err)

	imported, err := c.Import(ctx, []byte(`[{"a":1},{"b":2}]`))
	must("Import", imported != nil && len(imported.Rows) == 2, err)
	mtime := time.Unix(1, 123456789)
	same, err := c.SameFile(ctx, client.FileCheck{Path: "/media/same.mp4", MTime: client.Timestamp{Time: mtime}})
	must("SameFile", same && s.checked[0].MTime.Equal(mtime), err)
	must("Healthy", true, c.Healthy(ctx))
	must("Ready", true, c.Ready(ctx))
	text, err := c.OpenAPI(ctx)
	must("OpenAPI", bytes.HasPrefix(text, []byte("openapi: 3.0.3")), err)
}

// The pages of the page's 26 ingests, five by five.
func TestClientGoesThroughPages(t *testing.T) {
	t.Parallel()
	s := setup(t, &memory{runs: append(pageItems(t, "list.json"), pageDetail(t))}, nil)
	var got, want []string
	for item, err := range s.client(t, "vimond").All(t.Context(), client.Filter{Limit: 5}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, item.IngestID)
	}
	for _, run := range s.runs { // The page has them in order.
		want = append(want, run.Ingest.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(s.filters) != 6 {
		t.Errorf("%d pages, want 6", len(s.filters))
	}
}

// cutting breaks every second PATCH off half-way.
type cutting struct {
	http.Handler
	patches int
}

func (c *cutting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPatch {
		if c.patches++; c.patches%2 == 1 {
			r.Body = io.NopCloser(io.MultiReader(io.LimitReader(r.Body, r.ContentLength/2), failing{}))
			c.Handler.ServeHTTP(discard{w.Header()}, r)
			panic(http.ErrAbortHandler)
		}
	}
	c.Handler.ServeHTTP(w, r)
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// discard is an answer that never arrives.
type discard struct{ header http.Header }

func (d discard) Header() http.Header       { return d.header }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

// An upload through the client, cut on its way, arrives whole at the tus
// server beside the API, which knows the tenant.
func TestClientUploads(t *testing.T) {
	t.Parallel()
	var tenant string
	server, err := upload.New(filepath.Join(t.TempDir(), "uploads"), upload.Options{
		Tenant: func(r *http.Request) (string, error) {
			tenant = Caller(r.Context()).Tenant
			return tenant, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	cut := &cutting{Handler: server.Handler()}
	s := setup(t, &memory{}, map[string]http.Handler{"/uploads": cut, "/uploads/": cut})
	data := bytes.Repeat([]byte("0123456789abcdef"), 100_000)
	var sent int64
	uri, err := s.client(t, "acme").Upload(t.Context(), "a b.mp4", bytes.NewReader(data), int64(len(data)), func(n int64) { sent = n })
	if err != nil {
		t.Fatal(err)
	}
	file, name, size, err := server.Open(t.Context(), "acme", strings.TrimPrefix(uri, "upload:"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	arrived, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	if sha256.Sum256(arrived) != sha256.Sum256(data) || sent != int64(len(data)) || tenant != "acme" || cut.patches < 2 || name != "a b.mp4" || size != sent {
		t.Errorf("%q: %d bytes arrived, %d sent, tenant %q, %d requests", name, len(arrived), sent, tenant, cut.patches)
	}
}
