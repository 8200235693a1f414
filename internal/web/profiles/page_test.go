package profiles

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/profile"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func (s *site) submit(name string) {
	s.t.Helper()
	_, err := s.service.Submit(s.t.Context(), s.caller, orchestrate.Submission{
		AssetID: "1", Profile: name, Filesets: []vod.Fileset{{Files: []vod.File{{URI: "https://example.com/clip.mp4"}}}},
	}, nil)
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.put("news", small)
	s.put("new", small)
	s.submit("news")
	s.submit("news")
	list := s.get("/profiles", http.StatusOK)
	s.has(list, `href="/ui/acme/profiles/news"><bdi>news</bdi>`, "One step.", "built in", `href="/ui/acme/ingests?profileName=news">2</a>`,
		`href="/ui/acme/profiles/new?version=0"><bdi>new</bdi>`, `href="/ui/acme/profiles/new">New profile`)
	s.has(s.get("/profiles/new?version=0", http.StatusOK), "<h1><bdi>new</bdi>")
}

func TestVersions(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	first := s.put("news", small)
	s.submit("news")
	s.caller.Subject = "bob"
	second := s.put("news", strings.Replace(small, "One", "1", 1))
	shown := s.get("/profiles/news", http.StatusOK)
	s.has(shown, fmt.Sprintf("<code>%d</code>", first), fmt.Sprintf("<code>%d</code>", second), "The newest version.",
		"<bdi>ann &lt;admin&gt;</bdi>", "<bdi>bob</bdi>", fmt.Sprintf("profileVersionId=%d\">1</a>", first), fmt.Sprintf("profileVersionId=%d\">0</a>", second),
		fmt.Sprintf(`diff?a=%d&amp;b=%d"`, first, second), "description: 1 step.", `href="/ui/acme/profiles/news/edit"`)
	if strings.Index(shown, fmt.Sprint(second)) > strings.Index(shown, fmt.Sprint(first)) {
		t.Error("the newest version is not the first")
	}
	older := s.get(fmt.Sprintf("/profiles/news?version=%d", first), http.StatusOK)
	s.has(older, "Not the newest version.", "description: One step.", fmt.Sprintf("news/edit?version=%d", first))
	s.get("/profiles/news?version=7", http.StatusNotFound)
	s.get("/profiles/news?version=x", http.StatusBadRequest)
	s.get("/profiles/gone", http.StatusNotFound)

	var doc map[string]any
	text := s.get(fmt.Sprintf("/profiles/news/json?version=%d", first), http.StatusOK)
	if err := json.Unmarshal([]byte(text), &doc); err != nil || doc["description"] != "One step." {
		t.Errorf("%v: %s", err, text)
	}
}

func TestManyVersions(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var ids []int64
	for i := range versionsShown + 2 {
		ids = append(ids, s.put("p", fmt.Sprintf("description: n%d\n%s", i, small[strings.Index(small, "playout"):])))
	}
	page := s.get("/profiles/p", http.StatusOK)
	s.has(page, fmt.Sprintf("version=%d&amp;from=%d#versions", ids[len(ids)-1], versionsShown))
	s.hasNot(page, fmt.Sprintf("<code>%d</code>", ids[1]))
	older := s.get(fmt.Sprintf("/profiles/p?from=%d", versionsShown), http.StatusOK)
	s.has(older, fmt.Sprintf("<code>%d</code>", ids[1]), fmt.Sprintf("<code>%d</code>", ids[0]))
	s.get("/profiles/p?from=999999", http.StatusOK)
}

// TestPipeline: the built-in profile is drawn, and told in words.
func TestPipeline(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	page := s.get("/profiles/default", http.StatusOK)
	s.has(page, "<svg", `href="#step-encoding-0"`, `<tr id="step-encoding-0">`, "default-encoding", "<code>FFMPEG</code>", "encoded OR subtitles",
		"<dt><code>targetLocation.name</code></dt><dd><bdi>store</bdi></dd>", "<dt><code>skipOnMD5</code></dt><dd><bdi>true</bdi></dd>",
		"encoding/0, subtitlePublishing/0", "came with the program", "Submitted files")
}

func TestSettings(t *testing.T) {
	t.Parallel()
	text := `{"name":"n","type":"T","a":{"b":[1,2.50,{"name":"c"}],"d":{}},"e":[],"f":null,"big":9223372036854775807}`
	got, more, err := settings(json.RawMessage(text))
	want := "[{a.b[0] 1} {a.b[1] 2.50} {a.b[2].name c} {a.d {}} {e []} {f null} {big 9223372036854775807}]"
	if err != nil || more != 0 || fmt.Sprint(got) != want {
		t.Errorf("%v, %d, %v", got, more, err)
	}
	many := `{"a":[` + strings.Repeat("1,", mostSettings+4) + "1]}"
	if got, more, err := settings(json.RawMessage(many)); err != nil || len(got) != mostSettings || more != 5 {
		t.Errorf("%d, %d, %v", len(got), more, err)
	}
}

// TestARoleWithoutWrite sees everything and is offered no change.
func TestARoleWithoutWrite(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.put("news", small)
	s.caller.Permissions = vod.Viewer.Permissions()
	for _, path := range []string{"/profiles", "/profiles/news", "/profiles/default"} {
		page := s.get(path, http.StatusOK)
		s.hasNot(page, "/edit", "/profiles/new\"", "profiles/new?", "ann &lt;admin&gt;</bdi></td>")
	}
	s.get("/profiles/news/edit", http.StatusForbidden)
	s.get("/profiles/new", http.StatusForbidden)
	for _, path := range []string{"/profiles/news/edit", "/profiles/news/check", "/profiles/new"} {
		s.post(path, form("news", 1, small, "apply"), http.StatusForbidden)
	}
	s.caller.Permissions = nil
	s.get("/profiles", http.StatusForbidden)
}

// TestHostileNames: what people write stays text.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.put("p", `description: "<script>alert(1)</script>"`+"\n"+small[strings.Index(small, "playout"):])
	for _, path := range []string{"/profiles", "/profiles/p", "/profiles/p/edit", "/profiles/p/diff"} {
		page := s.get(path, http.StatusOK)
		s.hasNot(page, "<script>alert")
		s.has(page, "/profiles/p")
	}
}

// TestYAMLOfTheEditor is the document that the store has.
func TestYAMLOfTheEditor(t *testing.T) {
	t.Parallel()
	text, err := profile.YAML(profile.Default().JSON)
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t)
	_, rest, _ := strings.Cut(s.get("/profiles/default/edit", http.StatusOK), "hx-sync=\"#profiles-editor:replace\">\n")
	shown, _, _ := strings.Cut(rest, "</textarea>")
	if shown != string(text) {
		t.Errorf("the editor shows\n%s", shown)
	}
}
