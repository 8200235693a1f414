package httpd

import (
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

	contract "github.com/via-orchestrate/orchestrate/api"
	"github.com/via-orchestrate/orchestrate/internal/apicheck"
)

// noon is the time of the tests' clock.
func noon() time.Time { return time.Date(2022, 1, 2, 12, 0, 0, 0, time.UTC) }

// testServer is the API over values in memory. Every exchange is held against
// api/openapi.yaml, but for those with handlers that tests mount.
type testServer struct {
	*memory
	url    string
	log    *logText
	mounts map[string]http.Handler
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
	s := &testServer{memory: m, log: &logText{}, mounts: mounts}
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
	s.fits(t, apicheck.Exchange{Request: req, RequestBody: []byte(body), Response: resp, Body: text})
	return answer{resp, string(text)}
}

// fits holds an exchange against the contract.
func (s *testServer) fits(t *testing.T, e apicheck.Exchange) {
	t.Helper()
	for mounted := range s.mounts {
		if strings.HasPrefix(e.Request.URL.Path, mounted) {
			return
		}
	}
	if err := checker.Check(e); err != nil {
		t.Errorf("the exchange does not fit the contract: %v", err)
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
