package conformance_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/conformance"
)

// TestBareServers: servers that do not speak the API at all get an answer that
// is clear, soon, and after a few requests.
func TestBareServers(t *testing.T) {
	t.Parallel()
	const silent = 200 * time.Millisecond
	released := make(chan struct{})
	t.Cleanup(func() { close(released) })
	for name, tt := range map[string]struct {
		serve http.HandlerFunc
		got   string
	}{
		"nothing anywhere": {http.NotFound, "404 Not Found"},
		"a web site": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<!doctype html><title>Welcome</title>"))
		}, "text/html"},
		"silence": {func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
			case <-released:
			}
		}, "no whole answer within " + silent.String()},
		"half an answer": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(`{"items":[`))
			_ = http.NewResponseController(w).Flush()
			select {
			case <-r.Context().Done():
			case <-released:
			}
		}, "no whole answer within " + silent.String()},
		"hanging up": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "no whole answer"},
		"10 MB": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(bytes.Repeat([]byte("[[[[[[[["), 10<<20/8))
		}, "more than 8 MiB"},
		"deep": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(bytes.Repeat([]byte("["), 1<<20))
		}, "200 OK"},
		"redirects": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/ingests", http.StatusFound)
		}, "302 Found"},
		"another list": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"items":[1,null,{"id":7}],"count":3}`))
		}, `{"items":[1`},
		"null":    {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("null")) }, "null"},
		"no body": {func(http.ResponseWriter, *http.Request) {}, "200 OK"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			patience := time.Minute
			if strings.Contains(tt.got, silent.String()) {
				patience = silent
			}
			var asked atomic.Int32
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				tt.serve(w, r)
			}))
			defer s.Close()
			report, err := conformance.Run(t.Context(), conformance.Options{Server: s.URL, Timeout: patience})
			if err != nil {
				t.Fatal(err)
			}
			first := report.Checks[0]
			if report.Conforms(false) || first.ID != "list.answer" || first.Outcome != conformance.Differs || !strings.Contains(first.Findings[0].Got, tt.got) {
				t.Errorf("%+v, want list.answer to differ with %q", first, tt.got)
			}
			if n := report.Contract.OK + report.Extension.OK; n > 1 { // access.whole may be kept.
				t.Errorf("%d checks are ok", n)
			}
			if n := asked.Load(); n > 3 || int(n) != report.Requests {
				t.Errorf("%d requests came, %d are told", n, report.Requests)
			}
		})
	}
}

// endless is a server of one ingest whose list never ends.
func endless(w http.ResponseWriter, r *http.Request) {
	item := `{"ingestId":"a","assetId":"1","detailsUrl":"/ingests/a","startTime":"2021-12-08T10:50:21.481Z","endTime":"2021-12-08T10:50:44.166Z","status":"COMPLETED"}`
	if r.URL.Path == "/ingests" {
		_, _ = w.Write([]byte(`{"items":[` + item + `],"count":1,"cursor":"bW9yZQ=="}`))
		return
	}
	_, _ = w.Write([]byte(item))
}

// TestEndlessList: a list without an end is walked only so far.
func TestEndlessList(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(endless))
	defer s.Close()
	report, err := conformance.Run(t.Context(), conformance.Options{Server: s.URL})
	if err != nil || report.Conforms(false) || report.Requests > 500 {
		t.Errorf("%d requests, %v, conforms %v", report.Requests, err, report.Conforms(false))
	}
}

// TestBounds: no more requests than allowed, and what was not asked is not
// called different.
func TestBounds(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		endless(w, r)
	}))
	defer s.Close()
	report, err := conformance.Run(t.Context(), conformance.Options{Server: s.URL, MaxRequests: 20})
	if err != nil || asked.Load() != 20 || report.Requests != 20 {
		t.Fatalf("%d requests, %d told (%v)", asked.Load(), report.Requests, err)
	}
	last := report.Checks[len(report.Checks)-1]
	if last.Outcome != conformance.NotTested || !strings.Contains(last.Reason, "--max-requests") {
		t.Errorf("%+v", last)
	}
}

// TestLostServer: a server that falls silent in the midst does not pass.
func TestLostServer(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) > 3 {
			panic(http.ErrAbortHandler)
		}
		endless(w, r)
	}))
	defer s.Close()
	report, err := conformance.Run(t.Context(), conformance.Options{Server: s.URL, Only: []string{"http.path", "access.whole"}})
	if err != nil || report.Conforms(false) {
		t.Errorf("%+v, %v", report, err)
	}
	if report.Checks[0].Outcome != conformance.NotTested || report.Checks[1].Outcome != conformance.Differs {
		t.Errorf("%+v", report.Checks)
	}
}

// TestPatience: a 429 is waited out, as long as Retry-After says.
func TestPatience(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		endless(w, r)
	}))
	defer s.Close()
	began := time.Now()
	report, err := conformance.Run(t.Context(), conformance.Options{Server: s.URL, Only: []string{"list.answer"}})
	if err != nil || !report.Conforms(false) || time.Since(began) < time.Second {
		t.Errorf("%+v, %v, after %v", report.Checks, err, time.Since(began))
	}
}

// TestInterrupted: the report holds what was found, and the error says that it
// is not whole.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 30 {
			cancel()
		}
		endless(w, r)
	}))
	defer s.Close()
	report, err := conformance.Run(ctx, conformance.Options{Server: s.URL})
	last := report.Checks[len(report.Checks)-1]
	if err == nil || last.Reason != "interrupted" || asked.Load() > 31 {
		t.Errorf("%v after %d requests: %+v", err, asked.Load(), last)
	}
}

// TestTokenStays: the token goes to no other server, whatever the answers say,
// and stands in no report.
func TestTokenStays(t *testing.T) {
	t.Parallel()
	var strayed atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strayed.Add(1) }))
	defer other.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != "/ingests":
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		case r.URL.Query().Get("cursor") != "":
			_, _ = w.Write([]byte(`{"items":[],"count":0,"cursor":null}`))
		default:
			_, _ = w.Write([]byte(`{"items":[{"ingestId":"a'; touch x; '","detailsUrl":"` + other.URL + `/a"},{"ingestId":"b","detailsUrl":"//` +
				strings.TrimPrefix(other.URL, "http://") + `/b"},{"ingestId":"c","detailsUrl":"@` + strings.TrimPrefix(other.URL, "http://") + `/c"}],"count":3,"cursor":null}`))
		}
	}))
	defer s.Close()
	report, err := conformance.Run(t.Context(), conformance.Options{Server: s.URL, Token: "very-secret"})
	if err != nil || strayed.Load() > 0 {
		t.Errorf("%d requests strayed, %v", strayed.Load(), err)
	}
	for _, c := range report.Checks {
		for _, f := range c.Findings {
			if strings.Contains(f.Curl+f.Got+f.Wanted, "very-secret") || strings.Contains(f.Curl, "';") && !strings.Contains(f.Curl, `%27`) {
				t.Errorf("%s: %s", c.ID, f.Curl)
			}
		}
	}
}
