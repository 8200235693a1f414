package cli

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/profile"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestGet(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	detail := page(t, "detail.json")
	d.answer("GET /ingests/"+pageIngest, 200, detail+"\n")
	d.run(t, "get", pageIngest, "-o", "json").want(t, 0, detail+"\n", "")
	at := func(text string) string {
		parsed, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return local(parsed)
	}
	d.run(t, "get", pageIngest).want(t, 0, `Ingest:   7dd40659-2494-45bc-b533-83e7deb97155
Asset:    867228
Tenant:   vimond
Profile:  1292397813
Status:   SKIPPED, 20 %
Started:  `+at("2021-11-03T07:50:32.899Z")+`
Took:     43s

TASK                                  STAGE      STATUS          DONE   STARTED              TOOK  ERROR
f1db16c3-ee45-44c8-a94e-ed99c0a685b1  RETRIEVAL  TASK_COMPLETED  100 %  `+at("2021-11-03T07:50:35.328Z")+`  38s
`, "")
}

func TestGetTellsWhatToDo(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	(&story{states: []state{{status: "FAILED", err: "Bad file.", tasks: []taskState{{"TASK_FAILED", 0, 1, "Bad file."}}}}}).tell(d)
	r := d.run(t, "get", "i1")
	if r.code != 0 || !strings.Contains(r.out, "\nError:    Bad file.\nTry:      Ask for the file again.\n") {
		t.Errorf("%+v", r)
	}
}

func TestGetTellsOfTheWork(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	d.answer("GET /ingests/"+pageIngest, 200, page(t, "detail.json"))
	d.answer("GET /ingests/"+pageIngest+"/tasks/"+pageTask, 200, `{"id":"`+pageTask+`","attempt":2,"attempts":[`+
		`{"number":1,"report":null},{"number":2,"report":{"remarks":["The source is\nfine."],"source":{"container":"mp4","duration":90500,"size":9007199254740993,`+
		`"video":{"codec":"h264","profile":"High","level":"4.1","width":1920,"height":1080,"aspect":"16:9","frameRate":"30000/1001","interlaced":true,"bitDepth":8,"videoRange":"SDR"},`+
		`"audio":[{"codec":"aac","channels":2,"layout":"stereo","sampleRate":48000,"language":"no\nr"},{"codec":"pcm","channels":3,"sampleRate":8000}],`+
		`"subtitles":[{"codec":"mov_text","language":"eng"}]},"renditions":[`+
		`{"name":"1080p","codec":"HEVC","width":1920,"height":1080,"videoRange":"PQ","encoder":"libx265","bitrate":4999500,`+
		`"maxBitrate":6000000,"quality":{"ssim":0.98765,"worst":0.9,"frames":48}},`+
		`{"name":"720p","codec":"H264","width":1280,"height":720,"videoRange":"SDR","encoder":"copy","bitrate":1893402,"maxBitrate":0,"quality":null}]}}]}`)
	r := d.run(t, "get", pageIngest)
	want := `
RETRIEVAL:
Source: mp4; 1m30.5s; 9007199254740993 bytes; h264 High 4.1 1920x1080 16:9 30000/1001 fps interlaced 8 bit SDR; aac stereo 48000 Hz no r; pcm 3 channels 8000 Hz; subtitles mov_text eng
- The source is fine.
RENDITION  CODEC  SIZE       RANGE  ENCODER  KBIT/S  CAP   SSIM    WORST
1080p      HEVC   1920x1080  PQ     libx265  5000    6000  0.9877  0.9000
720p       H264   1280x720   SDR    copy     1893
`
	if r.code != 0 || !strings.HasSuffix(r.out, want) {
		t.Errorf("%+v", r)
	}
}

