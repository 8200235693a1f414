package apicheck_test

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/apicheck"
	"github.com/via-orchestrate/orchestrate/internal/apptest"
)

var parameter = regexp.MustCompile(`\{[^}]*\}`)

// Every route of the document leads to a handler of the real server, and its
// paths take no other methods. That the server has no further paths is the
// matter of the test of the wiring, for only that knows the mounts.
func TestEveryRouteIsServed(t *testing.T) {
	t.Parallel()
	_, a := apptest.Serve(t)
	checker, err := apicheck.New()
	if err != nil {
		t.Fatal(err)
	}
	client := checker.Client(t)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	methods := map[string][]string{}
	for _, r := range checker.Routes() {
		methods[r.Path] = append(methods[r.Path], r.Method)
	}
	for path, documented := range methods {
		address := a.URL() + parameter.ReplaceAllString(path, "x")
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} {
			req, err := http.NewRequestWithContext(t.Context(), method, address, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Tus-Resumable", "1.0.0")
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			text, err := []byte(nil), error(nil)
			if resp.Header.Get("Content-Type") != "text/event-stream" { // It has no end.
				text, err = io.ReadAll(resp.Body)
			}
			resp.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "nothing at this path") || strings.Contains(string(text), "There is nothing here") {
				t.Errorf("%s %s leads nowhere", method, path)
			}
			if taken := resp.StatusCode != http.StatusMethodNotAllowed; taken != takes(documented, method) {
				t.Errorf("%s %s is answered %d", method, path, resp.StatusCode)
			}
		}
	}
}

// takes tells whether the document has the method, or implies it.
func takes(documented []string, method string) bool {
	for _, m := range documented {
		if m == method || m == http.MethodGet && method == http.MethodHead {
			return true
		}
	}
	return method == http.MethodOptions
}
