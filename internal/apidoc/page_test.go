package apidoc_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	contract "github.com/via-orchestrate/orchestrate/api"
	"github.com/via-orchestrate/orchestrate/internal/apidoc"
)

// shown is what the browser has of the page.
type shown struct {
	Operations []operation
	Ids        []string
	Targets    []string // of the links within the page
	Width      float64  // by which the page is wider than the window, in pixels
	Loaded     []string
	Background string
}

type operation struct{ ID, Method, Path, Text string }

const look = `(() => {
	const texts = (e, query) => [...e.querySelectorAll(query)].map((x) => x.textContent).join(' ');
	return {
		Operations: [...document.querySelectorAll('.operation')].map((e) => ({
			ID: e.id, Method: texts(e, 'h3 .method'), Path: texts(e, 'h3 code'), Text: e.textContent,
		})),
		Ids: [...document.querySelectorAll('[id]')].map((e) => e.id),
		Targets: [...document.querySelectorAll('a[href^="#"]')].map((e) => e.hash.slice(1)),
		Width: document.documentElement.scrollWidth - innerWidth,
		Loaded: performance.getEntriesByType('resource').map((e) => e.name),
		Background: getComputedStyle(document.body).backgroundColor,
	};
})()`

// The page as Chromium shows it: wide, narrow and dark. Screenshots go where
// the test's artifacts go.
func TestPage(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(apidoc.Handler())
	t.Cleanup(server.Close)
	b := open(t)
	wide := b.visit(t, server.URL+"/docs", 1300, "light")
	holds(t, wide)
	narrow := b.visit(t, server.URL+"/docs", 400, "light")
	dark := b.visit(t, server.URL+"/docs", 1300, "dark")
	if wide.Width > 0 || narrow.Width > 0 {
		t.Errorf("the page is wider than its window: by %g, and by %g in a narrow one", wide.Width, narrow.Width)
	}
	if wide.Background == dark.Background {
		t.Errorf("dark is as light: %s", dark.Background)
	}
	for _, address := range wide.Loaded {
		if !strings.HasPrefix(address, server.URL+"/docs/") {
			t.Errorf("the page loads %s", address)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, asked := range b.requests {
		if !strings.HasPrefix(asked, server.URL) && !strings.HasPrefix(asked, "data:") {
			t.Errorf("the browser asked for %s", asked)
		}
	}
	if len(b.logged) > 0 {
		t.Errorf("the browser's console: %s", strings.Join(b.logged, "\n"))
	}
}

// holds holds the page against the document: every operation with its
// permission and statuses, the Status API first, and no link to nowhere.
func holds(t *testing.T, s shown) {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(contract.Document())
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for path, item := range doc.Paths.Map() {
		for method, want := range item.Operations() {
			count++
			at := slices.IndexFunc(s.Operations, func(o operation) bool { return o.ID == want.OperationID })
			if at < 0 || s.Operations[at].Method != method || s.Operations[at].Path != path {
				t.Errorf("%s %s is not there", method, path)
				continue
			}
			text := s.Operations[at].Text
			parts := append(slices.Collect(statuses(want)), want.Summary, "curl")
			if permission, ok := want.Extensions["x-permission"].(string); ok {
				parts = append(parts, permission)
			}
			for _, part := range parts {
				if !strings.Contains(text, part) {
					t.Errorf("%s %s: no %q", method, path, part)
				}
			}
		}
	}
	if len(s.Operations) != count {
		t.Errorf("%d operations, want %d", len(s.Operations), count)
	}
	var first []string
	for _, o := range s.Operations[:3] {
		first = append(first, o.ID)
	}
	if want := []string{"listIngests", "getIngest", "cancelIngest"}; !slices.Equal(first, want) {
		t.Errorf("first come %v, want %v", first, want)
	}
	for _, target := range s.Targets {
		if !slices.Contains(s.Ids, target) {
			t.Errorf("a link leads to #%s, which is not there", target)
		}
	}
}

func statuses(o *openapi3.Operation) func(func(string) bool) {
	return func(yield func(string) bool) {
		for status := range o.Responses.Map() {
			if !yield(status) {
				return
			}
		}
	}
}