func TestGetTellsWhatStepsWaitFor(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	(&story{states: []state{{status: "RUNNING", tasks: []taskState{{"TASK_RUNNING", 0, 1, ""}}}}}).tell(d)
	r := d.run(t, "get", "i1")
	if r.code != 0 || !strings.HasSuffix(r.out, "\n\nSTEP            STATE    WAITS FOR\nENCODING TYPE1  waiting  It waits for step 0.\n") {
		t.Errorf("%+v", r)
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	list := page(t, "list.json")
	d.answer("GET /ingests", 200, list)
	d.run(t, "list", "-o", "json").want(t, 0, list+"\n", "")
	r := d.run(t, "list", "--asset", "a 1", "--ingest", "i", "--profile", "p", "--profile-version", "7", "--text", "50 %", "--status", "running,failed", "--status", "QUEUED",
		"--from", "2021-01-01", "--to", "2022-01-01", "--limit", "5", "--cursor", "c=", "--tenant", "vimond", "--token", "hunter2")
	lines := strings.Split(r.out, "\n")
	if r.code != 0 || len(lines) != 27 || strings.Join(strings.Fields(lines[0]), " ") != "INGEST ASSET PROFILE STATUS DONE STARTED TOOK ERROR" ||
		!strings.HasPrefix(lines[1], "ff0dac68-5cdd-4d9b-9fc8-915668a9df8c  869214  331456700   COMPLETED  100 %  ") || !strings.HasSuffix(lines[1], "  22s") {
		t.Errorf("%+v", r)
	}
	if want := "There are more: --cursor eyJ"; !strings.HasPrefix(r.err, want) {
		t.Errorf("stderr %q", r.err)
	}
	asked := d.requests()[1]
	want := "GET /ingests?assetId=a%201&ingestId=i&profileName=p&profileVersionId=7&text=50%20%25&status=RUNNING&status=FAILED&status=QUEUED&fromDate=2021-01-01&toDate=2022-01-01&limit=5&cursor=c%3D"
	if sortQuery(asked) != sortQuery(want) {
		t.Errorf("asked %s", asked)
	}
	if h := d.heads[1]; h.Get("X-Vimond-Tenant") != "vimond" || h.Get("Authorization") != "Bearer hunter2" {
		t.Errorf("headers %v", h)
	}
}

func sortQuery(request string) string {
	path, query, _ := strings.Cut(request, "?")
	parts := strings.Split(strings.ReplaceAll(query, "+", "%20"), "&")
	for i := range parts { // A few parts: insertion sort keeps this short.
		for k := i; k > 0 && parts[k] < parts[k-1]; k-- {
			parts[k], parts[k-1] = parts[k-1], parts[k]
		}
	}
	return path + "?" + strings.Join(parts, "&")
}

func TestListAllPages(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	list := page(t, "list.json")
	last := strings.Replace(list, `"cursor": "eyJ`, `"cursor": null, "x": "`, 1)
	d.HandleFunc("GET /ingests", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("cursor") == "" {
			writeJSON(w, 200, list)
			return
		}
		writeJSON(w, 200, last)
	})
	r := d.run(t, "list", "--all", "-o", "json")
	var got, once struct {
		Items  []json.RawMessage `json:"items"`
		Count  int               `json:"count"`
		Cursor *string           `json:"cursor"`
	}
	if err := json.Unmarshal([]byte(r.out), &got); err != nil {
		t.Fatal(err, r)
	}
	if err := json.Unmarshal([]byte(list), &once); err != nil {
		t.Fatal(err)
	}
	if len(got.Items) != 50 || got.Count != 50 || got.Cursor != nil {
		t.Errorf("%d items, count %d, cursor %v", len(got.Items), got.Count, got.Cursor)
	}
	if r := d.run(t, "list", "--all"); strings.Count(r.out, "\n") != 51 || r.err != "" {
		t.Errorf("%+v", r)
	}
}

