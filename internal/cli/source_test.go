package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/upload"
)

// submissions accepts ingests and keeps what was submitted.
type submissions struct {
	mu   sync.Mutex
	all  []client.Submission
	keys []string
}

func (s *submissions) accept(d *double) {
	d.HandleFunc("POST /ingests", func(w http.ResponseWriter, r *http.Request) {
		var sub client.Submission
		if err := json.NewDecoder(r.Body).Decode(&sub); err != nil {
			writeJSON(w, 500, "{}")
			return
		}
		s.mu.Lock()
		s.all, s.keys = append(s.all, sub), append(s.keys, r.Header.Get("Idempotency-Key"))
		s.mu.Unlock()
		if r.URL.Query().Get("dryRun") == "true" {
			writeJSON(w, 200, `{"profile":"default","profileVersionId":7,"steps":[`+
				`{"step":0,"stage":"RETRIEVAL","name":"r","type":"vimond_file_retriever","filter":"initialInput","after":[]},`+
				`{"step":1,"stage":"ENCODING","name":"e","type":"FFMPEG","filter":"retrieved","after":[0]}],"notes":["It would be skipped."]}`)
			return
		}
		writeJSON(w, 202, `{"ingestId":"i1","detailsUrl":"/ingests/i1"}`)
	})
}

func writeClip(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSubmitURL(t *testing.T) {
	t.Parallel()
	d, s := newDouble(t), &submissions{}
	s.accept(d)
	d.answer("GET /profiles/p", 200, `{"name":"p","versionId":7,"document":{}}`)
	d.run(t, "submit", "https://h/a.mp4?sig=1", "--asset", "a1", "--profile", "p", "--profile-version", "7", "--md5", strings.Repeat("AB", 16),
		"--language", "en", "--media-type", "video", "--force", "--idempotency-key", "k1").
		want(t, 0, "Ingest i1\nTo follow it: orchestrate watch i1\n", "")
	d.run(t, "submit", "upload:00", "--asset", "a1", "-o", "json").want(t, 0, `{"ingestId":"i1","detailsUrl":"/ingests/i1"}`+"\n", "")
	language, sum := "en", strings.Repeat("ab", 16)
	want := []client.Submission{
		{
			AssetID: "a1", URI: "https://h/a.mp4?sig=1", Profile: "p", ProfileVersionID: 7, MD5Sum: &sum,
			Language: &language, MediaType: "VIDEO", Force: true,
		},
		{AssetID: "a1", URI: "upload:00"},
	}
	if diff := cmp.Diff(want, s.all); diff != "" {
		t.Error(diff)
	}
	if s.keys[0] != "k1" || len(s.keys[1]) != 36 {
		t.Errorf("idempotency keys %q", s.keys)
	}
}

func TestSubmitPathOfTheServer(t *testing.T) {
	t.Parallel()
	d, s := newDouble(t), &submissions{}
	s.accept(d)
	path := writeClip(t, "été #1 50%.mp4", "abc")
	var check client.FileCheck
	d.HandleFunc("POST /sources/check", func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&check); err != nil {
			t.Error(err)
		}
		writeJSON(w, 200, `{"same":true}`)
	})
	if r := d.run(t, "submit", path, "--asset", "a1"); r.code != 0 {
		t.Fatal(r)
	}
	stat, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if check.Path != path || check.Size != 3 || check.Inode == 0 || check.Dev == 0 || !check.MTime.Equal(stat.ModTime()) {
		t.Errorf("asked for %+v", check)
	}
	want := "file://" + filepath.Dir(path) + "/%C3%A9t%C3%A9%20%231%2050%25.mp4"
	if got := s.all[0].URI; got != want {
		t.Errorf("submitted %s, want %s", got, want)
	}
}

