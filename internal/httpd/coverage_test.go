package httpd

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// everywhere are answers that come from what all routes pass through; each must
// be seen from one of them. See signin.go, limits.go, query.go and problem.go.
func everywhere() []int { return []int{304, 400, 401, 403, 429, 500, 503} }

// allSeen tells which answers of the document no test of this package has
// produced, when all of them ran. Uploads, media and pages are tested where
// their handlers are.
func allSeen() error {
	for _, name := range []string{"test.run", "test.skip", "test.list"} {
		if flag.Lookup(name).Value.String() != "" {
			return nil
		}
	}
	missing := checker.Unseen(everywhere(), "status", "ingests", "playback", "profiles", "events", "admin", "server")
	for _, status := range everywhere() {
		if !checker.Seen(status) {
			missing = append(missing, fmt.Sprintf("any operation %d", status))
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("answers of api/openapi.yaml that no test produces:\n  %s", strings.Join(missing, "\n  "))
	}
	return nil
}

// What the use cases refuse arrives with its status, on every route that the
// document says it of.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for code, routes := range map[vod.Code][]string{
		vod.NotFound: {
			"GET /ingests/i", "GET /ingests/i/plan", "GET /ingests/i/schedule", "GET /ingests/i/tasks/t", "POST /ingests/i/retry", "DELETE /ingests/i",
			"DELETE /cancel/i", "DELETE /assets/7", "GET /profiles/p/versions",
		},
		vod.Conflict: {"DELETE /cancel/i", "POST /ingests/i/retry", "DELETE /ingests/i", "DELETE /assets/7"},
	} {
		s := setup(t, &memory{failure: vod.Faultf(code, "Not so.")}, nil)
		for _, route := range routes {
			method, path, _ := strings.Cut(route, " ")
			s.send(t, method, path, "").is(t, map[vod.Code]int{vod.NotFound: 404, vod.Conflict: 409}[code], `"detail":"Not so."`)
		}
	}
	for code, status := range map[vod.Code]int{vod.NotFound: 404, vod.Conflict: 409} {
		s := setup(t, &memory{failure: vod.Faultf(code, "Not so.")}, nil)
		s.send(t, "PUT", "/ingests/i/schedule", `{"priority":"LOW"}`).is(t, status, "Not so.")
	}
	s := setup(t, &memory{playing: []vod.Playback{{AssetID: "7", IngestID: "i"}}, failure: vod.Faultf(vod.Conflict, "Gone.")}, nil)
	s.send(t, "PUT", "/assets/7/playback", `{"ingestId":"i"}`).is(t, 409, "Gone.")
}

// Every route with a body keeps to its size and type.
func TestBodiesTooLargeOrOfAnotherType(t *testing.T) {
	t.Parallel()
	s := setup(t, &memory{}, nil)
	large := `{"x":"` + strings.Repeat("x", maxBody) + `"}`
	for _, route := range []string{"POST /ingests", "PUT /ingests/i/schedule", "PUT /assets/7/playback", "PUT /profiles/p", "POST /imports", "POST /sources/check"} {
		method, path, _ := strings.Cut(route, " ")
		s.send(t, method, path, "x", "Content-Type", "text/plain").is(t, 415, "Content-Type must be application/json")
		if path != "/imports" {
			s.send(t, method, path, large).is(t, 413, "larger than 1 MiB")
		}
	}
}
