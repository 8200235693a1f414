package page

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// newKit has one page, /ui/acme/shown, which shows what is asked for in data or
// fails with err.
func newKit(t *testing.T, caller vod.Caller, callerErr, err error, data any) *Kit {
	t.Helper()
	k := New(Config{
		Caller: func(context.Context) (vod.Caller, error) { return caller, callerErr }, SignIn: true,
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return time.Unix(1e9, 0) },
	})
	templates := k.Templates(fstest.MapFS{"templates/own.html": {Data: []byte(`{{define "own"}}<p>{{.Data}}</p>{{if .Can "ingests:cancel"}}<b>may</b>{{end}}{{end}}`)}}, nil)
	k.Handle("GET /ui/{tenant}/shown", func(w http.ResponseWriter, r *Request) error {
		if err != nil {
			return err
		}
		return templates.Page(w, r, http.StatusOK, Page{Title: "T", Section: "ingests", Content: "own", Data: data})
	})
	k.Handle("POST /ui/{tenant}/shown", func(http.ResponseWriter, *Request) error { return nil })
	return k
}

func ask(k *Kit, method, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	k.ServeHTTP(w, r)
	return w
}

func TestPage(t *testing.T) {
	t.Parallel()
	caller := vod.Caller{Subject: "ann", Tenant: "acme", Permissions: vod.Viewer.Permissions()}
	w := ask(newKit(t, caller, nil, nil, "<script>x</script>"), http.MethodGet, "/ui/acme/shown")
	body := w.Body.String()
	for _, want := range []string{
		"&lt;script&gt;x", `data-events="/ui/acme/events"`, `<bdi>acme</bdi>`, `href="/ui/acme/ingests" aria-current="page"`, `data-state-on="Live"`, "Sign out",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, not := range []string{"<script>x", "<b>may", `href="/ui/acme/submit"`, "style="} {
		if strings.Contains(body, not) {
			t.Errorf("the page has %s", not)
		}
	}
	if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "script-src 'self';") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	for _, m := range regexp.MustCompile(`(?:src|href)="(/ui/_/assets/[^"]*)"`).FindAllStringSubmatch(body, -1) {
		if got := ask(newKit(t, caller, nil, nil, nil), http.MethodGet, m[1]); got.Code != http.StatusOK {
			t.Errorf("%s: %d", m[1], got.Code)
		}
	}
}

// TestWhoIsNotSignedIn is led to the sign-in page, and from there back.
func TestWhoIsNotSignedIn(t *testing.T) {
	t.Parallel()
	k := newKit(t, vod.Caller{}, vod.Faultf(vod.Unauthenticated, "x"), nil, nil)
	w := ask(k, http.MethodGet, "/ui/acme/shown?status=FAILED")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/ui/_/sign-in?to=%2Fui%2Facme%2Fshown%3Fstatus%3DFAILED" {
		t.Errorf("%d %s", w.Code, w.Header().Get("Location"))
	}
	w = ask(k, http.MethodGet, "/ui/acme/shown", "HX-Request", "true", "HX-Current-URL", "http://x/ui/acme/ingests?a=b")
	if w.Header().Get("HX-Redirect") != "/ui/_/sign-in?to=%2Fui%2Facme%2Fingests%3Fa%3Db" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	caller := vod.Caller{Tenant: "acme"}
	for _, tc := range []struct {
		err    error
		path   string
		status int
		says   string
	}{
		{vod.Faultf(vod.NotFound, "There is no ingest <7>."), "/ui/acme/shown", 404, "There is no ingest &lt;7&gt;."},
		{vod.Faultf(vod.Forbidden, "This needs more."), "/ui/acme/shown", 403, "This needs more."},
		{errors.New("secret"), "/ui/acme/shown", 500, "could not do this"},
		{nil, "/ui/other/shown", 404, "no tenant"},
		{nil, "/ui/acme/none", 404, "no page"},
	} {
		for _, part := range []string{"", "true"} {
			w := ask(newKit(t, caller, nil, tc.err, nil), http.MethodGet, tc.path, "HX-Request", part)
			body := w.Body.String()
			if w.Code != tc.status || !strings.Contains(body, tc.says) || strings.Contains(body, "secret") {
				t.Errorf("%v: %d\n%s", tc.err, w.Code, body)
			}
			if part != "" && (w.Header().Get("HX-Retarget") != "#alerts" || strings.Contains(body, "<html")) {
				t.Errorf("%v: no message: %v", tc.err, w.Header())
			}
		}
	}
}

// TestAnotherTenant: whoever may not act for the tenant of the address can go to
// one of their own, or sign out.
// TestWhoHasGone: people who go on to another page before one has come are no
// failure of the server.
func TestWhoHasGone(t *testing.T) {
	t.Parallel()
	for _, gone := range []bool{false, true} {
		var log strings.Builder
		k := newKit(t, vod.Caller{Tenant: "acme"}, nil, fmt.Errorf("read: %w", context.Canceled), nil)
		k.config.Log = slog.New(slog.NewTextHandler(&log, nil))
		ctx, cancel := context.WithCancel(t.Context())
		if gone {
			cancel()
		}
		w := httptest.NewRecorder()
		k.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/ui/acme/shown", nil))
		cancel()
		if failed := strings.Contains(log.String(), "a page failed"); failed == gone || (w.Code == http.StatusInternalServerError) == gone {
			t.Errorf("gone %v: status %d, log %s", gone, w.Code, &log)
		}
	}
}

func TestAnotherTenant(t *testing.T) {
	t.Parallel()
	caller := vod.Caller{Subject: "ann", Tenants: []string{"acme", "beta"}}
	w := ask(newKit(t, caller, vod.Faultf(vod.Forbidden, "Not for zeta."), nil, nil), http.MethodGet, "/ui/zeta/shown")
	for _, want := range []string{"Not for zeta.", `href="/ui/acme/ingests"`, `href="/ui/beta/ingests"`, "Sign out"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "data-events") {
		t.Errorf("%d\n%s", w.Code, w.Body)
	}
}

func TestOtherSites(t *testing.T) {
	t.Parallel()
	k := newKit(t, vod.Caller{Tenant: "acme"}, nil, nil, nil)
	for site, status := range map[string]int{"same-origin": 200, "cross-site": 403, "same-site": 403} {
		if w := ask(k, http.MethodPost, "/ui/acme/shown", "Sec-Fetch-Site", site); w.Code != status {
			t.Errorf("%s: %d", site, w.Code)
		}
	}
}

func TestTook(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Hour: "0.0 s", 1234 * time.Millisecond: "1.2 s", 59 * time.Second: "59 s", 61 * time.Second: "1 min 01 s",
		3*time.Hour + 4*time.Minute: "3 h 04 min", 50 * time.Hour: "2 d 02 h",
	} {
		if got := Took(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
	if got := number(int64(9007199254740993)); got != "9,007,199,254,740,993" {
		t.Errorf("a number of 54 bits is shown as %s", got)
	}
}

// TestTexts: every text that a template or the code names is there.
func TestTexts(t *testing.T) {
	t.Parallel()
	k := New(Config{Caller: func(context.Context) (vod.Caller, error) { return vod.Caller{}, nil }})
	named := regexp.MustCompile(`\{\{-? ?\(?t "([a-z0-9_.]+)"|\bt "([a-z0-9_.]+)"`)
	err := fs.WalkDir(files, "templates", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := files.ReadFile(name)
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			if key := m[1] + m[2]; k.Text(key) == key {
				t.Errorf("%s: there is no text %s", name, key)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
