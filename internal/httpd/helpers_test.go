package httpd

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	contract "github.com/via-orchestrate/orchestrate/api"
)

// noon is the time of the tests' clock.
func noon() time.Time { return time.Date(2022, 1, 2, 12, 0, 0, 0, time.UTC) }

// testServer is the API over values in memory. Every answer that call sees is
// held against api/openapi.yaml.
type testServer struct {
	*memory
	url    string
	log    *logText
	router routers.Router
}

type logText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func setup(t *testing.T, m *memory, mounts map[string]http.Handler, changes ...func(*Config)) *testServer {
	t.Helper()
	s := &testServer{memory: m, log: &logText{}}
	c := Config{
		Service: m, Now: noon, PublicURL: "https://vod.example.com", Mounts: mounts,
		Log: slog.New(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, change := range changes {
		change(&c)
	}
	listening := httptest.NewServer(New(c))
	t.Cleanup(listening.Close)
	s.url = listening.URL
	router, err := legacy.NewRouter(openAPI(t))
	if err != nil {
		t.Fatal(err)
	}
	s.router = router
	return s
}

func openAPI(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(contract.Document())
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// answer is what came back.
type answer struct {
	*http.Response
	text string
}

// call sends a request and holds what comes back against the contract.
func (s *testServer) call(t *testing.T, method, path, body string, headers ...string) answer {
	t.Helper()
	a := s.send(t, method, path, body, headers...)
	s.fits(t, a.Request, a.Response, []byte(a.text))
	return a
}

// send sends a request. headers are pairs of name and value.
func (s *testServer) send(t *testing.T, method, path, body string, headers ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
		req.Header[headers[i]] = append(req.Header[headers[i]], headers[i+1])
		if headers[i] == "Content-Type" {
			req.Header.Set("Content-Type", headers[i+1])
		}
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp, string(text)}
}

// fits holds an answer against the contract, where that knows the route.
func (s *testServer) fits(t *testing.T, req *http.Request, resp *http.Response, text []byte) {
	t.Helper()
	bare := req.Clone(t.Context())
	bare.URL.Scheme, bare.URL.Host = "", ""
	route, params, err := s.router.FindRoute(bare)
	if err != nil {
		if resp.StatusCode < 300 && req.Method != http.MethodHead && req.Method != http.MethodOptions {
			t.Errorf("%s %s: not in the contract: %v", req.Method, req.URL.Path, err)
		}
		return
	}
	options := &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	request := &openapi3filter.RequestValidationInput{Request: bare, Route: route, PathParams: params, Options: options}
	if resp.StatusCode < 300 && req.GetBody != nil {
		if bare.Body, err = req.GetBody(); err != nil {
			t.Fatal(err)
		}
		if err := openapi3filter.ValidateRequest(t.Context(), request); err != nil {
			t.Errorf("%s %s: taken, but does not fit the contract: %v", req.Method, req.URL.Path, err)
		}
	}
	err = openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: resp.StatusCode, Header: resp.Header,
		Body: io.NopCloser(bytes.NewReader(text)), Options: options,
	})
	if err != nil {
		t.Errorf("%s %s: the answer does not fit the contract: %v", req.Method, req.URL.Path, err)
	}
}

// is holds the status, and for each wanted text that the body has it.
func (a answer) is(t *testing.T, status int, wanted ...string) {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("%s %s: status %d, want %d: %s", a.Request.Method, a.Request.URL, a.StatusCode, status, a.text)
	}
	for _, w := range wanted {
		if !strings.Contains(a.text, w) {
			t.Errorf("%s %s: %s\nhas no %s", a.Request.Method, a.Request.URL, a.text, w)
		}
	}
	problem := a.Header.Get("Content-Type") == "application/problem+json"
	if status >= 400 && !problem {
		t.Errorf("%s %s: Content-Type %q", a.Request.Method, a.Request.URL, a.Header.Get("Content-Type"))
	}
}

func contractFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