// TestSubmitUploads sends a file to the real upload handler.
func TestSubmitUploads(t *testing.T) {
	t.Parallel()
	d, s := newDouble(t), &submissions{}
	s.accept(d)
	d.answer("POST /sources/check", 200, `{"same":false}`)
	uploads, err := upload.New(t.TempDir(), upload.Options{Tenant: func(*http.Request) (string, error) { return "default", nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer uploads.Close()
	d.Handle("/uploads", uploads.Handler())
	d.Handle("/uploads/", uploads.Handler())
	content := strings.Repeat("0123456789", 100_000)
	path := writeClip(t, "été.mp4", content)
	r := d.run(t, "submit", path, "--asset", "a1")
	if !strings.HasPrefix(r.out, "UPLOAD été.mp4: running, ") || !strings.Contains(r.out, "\nUPLOAD été.mp4: done, after ") ||
		!strings.HasSuffix(r.out, "\nIngest i1\nTo follow it: orchestrate watch i1\n") || r.code != 0 || r.err != "" {
		t.Errorf("%+v", r)
	}
	id, ok := strings.CutPrefix(s.all[0].URI, "upload:")
	if !ok {
		t.Fatalf("submitted %s", s.all[0].URI)
	}
	f, name, size, err := uploads.Open(t.Context(), "default", id)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := io.ReadAll(f)
	if string(got) != content || name != "été.mp4" || size != 1_000_000 || err != nil {
		t.Errorf("%s has %d bytes, %v", name, size, err)
	}
	// With -o json stdout is for the answer alone.
	d.run(t, "submit", path, "--asset", "a1", "-o", "json").want(t, 0, `{"ingestId":"i1","detailsUrl":"/ingests/i1"}`+"\n", "")
}

// TestSubmitSubtitles: with the video, or alone for an asset that is there.
func TestSubmitSubtitles(t *testing.T) {
	t.Parallel()
	d, s := newDouble(t), &submissions{}
	s.accept(d)
	d.answer("POST /sources/check", 200, `{"same":true}`)
	srt := writeClip(t, "film=x.nb.srt", "1")
	for _, args := range [][]string{
		{
			"https://h/a.mp4", "--language", "en", "--md5", strings.Repeat("AB", 16), "--subtitle", srt, "--subtitle", "https://h/a,b.ttml=pt-BR-x-sdh",
			"--subtitle", "https://h/a.vtt?sig=no=fr", "--subtitle", "https://h/a.vtt?sig=no=",
		},
		{srt},
		{"upload:00", "--media-type", "subtitle", "--language", "en-x-forced"},
		{"https://h/film.en.forced.SRT?x=.mp4"},
	} {
		if r := d.run(t, append([]string{"submit", "--asset", "a1"}, args...)...); r.code != 0 {
			t.Fatal(r)
		}
	}
	tag := func(text string) *string { return &text }
	sum, path := strings.Repeat("ab", 16), "file://"+srt
	want := []client.Submission{
		{AssetID: "a1", Filesets: []client.SubmissionFileset{{Files: []client.SubmissionFile{
			{Language: tag("en"), URI: "https://h/a.mp4", MD5Sum: &sum},
			{MediaType: "SUBTITLE", Language: tag("nb"), URI: path},
			{MediaType: "SUBTITLE", Language: tag("pt-BR-x-sdh"), URI: "https://h/a,b.ttml"},
			{MediaType: "SUBTITLE", Language: tag("fr"), URI: "https://h/a.vtt?sig=no"},
			{MediaType: "SUBTITLE", URI: "https://h/a.vtt?sig=no"},
		}}}},
		{AssetID: "a1", MediaType: "SUBTITLE", Language: tag("nb"), URI: path},
		{AssetID: "a1", MediaType: "SUBTITLE", Language: tag("en-x-forced"), URI: "upload:00"},
		{AssetID: "a1", MediaType: "SUBTITLE", Language: tag("en-x-forced"), URI: "https://h/film.en.forced.SRT?x=.mp4"},
	}
	if diff := cmp.Diff(want, s.all); diff != "" {
		t.Error(diff)
	}
	r := d.run(t, "submit", "--asset", "a1", "https://h/a.mp4", "--subtitle", "https://h/a.vtt?sig=hunter2!")
	if r.code != exitUsage || !strings.Contains(r.err, "=LANG") || strings.Contains(r.err, "hunter2") {
		t.Errorf("%+v", r)
	}
}

func TestLanguageOfAName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"film.srt": "", "film.en.srt": "en", "/a.b/film.nb.vtt": "nb", "film.pt-BR.ttml": "pt-BR", "film.eng.srt": "eng",
		"film.en.forced.srt": "en-x-forced", "film.en.SDH.srt": "en-x-sdh", "film.en.cc.srt": "en-x-sdh", "film.hi.srt": "hi", "film.hi.hi.srt": "hi-x-sdh",
		"film.720p.srt": "", "lord.of.the.srt": "", "film.tv.srt": "", "en.srt": "", ".en.srt": "en", "forced.srt": "", "film.forced.srt": "",
		"https://h.en.srt/film.srt": "", "https://h/film.de.srt?sig=1": "de", "": "",
	} {
		if got := nameLanguage(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestUploadFrame(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		sent, size int64
		want       string
	}{
		{0, 200, "UPLOAD a.mp4: running, 0 %"},
		{199, 200, "UPLOAD a.mp4: running, 99 %"},
		{200, 200, "UPLOAD a.mp4: done, after 3.0s"},
		{0, 0, "UPLOAD a.mp4: done, after 3.0s"},
	} {
		if got := changes(nil, uploadFrame("a.mp4", test.sent, test.size, 3*time.Second)); len(got) != 1 || got[0] != test.want {
			t.Errorf("%d of %d: %q, want %q", test.sent, test.size, got, test.want)
		}
	}
}

func TestSubmitDryRun(t *testing.T) {
	t.Parallel()
	d, s := newDouble(t), &submissions{}
	s.accept(d)
	d.run(t, "submit", "https://h/a.mp4", "--asset", "a1", "--dry-run").want(t, 0, `Profile default, version 7

STEP  STAGE      TYPE                   NAME  TAKES         AFTER
0     RETRIEVAL  vimond_file_retriever  r     initialInput
1     ENCODING   FFMPEG                 e     retrieved     0

It would be skipped.
`, "")
	path := writeClip(t, "a.mp4", "abc")
	r := d.run(t, "submit", path, "--asset", "a1", "--dry-run")
	if r.code != 0 || !strings.HasPrefix(r.out, "Profile default, version 7\n") || s.all[1].URI != "file://"+path {
		t.Errorf("%+v", r)
	}
	for _, asked := range d.requests() {
		if asked != "POST /ingests?dryRun=true" {
			t.Errorf("a dry run asked %s", asked)
		}
	}
}

func TestSubmitUnderAnUnknownProfileSendsNothing(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	d.problem("GET /profiles/{name}", 404, "There is no such profile.")
	path := writeClip(t, "a.mp4", "abc")
	for _, args := range [][]string{{"--profile", "x"}, {"--profile-version", "7"}} {
		d.run(t, append([]string{"submit", path, "--asset", "a1"}, args...)...).want(t, 1, "",
			"orchestrate: There is no such profile.\nTry: orchestrate profile list\n")
	}
	if diff := cmp.Diff([]string{"GET /profiles/x", "GET /profiles/default?versionId=7"}, d.requests()); diff != "" {
		t.Error(diff)
	}
}

func TestSubmitAndWait(t *testing.T) {
	t.Parallel()
	d, s := newDouble(t), &submissions{}
	s.accept(d)
	(&story{states: []state{{status: "QUEUED"}, {status: "CANCELLED"}}}).tell(d)
	d.run(t, "submit", "https://h/a.mp4", "--asset", "a1", "--wait").
		want(t, 3, "Ingest i1 of asset a1: CANCELLED after 1m05s\n", "")
}

func TestSubmitRefusesWhatIsNoFile(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	d.run(t, "submit", "/nowhere/a.mp4", "--asset", "a1").want(t, 2, "",
		"orchestrate: cannot read /nowhere/a.mp4: no such file or directory\nTry: check the path, or give a URL.\n")
	d.run(t, "submit", "ftp://u:secret@h/a.mp4", "--asset", "a1").want(t, 2, "",
		"orchestrate: sources of the scheme ftp are not supported\nTry: give a URL of http, https or file, or a path.\n")
	dir := t.TempDir()
	d.run(t, "submit", dir, "--asset", "a1").want(t, 2, "",
		"orchestrate: "+dir+" is not a file\nTry: name a single file, or give a URL.\n")
	if asked := d.requests(); len(asked) > 0 {
		t.Errorf("asked %v", asked)
	}
}
