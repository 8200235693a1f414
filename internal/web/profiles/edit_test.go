package profiles

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func form(name string, base int64, document, step string) url.Values {
	return url.Values{
		"name": {name}, "base": {strconv.FormatInt(base, 10)}, "document": {strings.ReplaceAll(document, "\n", "\r\n")}, "step": {step},
	}
}

func (s *site) versions(name string) int {
	s.t.Helper()
	all, err := s.service.ProfileVersions(s.t.Context(), s.caller, name)
	if err != nil && vod.CodeOf(err) != vod.NotFound {
		s.t.Fatal(err)
	}
	return len(all)
}

// TestCheckAsYouType: problems have the line that is to be looked at, and a
// document in order has its drawing; nothing is stored.
func TestCheckAsYouType(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	base := s.put("p", small)
	check := func(text string) string {
		body, _ := s.post("/profiles/p/check", form("p", base, text, ""), http.StatusOK)
		return body
	}
	good := check(strings.Replace(small, "One", "1", 1))
	s.has(good, "The document is in order: 1 step.", `hx-swap-oob="innerHTML:#profiles-drawing"`, "<svg")
	s.hasNot(good, "<html")
	bad := check("# Comment.\n" + strings.Replace(small, "CATALOG", "CATALOGUE", 1))
	s.has(bad, `data-go-line="7">Line 7</button>`, "<code>/playout/0/playoutProfile/type</code>")
	s.hasNot(bad, "oob", "<svg")
	s.has(check(small+"  - a: [\n"), `data-go-line="7"`)
	s.has(check(strings.Replace(small, "initialInput", "initialInput AND", 1)), `data-go-line="3"`, "/playout/0/filesetFilter")
	location := "retrieval: [{filesetFilter: initialInput, filesetLabelOut: r,\n  retrievalProfile: {name: r, type: vimond_file_retriever,\n  targetLocation: {name: forbidden}}}]\n"
	s.has(check(location), `data-go-line="3"`, "There is no location named")
	s.has(check("name: other\n"+small), `data-go-line="1"`, "applied as")
	s.has(check(""), "the document is empty")
	if n := s.versions("p"); n != 1 {
		t.Errorf("there are %d versions", n)
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	base := s.put("p", small)
	s.has(s.get("/profiles/p/edit", http.StatusOK), fmt.Sprintf(`name="base" value="%d"`, base), "description: One step.", `hx-post="/ui/acme/profiles/p/check"`)
	changed := strings.Replace(small, "One", "1", 1)
	review, _ := s.post("/profiles/p/edit", form("p", base, changed, "review"), http.StatusOK)
	s.has(review, "<ins>", "description: 1 step.", "description: One step.</del>", `value="apply"`)
	if n := s.versions("p"); n != 1 {
		t.Fatalf("the review made %d versions", n)
	}
	again, _ := s.post("/profiles/p/edit", form("p", base, changed, "edit"), http.StatusOK)
	s.has(again, "description: 1 step.", fmt.Sprintf(`name="base" value="%d"`, base))
	_, to := s.post("/profiles/p/edit", form("p", base, changed, "apply"), http.StatusSeeOther)
	s.has(s.get(strings.TrimPrefix(to, "/ui/acme"), http.StatusOK), "Applied. New ingests use this version", "description: 1 step.", "The newest version.")
	newest, err := s.service.ProfileGet(t.Context(), s.caller, "p", 0)
	if err != nil || newest.VersionID == base || s.versions("p") != 2 {
		t.Fatalf("version %d: %v", newest.VersionID, err)
	}
	_, to = s.post("/profiles/p/edit", form("p", newest.VersionID, "# Said otherwise.\n"+changed, "apply"), http.StatusSeeOther)
	s.has(s.get(strings.TrimPrefix(to, "/ui/acme"), http.StatusOK), "No change")
	same, _ := s.post("/profiles/p/edit", form("p", newest.VersionID, changed, "review"), http.StatusOK)
	s.has(same, "No difference")
	s.hasNot(same, `value="apply"`)
	broken, _ := s.post("/profiles/p/edit", form("p", newest.VersionID, "playout: x", "apply"), http.StatusUnprocessableEntity)
	s.has(broken, "playout: x", "data-go-line")
}

// TestConflict: two edit the same version; the slower one is told what the
// other changed, and overwrites it only knowingly.
func TestConflict(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	base := s.put("p", small)
	theirs := s.put("p", strings.Replace(small, "One", "Their", 1))
	mine := strings.Replace(small, "name: c", "name: mine", 1)
	for _, step := range []string{"review", "apply"} {
		page, _ := s.post("/profiles/p/edit", form("p", base, mine, step), http.StatusConflict)
		s.has(page, "Somebody applied a newer version", "What others changed", "Their step.</ins>", "name: mine</ins>",
			fmt.Sprintf(`name="base" value="%d"`, theirs), "Apply over the newest version")
	}
	if n := s.versions("p"); n != 2 {
		t.Fatalf("there are %d versions", n)
	}
	s.post("/profiles/p/edit", form("p", theirs, mine, "apply"), http.StatusSeeOther)
	if n := s.versions("p"); n != 3 {
		t.Fatalf("there are %d versions", n)
	}
	// A version that there is not any more, or never was.
	page, _ := s.post("/profiles/p/edit", form("p", 7, mine, "apply"), http.StatusConflict)
	s.has(page, "Somebody applied a newer version")
}

func TestNewProfile(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.put("p", small)
	page := s.get("/profiles/new?from=p", http.StatusOK)
	s.has(page, "description: One step.", `name="base" value="0"`, "<option selected>p</option>")
	s.hasNot(page, "name: p\n")
	s.has(s.get("/profiles/new", http.StatusOK), "default-encoding")
	s.get("/profiles/new?from=gone", http.StatusNotFound)
	body, _ := s.post("/profiles/new/check", form("q", 0, small, ""), http.StatusOK)
	s.has(body, "in order")
	body, _ = s.post("/profiles/new/check", form("../q", 0, small, ""), http.StatusOK)
	s.has(body, "<code>/name</code>")
	review, _ := s.post("/profiles/new", form("q", 0, small, "review"), http.StatusOK)
	s.has(review, "The new profile", "<ins>", `value="apply"`)
	_, to := s.post("/profiles/new", form("q", 0, small, "apply"), http.StatusSeeOther)
	s.has(to, "/ui/acme/profiles/q?version=")
	// The name is taken by now, also when only the document tells it.
	for _, c := range []struct{ name, document string }{{"q", small + "retrieval: []\n"}, {"", "name: q\n" + small}} {
		taken, _ := s.post("/profiles/new", form(c.name, 0, strings.Replace(c.document, "One", "Two", 1), "apply"), http.StatusConflict)
		s.has(taken, "There is a profile of this name already.", "Two step.</ins>")
	}
	if n := s.versions("q"); n != 1 {
		t.Errorf("there are %d versions", n)
	}
}

// TestBuiltIn: editing the built-in profile makes the tenant's own.
func TestBuiltIn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	builtIn, err := s.service.ProfileGet(t.Context(), s.caller, "default", 0)
	if err != nil {
		t.Fatal(err)
	}
	s.has(s.get("/profiles/default/edit", http.StatusOK), "This profile is built in.")
	s.post("/profiles/default/edit", form("default", builtIn.VersionID, small, "apply"), http.StatusSeeOther)
	own := s.get("/profiles/default", http.StatusOK)
	s.has(own, "description: One step.")
	s.hasNot(own, "built in")
	s.caller.Tenant = "other"
	if v, err := s.service.ProfileGet(t.Context(), s.caller, "default", 0); err != nil || v.VersionID != builtIn.VersionID {
		t.Errorf("another tenant has version %d: %v", v.VersionID, err)
	}
}

func TestHostileForms(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	base := s.put("p", small)
	s.post("/profiles/p/check", form("p", base, strings.Repeat("#", mostForm), ""), http.StatusRequestEntityTooLarge)
	body, _ := s.post("/profiles/p/check", form("p", base, strings.Repeat("a", 2<<20), ""), http.StatusOK)
	s.has(body, "larger than 1048576 bytes")
	s.post("/profiles/p/edit", form("other", base, small, "apply"), http.StatusBadRequest)
	s.post("/profiles/p/edit", url.Values{"document": {small}, "name": {"p"}, "base": {"x"}}, http.StatusBadRequest)
	s.post("/profiles/p/edit", url.Values{"document": {small}, "name": {"p"}}, http.StatusBadRequest)
}
