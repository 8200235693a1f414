package apidoc_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/apidoc"
)

func get(t *testing.T, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	apidoc.Handler().ServeHTTP(w, r)
	return w
}

var sheet = regexp.MustCompile(`<link rel="stylesheet" href="(/docs/style\.[0-9a-f]{12}\.css)">`)

func TestHandler(t *testing.T) {
	t.Parallel()
	page := get(t, "/docs")
	if page.Code != 200 || page.Header().Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(page.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Fatalf("%d %v", page.Code, page.Header())
	}
	again := get(t, "/docs", "If-None-Match", page.Header().Get("ETag"))
	if again.Code != 304 || again.Body.Len() != 0 {
		t.Errorf("asked again: %d, %d bytes", again.Code, again.Body.Len())
	}
	// A browser updates what it has kept by the headers of a 304.
	for _, name := range []string{"Content-Security-Policy", "Cache-Control", "Vary"} {
		if first, second := page.Header().Get(name), again.Header().Get(name); first == "" || first != second {
			t.Errorf("%s is %q at first, and then %q", name, first, second)
		}
	}
	link := sheet.FindStringSubmatch(page.Body.String())
	if link == nil {
		t.Fatal("the page names no style sheet")
	}
	if css := get(t, link[1]); css.Code != 200 || !strings.Contains(css.Header().Get("Cache-Control"), "immutable") || css.Body.Len() == 0 {
		t.Errorf("%s: %d %v", link[1], css.Code, css.Header())
	}
	for path, want := range map[string]int{"/docs/": 308, "/docs/style.000000000000.css": 404, "/docs/a/b": 404} {
		if got := get(t, path); got.Code != want {
			t.Errorf("%s: %d, want %d", path, got.Code, want)
		}
	}
}

// The page is made of the document as it is, examples included.
func TestPageIsCurrent(t *testing.T) {
	t.Parallel()
	page := get(t, "/docs").Body.String()
	text := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, "")
	text = strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
	// The item of the contract's page, key by key in its order.
	at := strings.Index(text, `"ingestId": "ff0dac68-5cdd-4d9b-9fc8-915668a9df8c"`)
	if at < 0 {
		t.Fatal("the list's example is not there")
	}
	item := text[at-2:]
	item = "{" + item[:strings.Index(item, "}")+1]
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(item)); err != nil {
		t.Fatalf("%v: %s", err, item)
	}
	want := `{"ingestId":"ff0dac68-5cdd-4d9b-9fc8-915668a9df8c","assetId":"869214","detailsUrl":"/ingests/ff0dac68-5cdd-4d9b-9fc8-915668a9df8c",` +
		`"profileName":"331456700","error":null,"mediaTypes":["SMIL"],"progress":100,"startTime":"2021-12-08T10:50:21.481Z",` +
		`"endTime":"2021-12-08T10:50:44.166Z","status":"COMPLETED","elapsedTime":22685}`
	if compact.String() != want {
		t.Errorf("%s\nwant %s", compact.String(), want)
	}
}
