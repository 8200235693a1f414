package httpd

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	contract "github.com/via-orchestrate/orchestrate/api"
	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestPlayback(t *testing.T) {
	t.Parallel()
	s := setup(t, &memory{playing: []vod.Playback{
		{AssetID: "7", IngestID: "new", HLS: "http://h/new.m3u8", DASH: "http://h/new.mpd", Thumbnails: "http://h/new.vtt"},
		{AssetID: "7", IngestID: "old", HLS: "http://h/old.m3u8", Poster: "http://h/old.jpg"},
	}}, nil)
	s.send(t, "GET", "/assets/7/playback", "").is(t, 200,
		`{"assetId":"7","ingestId":"new","hls":"http://h/new.m3u8","dash":"http://h/new.mpd","poster":null,"thumbnails":"http://h/new.vtt"}`)
	s.send(t, "PUT", "/assets/7/playback", `{"ingestId":"old"}`).is(t, 200, `"ingestId":"old","hls":"http://h/old.m3u8","dash":null`)
	s.send(t, "GET", "/assets/7/playback/history", "").is(t, 200, `"ingestId":"old"`, `"poster":"http://h/old.jpg","thumbnails":null,"current":true`, `"current":false`)
	s.send(t, "PUT", "/assets/7/playback", `{"ingestId":"none"}`).is(t, 404)
	s.send(t, "PUT", "/assets/7/playback", `{"ingestId":""}`).is(t, 400, "/ingestId")
	s.send(t, "PUT", "/assets/7/playback", `{}`).is(t, 400, "/ingestId")
	s.send(t, "DELETE", "/assets/busy", "").is(t, 409)
	s.send(t, "DELETE", "/assets/a%2Fb", "").is(t, 204)
	s.send(t, "GET", "/assets/7/playback", "").is(t, 404)
	s.send(t, "GET", "/assets/7/playback/history", "").is(t, 200, `{"items":[]}`)
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	s := setup(t, &memory{}, nil)
	s.send(t, "GET", "/profiles", "").is(t, 200, `{"items":[]}`)
	got := s.send(t, "PUT", "/profiles/a%20b", "name: <a>\n", "Content-Type", "application/yaml")
	got.is(t, 201, `{"name":"a b","versionId":1619086864969,"outcome":"created"}`)
	if l := got.Header.Get("Location"); l != "/profiles/a%20b?versionId=1619086864969" {
		t.Errorf("Location %q", l)
	}
	s.send(t, "PUT", "/profiles/a%20b", "name: <a>\n", "Content-Type", "text/yaml; charset=utf-8").is(t, 200, `"outcome":"unchanged"`)
	s.send(t, "PUT", "/profiles/j", `{"b":1,"a":2}`).is(t, 201)
	if text := string(s.profiles[1].Document); text != `{"text":"{\"b\":1,\"a\":2}"}` {
		t.Errorf("JSON did not arrive as it was sent: %s", text)
	}
	s.send(t, "PUT", "/profiles/j?dryRun=true", "other: 1\n", "Content-Type", "application/yaml").is(t, 200, `{"name":"j","versionId":null,"outcome":"valid"}`)
	s.send(t, "PUT", "/profiles/j?dryRun=true", "bad: 1\n", "Content-Type", "application/yaml").is(t, 422,
		`"problems":[{"path":"/bad","message":"is not known"},{"path":"/encoding","message":"is missing"}]`)
	s.send(t, "PUT", "/profiles/j", "bad: 1\n", "Content-Type", "application/yaml").is(t, 422)
	s.send(t, "PUT", "/profiles/j", `{"a":1,"a":2}`).is(t, 400, "/a is given twice")
	s.send(t, "PUT", "/profiles/j", `a: 1`, "Content-Type", "text/plain").is(t, 415, "application/json or application/yaml")
	if len(s.profiles) != 2 {
		t.Errorf("%d profiles", len(s.profiles))
	}
	s.send(t, "GET", "/profiles/a%20b?versionId=1619086864969", "").is(t, 200, `"document":{"text":"name: <a>\n"}`)
	s.send(t, "GET", "/profiles/none", "").is(t, 404)
	s.send(t, "GET", "/profiles/a%20b/versions", "").is(t, 200, `"detailsUrl":"/profiles/a%20b?versionId=1619086864969"`)
	s.send(t, "GET", "/schemas/profile.json", "").is(t, 200, `{"title":"<profile> & more"}`)
}

