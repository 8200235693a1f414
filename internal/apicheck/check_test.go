package apicheck

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const goodItem = `{"ingestId":"i","assetId":"7","detailsUrl":"/ingests/i","profileName":"p","error":null,"mediaTypes":["VIDEO"],` +
	`"progress":20,"startTime":"2021-12-08T07:50:14.640Z","endTime":null,"status":"RUNNING","elapsedTime":5}`

// answer is one that a server could give, and what is wrong with it.
type answer struct {
	name, method, path string
	status             int
	body               string
	headers            []string // pairs of name and value
	want               string   // part of what Check tells; empty: nothing
}

func page(item string) string { return `{"items":[` + item + `],"count":1,"cursor":null}` }

func problem(status string) string { return `{"title":"Not Found","status":` + status + `}` }

func TestAnswers(t *testing.T) {
	t.Parallel()
	asProblem := []string{"Content-Type", "application/problem+json"}
	for _, a := range []answer{
		{name: "good", path: "/ingests?status=RUNNING,FAILED&limit=5", status: 200, body: page(goodItem)},
		{name: "unknown key", path: "/ingests", status: 200, body: page(strings.Replace(goodItem, `"error"`, `"extra":1,"error"`, 1)), want: `"extra" is unsupported`},
		{name: "missing key", path: "/ingests", status: 200, body: page(strings.Replace(goodItem, `"error":null,`, "", 1)), want: `property "error" is missing`},
		{name: "two decimals", path: "/ingests", status: 200, body: page(strings.Replace(goodItem, ".640Z", ".64Z", 1)), want: "regular expression"},
		{name: "offset", path: "/ingests", status: 200, body: page(strings.Replace(goodItem, ".640Z", ".640+01:00", 1)), want: "regular expression"},
		{name: "unknown state", path: "/ingests", status: 200, body: page(strings.Replace(goodItem, "RUNNING", "running", 1)), want: "allowed values"},
		{name: "wrong type", path: "/ingests", status: 200, body: page(strings.Replace(goodItem, `"7"`, "7", 1)), want: "value must be a string"},
		{name: "undocumented status", path: "/ingests", status: 418, want: "no such status"},
		{name: "undocumented header", path: "/ingests", status: 200, body: page(goodItem), headers: []string{"X-Secret", "1"}, want: "X-Secret"},
		{name: "undocumented type", path: "/ingests", status: 200, body: "x", headers: []string{"Content-Type", "text/html"}, want: "Content-Type"},
		{name: "undocumented parameter", path: "/ingests?all=1", status: 200, body: page(goodItem), want: "query parameter all"},
		{name: "value out of range", path: "/ingests?limit=501", status: 200, body: page(goodItem), want: "does not allow it"},
		{name: "undocumented path", path: "/nothing", status: 200, body: "{}", want: "no such path"},
		{name: "empty id", path: "/ingests/", status: 404, body: problem("404"), headers: asProblem},
		{name: "other status in the problem", path: "/ingests/i", status: 404, body: problem("400"), headers: asProblem, want: "the problem says 400"},
		{name: "no challenge", path: "/ingests", status: 401, body: `{"title":"Unauthorized","status":401}`, headers: asProblem, want: `"WWW-Authenticate" missing`},
		{name: "no Retry-After", path: "/ingests", status: 429, body: `{"title":"Too Many Requests","status":429}`, headers: asProblem, want: `"Retry-After" missing`},
		{name: "HEAD", method: "HEAD", path: "/ingests", status: 200},
		{name: "HEAD of another status", method: "HEAD", path: "/ingests", status: 202, want: "no such status"},
		{name: "OPTIONS", method: "OPTIONS", path: "/ingests", status: 204, headers: []string{"Allow", "GET"}},
		{name: "OPTIONS without Allow", method: "OPTIONS", path: "/ingests", status: 204, want: "no Allow"},
		{name: "another method", method: "PATCH", path: "/ingests", status: 200, want: "would be 405"},
		{name: "no body in 204", method: "DELETE", path: "/cancel/i", status: 204, body: "x", want: "has a body"},
		{name: "media", path: "/media/00112233445566778899aabbccddeeff/a/b/index.m3u8", status: 200, body: "#EXTM3U", headers: []string{"Content-Type", "application/vnd.apple.mpegurl", "ETag", `"1"`}},
	} {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			err := a.check(t)
			if (err == nil) != (a.want == "") || err != nil && !strings.Contains(err.Error(), a.want) {
				t.Errorf("Check tells %v, want %q", err, a.want)
			}
		})
	}
}

func (a answer) check(t *testing.T) error {
	t.Helper()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	if a.method == "" {
		a.method = http.MethodGet
	}
	resp := &http.Response{StatusCode: a.status, Header: http.Header{"Content-Type": {"application/json"}}}
	if a.body == "" {
		resp.Header.Del("Content-Type")
	}
	for i := 0; i+1 < len(a.headers); i += 2 {
		resp.Header.Set(a.headers[i], a.headers[i+1])
	}
	return c.Check(Exchange{Request: httptest.NewRequest(a.method, a.path, nil), Response: resp, Body: []byte(a.body)})
}

// A body that the document does not allow must not be taken.
func TestRequests(t *testing.T) {
	t.Parallel()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	accepted := `{"ingestId":"i","detailsUrl":"/ingests/i"}`
	for body, want := range map[string]string{
		`{"assetId":"7","uri":"https://a/b"}`:         "",
		`{"assetId":"7","uri":"https://a/b","urn":1}`: `"urn" is unsupported`,
		`{"assetId":7,"uri":"https://a/b"}`:           "value must be a string",
		`{"uri":"https://a/b"}`:                       `"assetId" is missing`,
	} {
		r := httptest.NewRequest(http.MethodPost, "/ingests", nil)
		r.Header.Set("Content-Type", "application/json")
		resp := &http.Response{StatusCode: 202, Header: http.Header{"Content-Type": {"application/json"}, "Location": {"/ingests/i"}}}
		err := c.Check(Exchange{Request: r, RequestBody: []byte(body), Response: resp, Body: []byte(accepted)})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: Check tells %v, want %q", body, err, want)
		}
	}
}

// recorder is a test that may fail without failing this one.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Errorf(string, ...any) { r.failed = true }

func TestTransport(t *testing.T) {
	t.Parallel()
	const body = `{"status":"ok"}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for path, wrong := range map[string]bool{"/healthz": false, "/readyz?x=1": true} {
		judge := &recorder{TB: t}
		resp, err := c.Client(judge).Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || string(got) != body || judge.failed != wrong {
			t.Errorf("%s: %q, %v, failed %t", path, got, err, judge.failed)
		}
	}
	unseen := strings.Join(c.Unseen([]int{500}, "server"), "\n")
	if strings.Contains(unseen, "getHealth 200") || !strings.Contains(unseen, "getReadiness 503") || strings.Contains(unseen, "500") || !c.Seen(200) || c.Seen(500) {
		t.Errorf("unseen: %s", unseen)
	}
}
