package conformance_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// fault is a way in which a server may differ, played by a proxy before ours.
type fault struct {
	name string
	want string // id of the check that has to see it
	// ask changes the request, as a server that reads it wrongly.
	ask func(*http.Request)
	// tell changes the answer.
	tell func(*http.Request, *reply)
}

type reply struct {
	status int
	header http.Header
	body   []byte
}

// proxy plays the fault. It asks for a token, as the server of the test does
// not.
func proxy(t *testing.T, server string, f fault) string {
	t.Helper()
	p := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		made := r.Clone(r.Context())
		made.Header = r.Header.Clone()
		if f.ask != nil {
			f.ask(made)
		}
		a := refusal(made)
		if a == nil {
			a = upstream(t, server, made)
		}
		if f.tell != nil {
			f.tell(r, a)
		}
		if a.status == 0 {
			panic(http.ErrAbortHandler)
		}
		for name, values := range a.header {
			w.Header()[name] = values
		}
		if r.Method != http.MethodHead {
			w.Header().Del("Content-Length")
		}
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body)
	}))
	t.Cleanup(p.Close)
	return p.URL
}

const token = "good"

// refusal is what a server with sign-in answers to strangers.
func refusal(r *http.Request) *reply {
	status := 0
	header := http.Header{"Content-Type": {"application/problem+json"}}
	switch {
	case r.Header.Get("Authorization") != "Bearer "+token:
		status = http.StatusUnauthorized
		header.Set("WWW-Authenticate", `Bearer realm="test"`)
	case r.Header.Get("X-Vimond-Tenant") != tenant:
		status = http.StatusForbidden
	default:
		return nil
	}
	body, err := json.Marshal(map[string]any{"title": http.StatusText(status), "status": status, "detail": "No."})
	if err != nil {
		panic(err)
	}
	return &reply{status, header, body}
}

func upstream(t *testing.T, server string, r *http.Request) *reply {
	t.Helper()
	req, err := http.NewRequestWithContext(r.Context(), r.Method, server+r.URL.RequestURI(), r.Body)
	if err != nil {
		t.Error(err)
		return &reply{}
	}
	req.Header = r.Header.Clone()
	req.Header.Del("Authorization")
	resp, err := (&http.Transport{DisableCompression: true, DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		if r.Context().Err() == nil {
			t.Error(err)
		}
		return &reply{}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	return &reply{resp.StatusCode, resp.Header, body}
}

// Changes of requests.

func query(change func(url.Values)) func(*http.Request) {
	return func(r *http.Request) {
		q := r.URL.Query()
		change(q)
		r.URL.RawQuery = q.Encode()
	}
}

func ignores(names ...string) func(*http.Request) {
	return query(func(q url.Values) {
		for _, name := range names {
			q.Del(name)
		}
	})
}

// reads changes the value of a parameter if it is there.
func reads(name string, change func(string) string) func(*http.Request) {
	return query(func(q url.Values) {
		if q.Has(name) {
			q.Set(name, change(q.Get(name)))
		}
	})
}

// resumes changes the text within a cursor.
func resumes(change func(string) string) func(*http.Request) {
	return reads("cursor", func(cursor string) string {
		text, err := base64.StdEncoding.DecodeString(cursor)
		if err != nil {
			return cursor
		}
		return base64.StdEncoding.EncodeToString([]byte(change(string(text))))
	})
}

// Changes of answers.

func on(path string, change func(*reply)) func(*http.Request, *reply) {
	match := regexp.MustCompile(`^` + path + `$`)
	return func(r *http.Request, a *reply) {
		if match.MatchString(r.URL.Path) {
			change(a)
		}
	}
}

const (
	lists   = `/ingests`
	details = `/ingests/[^/]+`
	cancels = `/cancel/[^/]+`
)

// replaced writes other text where the pattern is, in answers that are fine.
func replaced(path, pattern, with string) func(*http.Request, *reply) {
	old := regexp.MustCompile(pattern)
	return on(path, func(a *reply) {
		if a.status == http.StatusOK {
			a.body = old.ReplaceAll(a.body, []byte(with))
		}
	})
}

// inTasks is replaced for the tasks of a detail.
func inTasks(pattern, with string) func(*http.Request, *reply) {
	old := regexp.MustCompile(pattern)
	return on(details, func(a *reply) {
		if at := bytes.Index(a.body, []byte(`"tasks":[`)); a.status == http.StatusOK && at >= 0 {
			a.body = append(a.body[:at:at], old.ReplaceAll(a.body[at:], []byte(with))...)
		}
	})
}

// list is a list whose items stay as they were written.
type list struct {
	Items  []json.RawMessage `json:"items"`
	Count  int               `json:"count"`
	Cursor *string           `json:"cursor"`
}

// relisted changes lists.
func relisted(change func(*http.Request, *list)) func(*http.Request, *reply) {
	return func(r *http.Request, a *reply) {
		var l list
		if r.URL.Path != lists || a.status != http.StatusOK || json.Unmarshal(a.body, &l) != nil {
			return
		}
		change(r, &l)
		l.Count = len(l.Items)
		text, err := json.Marshal(l)
		if err != nil {
			panic(err)
		}
		a.body = text
	}
}

// recursored changes the cursors of lists that have one.
func recursored(change func(text string) string) func(*http.Request, *reply) {
	return relisted(func(_ *http.Request, l *list) {
		if l.Cursor == nil {
			return
		}
		text, err := base64.StdEncoding.DecodeString(*l.Cursor)
		if err != nil {
			panic(err)
		}
		changed := change(string(text))
		l.Cursor = &changed
	})
}

func answers(path, method string, status int, body string) func(*http.Request, *reply) {
	return func(r *http.Request, a *reply) {
		if r.Method == method && regexp.MustCompile(`^`+path+`$`).MatchString(r.URL.Path) {
			a.status, a.body = status, []byte(body)
			a.header.Set("Content-Type", "application/json")
		}
	}
}

func lastCursor(l *list) *string {
	var v struct{ IngestID, StartTime string }
	if len(l.Items) == 0 || json.Unmarshal(l.Items[len(l.Items)-1], &v) != nil {
		return nil
	}
	text := base64.StdEncoding.EncodeToString([]byte(`{"startTime":"` + v.StartTime + `","ingestId":"` + v.IngestID + `"}`))
	return &text
}

func isNumber(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= 1 && n <= 500
}

func first(text, separator string) string {
	before, _, _ := strings.Cut(text, separator)
	return before
}