func TestControl(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	d.HandleFunc("DELETE /cancel/i1", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })
	d.HandleFunc("DELETE /ingests/i1", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })
	d.answer("POST /ingests/i1/retry", 202, `{"ingestId":"i1","detailsUrl":"/ingests/i1"}`)
	(&story{states: []state{{status: "RUNNING"}, {status: "SKIPPED"}}}).tell(d)
	d.run(t, "cancel", "i1").want(t, 0, "The ingest i1 is being cancelled.\n", "")
	d.run(t, "retry", "i1").want(t, 0, "The ingest i1 goes on.\n", "")
	d.run(t, "retry", "i1", "--wait").want(t, 0, "Ingest i1 of asset a1: SKIPPED after 1m05s\n", "")
	d.run(t, "delete", "i1").want(t, 0, "The ingest i1 and what it published are removed.\n", "")
	d.run(t, "delete", "i1", "-o", "json").want(t, 0, "", "")
	d.HandleFunc("DELETE /assets/a1", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })
	d.run(t, "delete", "--asset", "a1").want(t, 0, "The asset a1, its ingests and what they published are removed.\n", "")
	d.run(t, "delete").want(t, 2, "", "orchestrate: name an ingest, or an asset with --asset\nTry: orchestrate delete --help\n")
	d.run(t, "delete", "i1", "--asset", "a1").want(t, 2, "", "orchestrate: name an ingest, or an asset with --asset\nTry: orchestrate delete --help\n")
	d.problem("DELETE /cancel/i2", 409, "The ingest i2 is COMPLETED.")
	d.run(t, "cancel", "i2").want(t, 1, "", "orchestrate: The ingest i2 is COMPLETED.\nTry: orchestrate get i2\n")
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	applied := time.UnixMilli(1619086864969)
	list := `{"items":[{"name":"default","versionId":1619086864969,"detailsUrl":"/profiles/default"}]}`
	d.answer("GET /profiles", 200, list)
	d.answer("GET /profiles/default/versions", 200, list)
	d.answer("GET /profiles/default", 200, `{"name":"default","versionId":1,"document":{"name":"default","encoding":[]}}`)
	table := "PROFILE  VERSION        APPLIED\ndefault  1619086864969  " + local(applied) + "\n"
	d.run(t, "profile", "list").want(t, 0, table, "")
	d.run(t, "profile", "versions", "default").want(t, 0, table, "")
	d.run(t, "profile", "list", "-o", "json").want(t, 0, list+"\n", "")
	d.run(t, "profile", "get", "default").want(t, 0, "{\n  \"name\": \"default\",\n  \"encoding\": []\n}\n", "")
}

func TestProfileApply(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	var bodies []string
	d.HandleFunc("PUT /profiles/{name}", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		bodies = append(bodies, string(body))
		switch {
		case r.PathValue("name") == "bad":
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(422)
			_, _ = io.WriteString(w, `{"title":"Unprocessable Entity","status":422,"detail":"The profile document has 2 problems.",`+
				`"problems":[{"path":"/encoding/0/type","message":"is missing"},{"path":"/speed","message":"is not a key that there is"}]}`)
		case r.URL.Query().Get("dryRun") == "true":
			writeJSON(w, 200, `{"name":"p","versionId":null,"outcome":"valid"}`)
		case len(bodies) == 1:
			writeJSON(w, 201, `{"name":"p","versionId":7,"outcome":"created"}`)
		default:
			writeJSON(w, 200, `{"name":"p","versionId":7,"outcome":"unchanged"}`)
		}
	})
	file := writeClip(t, "p.yaml", "name: p\n")
	d.run(t, "profile", "apply", "-f", file).want(t, 0, "The profile p has the new version 7.\n", "")
	d.run(t, "profile", "apply", "-f", file).want(t, 0, "The profile p is unchanged, version 7.\n", "")
	d.run(t, "profile", "validate", "-f", file).want(t, 0, "The profile p is valid.\n", "")
	d.run(t, "profile", "apply", "bad", "-f", file).want(t, 1, "", `orchestrate: The profile document has 2 problems.
  /encoding/0/type: is missing
  /speed: is not a key that there is
Try: mend the document, and check it with `+"`orchestrate profile validate bad -f "+file+"`.\n")
	env := map[string]string{"ORCHESTRATE_SERVER": d.url}
	runIn(t.Context(), t, Program{}, env, "x: 1\n", "profile", "apply", "-f", "-").want(t, 2, "",
		"orchestrate: - does not name its profile\nTry: orchestrate profile apply NAME -f -\n")
	runIn(t.Context(), t, Program{}, env, "name: [1]\n", "profile", "validate", "-f", "-").want(t, 2, "",
		"orchestrate: - does not name its profile\nTry: orchestrate profile validate NAME -f -\n")
	runIn(t.Context(), t, Program{}, env, "a: b: c\n", "profile", "validate", "-f", "-").want(t, 2, "",
		"orchestrate: - is not YAML: mapping values are not allowed in this context\nTry: mend the document.\n")
	if diff := cmp.Diff([]string{"name: p\n", "name: p\n", "name: p\n", "name: p\n"}, bodies); diff != "" {
		t.Error(diff)
	}
	for i, asked := range d.requests() {
		want := []string{"PUT /profiles/p", "PUT /profiles/p", "PUT /profiles/p?dryRun=true", "PUT /profiles/bad"}[i]
		if asked != want {
			t.Errorf("asked %s, want %s", asked, want)
		}
	}
}

