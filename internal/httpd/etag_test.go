package httpd

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestMatches(t *testing.T) {
	t.Parallel()
	for field, want := range map[string]bool{
		`W/"abc"`: true, `"abc"`: true, `*`: true, ` * `: true,
		`"x", W/"abc"`: true, `W/"x","abc" , "y"`: true, `, ,"abc"`: true, `"a,b", "abc"`: true,
		`W/"ab"`: false, `"ABC"`: false, `abc`: false, `"abc`: false, `abc"`: false, ``: false, `w/"abc"`: false,
		`"x" abc`: false, `"x,abc"`: false, `"", "y"`: false, `W/`: false, `**`: false, `"abc,`: false,
	} {
		if got := matches([]string{field}, `W/"abc"`); got != want {
			t.Errorf("%s: %t, want %t", field, got, want)
		}
	}
	if !matches([]string{`"x"`, `"abc"`}, `W/"abc"`) || matches(nil, `W/"abc"`) {
		t.Error("several fields are one list, and none names nothing")
	}
}

func FuzzMatches(f *testing.F) {
	f.Add(`W/"a", "b"`)
	f.Add(`,*,"`)
	f.Fuzz(func(t *testing.T, field string) {
		if !matches([]string{field, `"tag"`}, `W/"tag"`) {
			t.Fatalf("%q hides the field after it", field)
		}
	})
}

// Every answer to GET that the contract says so of has an ETag, and is a 304
// without a body to whoever has it, by HEAD too.
func TestConditionalRequests(t *testing.T) {
	t.Parallel()
	m := withRunning()
	m.playing = []vod.Playback{{AssetID: "7", IngestID: "run-1", HLS: "/media/x/main.m3u8"}}
	m.profiles = []vod.ProfileVersion{{Name: "p", VersionID: 1, Document: []byte(`{}`)}}
	s := setup(t, m, nil)
	for _, path := range []string{
		"/ingests", "/ingests?status=RUNNING", "/ingests/run-1", "/ingests/run-1/plan", "/ingests/run-1/tasks/t-1",
		"/assets/7/playback", "/assets/7/playback/history", "/profiles", "/profiles/p", "/profiles/p/versions",
		"/schemas/profile.json", "/audit", "/openapi.yaml",
	} {
		first := s.send(t, http.MethodGet, path, "")
		tag := first.Header.Get("ETag")
		if !strings.HasPrefix(tag, `W/"`) || len(tag) != 20 {
			t.Errorf("%s: ETag %s", path, tag)
		}
		if got := first.Header.Get("Cache-Control"); got != "private, no-cache" {
			t.Errorf("%s: Cache-Control %s", path, got)
		}
		if vary := strings.Join(first.Header.Values("Vary"), ", "); vary != "Accept-Encoding, Authorization, X-Vimond-Tenant" {
			t.Errorf("%s: Vary %s", path, vary)
		}
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			for _, condition := range []string{tag, strings.TrimPrefix(tag, "W/"), "*", `"other", ` + tag} {
				again := s.send(t, method, path, "", "If-None-Match", condition)
				if again.StatusCode != http.StatusNotModified || again.text != "" || again.Header.Get("ETag") != tag ||
					again.Header.Get("Content-Type") != "" || again.Header.Get("Cache-Control") != "private, no-cache" {
					t.Errorf("%s %s with %s: %d %q %v", method, path, condition, again.StatusCode, again.text, again.Header)
				}
			}
			other := s.raw(t, method, path, "If-None-Match", `W/"other"`)
			if other.StatusCode != http.StatusOK || other.Header.Get("ETag") != tag || other.ContentLength != int64(len(first.text)) {
				t.Errorf("%s %s with another tag: %d %v", method, path, other.StatusCode, other.Header)
			}
		}
	}
}

func TestAnswersWithoutETag(t *testing.T) {
	t.Parallel()
	s := setup(t, withRunning(), nil)
	for path, status := range map[string]int{"/healthz": 200, "/readyz": 200, "/ingests/none": 404, "/ingests?limit=0": 400, "/none": 404} {
		got := s.send(t, http.MethodGet, path, "", "If-None-Match", "*")
		if got.StatusCode != status || got.Header.Get("ETag") != "" || got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v", path, got.StatusCode, got.Header)
		}
	}
	// A condition on a change of state is none that this API knows.
	s.send(t, http.MethodDelete, "/cancel/run-1", "", "If-None-Match", "*").is(t, 204)
}

// TestETagsAreOfWhatChanged: the clock changes no ETag, a change of state does.
func TestETagsAreOfWhatChanged(t *testing.T) {
	t.Parallel()
	m := withRunning()
	now := noon()
	s := setup(t, m, nil, func(c *Config) { c.Now = func() time.Time { return now } })
	paths := []string{"/ingests", "/ingests/run-1", "/ingests/run-1/tasks/t-0"}
	tags, texts := map[string]string{}, map[string]string{}
	for _, path := range paths {
		got := s.send(t, http.MethodGet, path, "")
		tags[path], texts[path] = got.Header.Get("ETag"), got.text
	}
	now = now.Add(time.Second)
	for _, path := range paths {
		got := s.send(t, http.MethodGet, path, "")
		if got.Header.Get("ETag") != tags[path] || got.text == texts[path] {
			t.Errorf("%s a second later: ETag %s, was %s: %s", path, got.Header.Get("ETag"), tags[path], got.text)
		}
	}
	m.runs[0].Ingest.Progress++
	m.runs[0].Tasks[2].Share += 0.01
	for _, path := range paths {
		if got := s.send(t, http.MethodGet, path, "").Header.Get("ETag"); got == tags[path] {
			t.Errorf("%s: the ETag hides a change", path)
		}
	}
}

// An ETag list that is made of any tags names those and no others.
func TestMatchesAnyList(t *testing.T) {
	t.Parallel()
	tag := rapid.StringMatching(`[!#-~]{0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		named := rapid.SliceOf(tag).Draw(t, "named")
		wanted := tag.Draw(t, "wanted")
		var list []string
		want := false
		for _, n := range named {
			list = append(list, rapid.SampledFrom([]string{`"`, `W/"`}).Draw(t, "kind")+n+`"`)
			want = want || n == wanted
		}
		field := strings.Join(list, rapid.SampledFrom([]string{",", ", ", " ,\t"}).Draw(t, "between"))
		if got := matches([]string{field}, `W/"`+wanted+`"`); got != want {
			t.Fatalf("%s names %q: %t, want %t", field, wanted, got, want)
		}
	})
}
