package app

import (
	"slices"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/apicheck"
)

// Whatever is mounted is described in api/openapi.yaml, but for the pages that
// people see. The other routes are generated from it.
func TestMountsAreDocumented(t *testing.T) {
	t.Parallel()
	checker, err := apicheck.New()
	if err != nil {
		t.Fatal(err)
	}
	for pattern := range newApp(t, configIn(t.TempDir())).mounts() {
		_, path, found := strings.Cut(pattern, " ")
		if !found {
			path = pattern
		}
		if path == "/{$}" || strings.HasPrefix(path, "/ui/") {
			continue
		}
		if !slices.ContainsFunc(checker.Routes(), func(r apicheck.Route) bool {
			return r.Path == path || strings.HasSuffix(path, "/") && strings.HasPrefix(r.Path, path)
		}) {
			t.Errorf("%s is not documented", pattern)
		}
	}
}