// TestProfileWithAnUnknownLocation has the server's own words.
func TestProfileWithAnUnknownLocation(t *testing.T) {
	t.Parallel()
	_, refusal := profile.Input(profile.SnapshotParams{
		Version: vod.ProfileVersion{Name: "p", Document: profile.Default().JSON},
		Resolve: func(vod.Location) (vod.Location, error) {
			return vod.Location{}, errors.New("there is no such location")
		},
	})
	if refusal == nil {
		t.Fatal("a profile whose locations are unknown can be used")
	}
	d := newDouble(t)
	d.problem("PUT /profiles/p", 422, refusal.Error())
	r := d.run(t, "profile", "validate", "p", "-f", writeClip(t, "p.yaml", "name: p\n"))
	if want := "\nTry: mend `locations` in the server's configuration, or name another location in the document.\n"; !strings.HasSuffix(r.err, want) {
		t.Errorf("%q", r.err)
	}
}

func TestUnknownProfile(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	for path, command := range map[string]string{"": "get", "/versions": "versions"} {
		d.problem("GET /profiles/x"+path, 404, "There is no profile x.")
		d.run(t, "profile", command, "x").want(t, 1, "", "orchestrate: There is no profile x.\nTry: orchestrate profile list\n")
	}
}

func TestPlayback(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	d.answer("GET /assets/a1/playback", 200, playbackOfI1)
	d.answer("GET /assets/a1/playback/history", 200, `{"items":[{"assetId":"a1","ingestId":"i1","hls":"http://h/1","dash":null,"poster":null,"current":true},`+
		`{"assetId":"a1","ingestId":"i0","hls":"http://h/0","dash":null,"poster":null,"current":false,"removed":"2026-11-03T07:50:32.899Z"}]}`)
	var selected string
	d.HandleFunc("PUT /assets/a1/playback", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		selected = strings.TrimSpace(string(body))
		writeJSON(w, 200, playbackOfI1)
	})
	shown := "Ingest:      i1\nHLS:         http://h/media/k/main.m3u8\nDASH:        http://h/media/k/main.mpd\nThumbnails:  http://h/media/k/t.vtt\n"
	d.run(t, "playback", "a1").want(t, 0, shown, "")
	d.run(t, "playback", "a1", "-o", "json").want(t, 0, playbackOfI1+"\n", "")
	d.run(t, "playback", "a1", "--select", "i0").want(t, 0, shown, "")
	if selected != `{"ingestId":"i0"}` {
		t.Errorf("selected %s", selected)
	}
	removed := local(time.Date(2026, 11, 3, 7, 50, 32, 0, time.UTC))
	d.run(t, "playback", "a1", "--history").want(t, 0, "CURRENT  INGEST  FILES REMOVED        HLS         DASH\n"+
		"yes      i1                           http://h/1\n         i0      "+removed+"  http://h/0\n", "")
}

func TestImport(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	var got []string
	answer := `{"rows":[{"ingestId":"i1","outcome":"written","problem":null},{"ingestId":"i2","outcome":"unchanged","problem":null}]}`
	d.HandleFunc("POST /imports", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got = append(got, r.Header.Get("X-Vimond-Tenant")+" "+string(body))
		if len(got) == 2 {
			answer = `{"rows":[{"ingestId":"i3","outcome":"refused","problem":"It is of another tenant."}]}`
		}
		writeJSON(w, 200, answer)
	})
	first, second := writeClip(t, "1.json", "[1]"), writeClip(t, "2.json", "[2]")
	d.run(t, "import", first, "--tenant", "vimond").want(t, 0, "1 written, 1 unchanged, 0 refused\n", "")
	d.run(t, "import", second, "--tenant", "vimond").want(t, 1,
		"0 written, 0 unchanged, 1 refused\nINGEST  OUTCOME  PROBLEM\ni3      refused  It is of another tenant.\n",
		"orchestrate: some ingests were refused\nTry: mend them and import the file again; what is there already is left alone.\n")
	if diff := cmp.Diff([]string{"vimond [1]", "vimond [2]"}, got); diff != "" {
		t.Error(diff)
	}
	d.run(t, "import", first).want(t, 2, "", "orchestrate: an import needs --tenant\nTry: orchestrate import FILE --tenant NAME\n")
	text := writeClip(t, "3.json", "hello")
	d.run(t, "import", text, "--tenant", "vimond").want(t, 2, "",
		"orchestrate: "+text+" is not JSON\nTry: save the answer of the Status API as it is.\n")
}
