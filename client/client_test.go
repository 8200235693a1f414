package client_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/client"
)

// transport answers requests in place of a network.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// answered is an answer with headers as pairs of name and value.
func answered(r *http.Request, status int, body string, headers ...string) *http.Response {
	w := httptest.NewRecorder()
	for i := 0; i+1 < len(headers); i += 2 {
		w.Header().Set(headers[i], headers[i+1])
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
	resp := w.Result()
	resp.Request = r
	return resp
}

func newClient(t *testing.T, o client.Options, answer transport) *client.Client {
	t.Helper()
	o.HTTPClient = &http.Client{Transport: answer}
	c, err := client.New("http://orchestrate.test/base", o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestServerAddress(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "127.0.0.1:8080", "ftp://a", "http://", "http://u:secret@a", "http://a?x=secret", "http://a#f", "http://a b\x7f:secret"} {
		_, err := client.New(bad, client.Options{})
		if err == nil {
			t.Errorf("%q was taken", bad)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the error tells a secret: %v", bad, err)
		}
	}
	c, err := client.New("https://a/base", client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.URL("/ingests/7"); got != "https://a/base/ingests/7" {
		t.Errorf("URL gives %s", got)
	}
}

func TestHeadersAndPaths(t *testing.T) {
	t.Parallel()
	c := newClient(t, client.Options{Token: "tok", Tenant: "acme"}, func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("Authorization") != "Bearer tok" || r.Header.Get("X-Vimond-Tenant") != "acme" {
			t.Errorf("headers %v", r.Header)
		}
		if r.Method != http.MethodDelete || r.URL.EscapedPath() != "/base/assets/a%2Fb%25" {
			t.Errorf("%s %s", r.Method, r.URL.EscapedPath())
		}
		return answered(r, http.StatusNoContent, ""), nil
	})
	if err := c.DeleteAsset(t.Context(), "a/b%"); err != nil {
		t.Fatal(err)
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	const document = `{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"Two problems.","code":"unusable",
		"problems":[{"path":"/a","message":"is missing"},{"path":"/b","message":"is unknown"}]}`
	body, status := document, 422
	c := newClient(t, client.Options{}, func(r *http.Request) (*http.Response, error) {
		return answered(r, status, body, "Content-Type", "application/problem+json"), nil
	})
	_, err := c.ApplyProfile(t.Context(), "p", []byte("a: 1"))
	var p *client.Problem
	if !errors.As(err, &p) || p.Status != 422 || p.Code != "unusable" || len(p.Problems) != 2 {
		t.Fatalf("%#v", err)
	}
	if want := "Two problems.\n  /a: is missing\n  /b: is unknown"; err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
	for text, want := range map[string]string{
		`{"title":"x","status":400,"detail":"The parameter status must be RUNNING.","problems":[{"path":"status","message":"must be RUNNING"}]}`: "The parameter status must be RUNNING.",
		`{"title":"x","status":422,"detail":"The document has a problem.","problems":[{"path":"","message":"line 3: no value"}]}`:                "The document has a problem.\n  line 3: no value",
	} {
		body = text
		if _, err = c.ApplyProfile(t.Context(), "p", []byte("a: 1")); err == nil || err.Error() != want {
			t.Errorf("%q, want %q", err, want)
		}
	}
	body, status = "<html>not ours</html>", 413
	_, err = c.ApplyProfile(t.Context(), "p", []byte("a: 1"))
	if !errors.As(err, &p) || p.Status != 413 || err.Error() != "the server answered 413 Request Entity Too Large" {
		t.Errorf("%v", err)
	}
	body, status = "[", 200
	if _, err = c.Profiles(t.Context()); err == nil || errors.As(err, &p) && p.Status == 200 {
		t.Errorf("a broken answer gives %v", err)
	}
}

// A document that is encoded again has the same keys, order and times.
func TestDocumentsStayWhatTheyAre(t *testing.T) {
	t.Parallel()
	const list = `{"items":[{"ingestId":"i","assetId":"7","detailsUrl":"/ingests/i","profileName":"p","error":null,"mediaTypes":["VIDEO"],` +
		`"progress":20,"startTime":"2021-12-08T07:50:14.640Z","endTime":null,"status":"RUNNING","elapsedTime":5}],"count":1,"cursor":null}`
	c := newClient(t, client.Options{}, func(r *http.Request) (*http.Response, error) { return answered(r, 200, list), nil })
	page, err := c.List(t.Context(), client.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(list, string(text)); diff != "" {
		t.Error(diff)
	}
}

func TestAllPages(t *testing.T) {
	t.Parallel()
	var queries []string
	c := newClient(t, client.Options{}, func(r *http.Request) (*http.Response, error) {
		queries = append(queries, r.URL.RawQuery)
		if r.URL.Query().Get("cursor") == "" {
			return answered(r, 200, `{"items":[{"ingestId":"1"},{"ingestId":"2"}],"count":2,"cursor":"a+b="}`), nil
		}
		return answered(r, 200, `{"items":[{"ingestId":"3"}],"count":1,"cursor":null}`), nil
	})
	f := client.Filter{AssetID: "7", Limit: 2, Statuses: []client.IngestStatus{client.IngestStatusFAILED, client.IngestStatusCANCELLED}}
	var ids []string
	for item, err := range c.All(t.Context(), f) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, item.IngestID)
	}
	if diff := cmp.Diff([]string{"1", "2", "3"}, ids); diff != "" {
		t.Error(diff)
	}
	first := "assetId=7&status=FAILED&status=CANCELLED&limit=2"
	if diff := cmp.Diff([]string{first, first + "&cursor=a%2Bb%3D"}, queries); diff != "" {
		t.Error(diff)
	}
	for item, err := range c.All(t.Context(), f) { // Stopping early asks for no more.
		if item.IngestID != "1" || err != nil {
			t.Errorf("%v %v", item, err)
		}
		break
	}
	if len(queries) != 3 {
		t.Errorf("%d requests, want 3", len(queries))
	}
}

func TestRetries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tries, begun := 0, time.Now()
		c := newClient(t, client.Options{}, func(r *http.Request) (*http.Response, error) {
			tries++
			switch tries {
			case 1:
				return nil, syscall.ECONNREFUSED
			case 2:
				return answered(r, http.StatusBadGateway, ""), nil
			case 3:
				return answered(r, http.StatusServiceUnavailable, "", "Retry-After", "3"), nil
			}
			return answered(r, 200, `{"items":[]}`), nil
		})
		if _, err := c.List(t.Context(), client.Filter{}); err != nil || tries != 4 {
			t.Errorf("%d tries: %v", tries, err)
		}
		if took := time.Since(begun); took < 3*time.Second {
			t.Errorf("Retry-After was not waited for: %s", took)
		}
	})
}

func TestRetriesEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		var bodies []string
		c := newClient(t, client.Options{}, func(r *http.Request) (*http.Response, error) {
			tries++
			if r.Body != nil {
				text, _ := io.ReadAll(r.Body)
				bodies = append(bodies, string(text))
			}
			return answered(r, http.StatusServiceUnavailable, `{"title":"x","status":503,"detail":"No disk."}`), nil
		})
		counts := func(want int, err error) {
			t.Helper()
			var p *client.Problem
			if !errors.As(err, &p) || p.Status != 503 || p.Detail != "No disk." || tries != want {
				t.Errorf("%d tries, want %d: %v", tries, want, err)
			}
			tries = 0
		}
		_, err := c.Get(t.Context(), "i")
		counts(5, err)
		counts(1, c.Ready(t.Context()))
		counts(5, c.Cancel(t.Context(), "i"))
		bodies = nil
		_, err = c.Submit(t.Context(), client.Submission{AssetID: "7", URI: "http://a/b"}, "")
		counts(1, err)
		_, err = c.Submit(t.Context(), client.Submission{AssetID: "7", URI: "http://a/b"}, "key")
		counts(5, err)
		for _, body := range bodies {
			if body != `{"assetId":"7","uri":"http://a/b"}` {
				t.Errorf("body %q", body)
			}
		}
	})
}

// One request too many was not carried out, so that even what must not be done
// twice is sent again, after as long as the server asks for.
func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tries, begun, wait := 0, time.Now(), "20"
		c := newClient(t, client.Options{}, func(r *http.Request) (*http.Response, error) {
			if tries++; tries%2 == 1 {
				return answered(r, http.StatusTooManyRequests, `{"title":"x","status":429,"detail":"Slowly."}`, "Retry-After", wait), nil
			}
			return answered(r, 202, `{"ingestId":"i","detailsUrl":"/ingests/i"}`), nil
		})
		if _, err := c.Submit(t.Context(), client.Submission{AssetID: "7", URI: "http://a/b"}, ""); err != nil || tries != 2 {
			t.Errorf("%d tries: %v", tries, err)
		}
		if took := time.Since(begun); took < 20*time.Second || took > 21*time.Second {
			t.Errorf("it took %s", took)
		}
		wait = "31" // Longer than anybody waits.
		var p *client.Problem
		if _, err := c.Retry(t.Context(), "i"); !errors.As(err, &p) || p.Status != 429 || tries != 3 {
			t.Errorf("%d tries: %v", tries, err)
		}
	})
}

// A cut connection leaves open what was done.
func TestCutConnections(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		c := newClient(t, client.Options{}, func(r *http.Request) (*http.Response, error) {
			if tries++; tries == 1 {
				return nil, io.ErrUnexpectedEOF
			}
			return answered(r, 200, `{}`), nil
		})
		if _, err := c.SelectPlayback(t.Context(), "7", "i"); err != nil || tries != 2 {
			t.Errorf("PUT: %d tries: %v", tries, err)
		}
		tries = 0
		if _, err := c.Retry(t.Context(), "i"); !errors.Is(err, io.ErrUnexpectedEOF) || tries != 1 {
			t.Errorf("POST: %d tries: %v", tries, err)
		}
	})
}