func TestImports(t *testing.T) {
	t.Parallel()
	s := setup(t, &memory{}, nil)
	s.send(t, "POST", "/imports", ` {"b":1,"a":"<&>"}`).is(t, 200, `{"rows":[{"ingestId":"a","outcome":"written","problem":null}]}`)
	s.send(t, "POST", "/imports", `[{"c":1}, 7, {"d":1}]`).is(t, 200, `{"ingestId":"","outcome":"refused","problem":"Document 2: It is no object."}`)
	if diff := cmp.Diff([]string{`{"b":1,"a":"<&>"}`, `{"c":1}`, `{"d":1}`}, s.imported); diff != "" {
		t.Error(diff)
	}
	s.send(t, "POST", "/imports", `null`).is(t, 400)
	s.send(t, "POST", "/imports", `[]`).is(t, 200, `{"rows":[]}`)
	s.send(t, "POST", "/imports", `{"a":{"b":1,"b":2}}`).is(t, 400, "/a/b is given twice")
	// More than other bodies may hold.
	s.send(t, "POST", "/imports", `{"a":"`+strings.Repeat("x", 2*maxBody)+`"}`).is(t, 200)
	s.send(t, "POST", "/imports", `"`+strings.Repeat("x", maxImport)+`"`).is(t, 413, "32 MiB")
	s.failure = errBroken
	s.send(t, "POST", "/imports", `[{"e":1}]`).is(t, 500)
}

func TestSourceCheck(t *testing.T) {
	t.Parallel()
	s := setup(t, &memory{}, nil)
	s.send(t, "POST", "/sources/check", `{"path":"/media/same.mp4","size":5,"inode":18446744073709551615,"dev":3,"mtime":"2022-01-02T12:00:00.123456789+01:00"}`).is(t, 200, `{"same":true}`)
	want := orchestrate.FileCheck{Path: "/media/same.mp4", Size: 5, Inode: 1<<64 - 1, Dev: 3, MTime: time.Date(2022, 1, 2, 11, 0, 0, 123456789, time.UTC)}
	if got := s.checked[0]; !got.MTime.Equal(want.MTime) || got.Path != want.Path || got.Size != want.Size || got.Inode != want.Inode || got.Dev != want.Dev {
		t.Errorf("%+v, want %+v", got, want)
	}
	s.send(t, "POST", "/sources/check", `{"path":"/x","size":5,"inode":1,"dev":3,"mtime":"today"}`).is(t, 400, "/mtime")
}

func TestContractIsServed(t *testing.T) {
	t.Parallel()
	s := setup(t, &memory{}, nil)
	got := s.send(t, "GET", "/openapi.yaml", "")
	got.is(t, 200)
	if got.text != string(contract.Document()) || got.Header.Get("Content-Type") != "application/yaml" {
		t.Errorf("not the contract: %v", got.Header)
	}
}

// The rules for queries and bodies are those of the contract, and the
// contract itself is sound.
func TestRulesAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	doc := openAPI(t)
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	queries, bodies := map[string]queryRule{}, map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if slices.Contains(op.Tags, "uploads") || slices.Contains(op.Tags, "media") {
				continue
			}
			for _, p := range op.Parameters {
				if p.Value.In != "query" {
					continue
				}
				if queries[method+" "+path] == nil {
					queries[method+" "+path] = queryRule{}
				}
				queries[method+" "+path][p.Value.Name] = p.Value.Schema.Value.Type.Is("array")
			}
			if op.RequestBody != nil {
				bodies[method+" "+path] = op.RequestBody.Value.Content["application/yaml"] != nil
			}
		}
	}
	if diff := cmp.Diff(queries, queryRules()); diff != "" {
		t.Errorf("queries: -contract +rules\n%s", diff)
	}
	have := map[string]bool{}
	for route, rule := range bodyRules() {
		have[route] = rule.yaml
	}
	if diff := cmp.Diff(bodies, have); diff != "" {
		t.Errorf("bodies (true: YAML too): -contract +rules\n%s", diff)
	}
}
