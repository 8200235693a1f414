package submit_test

import (
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func unescape(text string) string { return html.UnescapeString(text) }

const upload = "upload:0123456789abcdef0123456789abcdef"

// dropped is a form as the browser sends it after files were dropped.
func dropped(names ...string) url.Values {
	form := url.Values{"nonce": {nonce}, "profile": {"default"}}
	for i, name := range names {
		key := "f" + string(rune('a'+i))
		form.Add("file", key)
		form.Set("name."+key, name)
		form.Set("size."+key, "9007199254740993")
	}
	return form
}

func TestThePageOffersProfilesAndTheirPlan(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	body := s.get(path, http.StatusOK)
	s.has(body, `<option value="default" selected>`, `<strong>RETRIEVAL</strong>`, `Waits for step 1`, `action="/ui/acme/submit"`,
		`data-tenant="acme"`, `name="nonce"`, "Nothing has been chosen yet.", "/tus.min.")
}

func TestWhoMayNotSubmitSeesNoForm(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.by.Permissions = []vod.Permission{vod.ReadIngests}
	s.hasNot(s.get(path, http.StatusForbidden), "submit-form")
	for _, p := range []string{path, path + "/match", path + "/plan"} {
		s.post(p, dropped("film.mp4"), http.StatusForbidden)
	}
}

func TestDroppedFilesAreMatched(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	part := s.post(path+"/match", dropped("film.mp4", "film_sdh.en.vtt", "<b>.no.srt"), http.StatusOK)
	s.has(part, `name="asset.fa" value="film"`, `name="language.fb" value="en"`, `<option value="sdh" selected>`, `<bdi>&lt;b&gt;.no.srt</bdi>`,
		"Subtitles without a video", `name="asset.fc" value=""`, `hx-swap-oob="true"></textarea>`)
	if strings.Contains(part, "<html") {
		t.Error("htmx gets a whole page")
	}
	// What people changed stays, also when something is removed.
	form := fields(part)
	form.Set("asset.fa", "4711")
	form.Set("language.fb", "nb")
	form.Set("remove", "fc")
	part = s.post(path+"/match", form, http.StatusOK)
	s.has(part, `name="asset.fa" value="4711"`, `name="language.fb" value="nb"`)
	s.hasNot(part, "&lt;b&gt;")
}

func TestAddressesBecomeRows(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	form := url.Values{"nonce": {nonce}, "profile": {"default"}, "urls": {
		"https://example.com/a/film%20one.mp4?sig=s%26t\r\n\r\n  https://example.com/film%20one.pt-BR.srt\nhttps://example.com/film%20one.pt-BR.srt",
	}}
	part := s.post(path+"/match", form, http.StatusOK)
	s.has(part, `value="film one"`, `value="pt-BR"`, `value="https://example.com/a/film%20one.mp4?sig=s%26t"`)
	if n := strings.Count(part, `name="file"`); n != 2 {
		t.Errorf("%d rows of two files", n)
	}
	// Pressing Submit first shows what the addresses became.
	s.has(s.post(path, form, http.StatusOK), "Look at the asset ids", `name="file"`)
	if got := s.ingests(); len(got) != 0 {
		t.Fatalf("%d ingests nobody has looked at", len(got))
	}
	s.post(path, fields(part), http.StatusOK)
	want := []vod.Fileset{{Labels: []string{vod.LabelInitialInput}, Files: []vod.File{
		{MediaType: vod.MediaVideo, URI: "https://example.com/a/film%20one.mp4?…"},
		{MediaType: vod.MediaSubtitle, Language: pointer("pt-BR"), URI: "https://example.com/film%20one.pt-BR.srt"},
	}}}
	if d := cmp.Diff(want, filesets(t, s.ingests()[0])); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// TestWhenItsTurnIs: the priority and the due time go with every group, and stay
// in the form.
func TestWhenItsTurnIs(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	form := url.Values{"nonce": {nonce}, "profile": {"default"}, "urls": {"https://example.com/film.mp4"}}
	part := s.post(path+"/match", form, http.StatusOK)
	form = fields(part)
	form.Set("priority", "LOW")
	form.Set("due", "2026-12-01T06:00")
	s.post(path, form, http.StatusOK)
	want := orchestrate.Schedule{Priority: vod.Low, Due: time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC)}
	if d := cmp.Diff(want, orchestrate.ScheduleOf(s.ingests()[0].Ingest)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	form.Set("due", "soon")
	s.post(path, form, http.StatusBadRequest)
}

func pointer(text string) *string { return &text }

func filesets(t *testing.T, run vod.Run) []vod.Fileset {
	t.Helper()
	_, sets, err := orchestrate.ParseInput(run.Ingest.Input)
	if err != nil {
		t.Fatal(err)
	}
	return sets
}

func TestThePlanTellsWhatIsWrongWithWhat(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	form := fields(s.post(path+"/match", dropped("film.mp4", "film.en.srt", "late.srt"), http.StatusOK))
	form.Set("language.fb", "not a tag")
	part := s.post(path+"/plan", form, http.StatusOK)
	s.has(part, `id="problem-fb" dir="auto" hx-swap-oob="true">must be a language tag`, `id="asset-problem-fc" dir="auto" hx-swap-oob="true">Give the id of the asset.`,
		`id="asset-problem-fa" dir="auto" hx-swap-oob="true"></p>`, "3 files are not uploaded yet")
	form.Set("language.fb", "en")
	form.Set("asset.fc", "a\u202eb")
	form.Set("profile", "gone")
	part = s.post(path+"/plan", form, http.StatusOK)
	s.has(part, `id="problem-fb" dir="auto" hx-swap-oob="true"></p>`, "no control characters", `id="profile-problem"`, "gone")
	s.hasNot(part, "<strong>RETRIEVAL</strong>")
}

// TestEqualPlansAreShownOnce: ten files under one profile have one plan.
func TestEqualPlansAreShownOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	form := fields(s.post(path+"/match", dropped("a.mp4", "b.mp4", "c.srt"), http.StatusOK))
	part := s.post(path+"/plan", form, http.StatusOK)
	if n := strings.Count(part, "<strong>RETRIEVAL</strong>"); n != 1 {
		t.Errorf("%d plans:\n%s", n, part)
	}
	s.hasNot(part, "Another group has the same id")
	form.Set("asset.fb", "a")
	form.Set("force", "1")
	part = s.post(path+"/plan", form, http.StatusOK)
	if n := strings.Count(part, "Another group has the same id"); n != 2 {
		t.Errorf("%d of two groups are told:\n%s", n, part)
	}
	s.has(part, "The work is done even if the files are known")
}

func TestADoubleClickMakesOneIngest(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	form := fields(s.post(path+"/match", dropped("film.mp4", "film.no.forced.srt"), http.StatusOK))
	part := s.post(path, form, http.StatusOK)
	s.has(part, "1 group could not be submitted", "This file has not been uploaded yet.")
	form.Set("uri.fa", upload)
	form.Set("uri.fb", strings.Replace(upload, "0", "f", 1))
	form.Set("force", "1")
	first, second := s.post(path, form, http.StatusOK), s.post(path, form, http.StatusOK)
	all := s.ingests()
	if len(all) != 1 {
		t.Fatalf("%d ingests", len(all))
	}
	link := `href="/ui/acme/ingests/` + all[0].Ingest.ID + `"`
	s.has(first, link, "1 ingest was submitted", "Nothing has been chosen yet.")
	s.has(second, link)
	if in := all[0].Ingest; in.AssetID != "film" || !in.Force || *filesets(t, all[0])[0].Files[1].Language != "no-x-forced" {
		t.Errorf("%+v", in)
	}
	if strings.Contains(first, nonce) {
		t.Error("the next submission of the page would be taken for this one")
	}
}

func TestWhatIsRefusedStays(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	form := fields(s.post(path+"/match", dropped("a.mp4", "b.mp4"), http.StatusOK))
	form.Set("uri.fa", upload)
	form.Set("uri.fb", "ftp://example.com/b.mp4")
	part := s.post(path, form, http.StatusOK)
	s.has(part, "1 ingest was submitted", "1 group could not be submitted", "must be an http:", `name="asset.fb" value="b"`, `value="ftp://example.com/b.mp4"`)
	s.hasNot(part, `name="asset.fa"`)
	again := fields(part)
	again.Set("uri.fb", strings.Replace(upload, "0", "e", 1))
	s.has(s.post(path, again, http.StatusOK), "1 ingest was submitted")
	if got := s.ingests(); len(got) != 2 {
		t.Fatalf("%d ingests", len(got))
	}
}

func TestIngestAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id, err := s.Submit(t.Context(), s.by, orchestrate.Submission{AssetID: "4711 <x>", Filesets: []vod.Fileset{{Files: []vod.File{
		{MediaType: vod.MediaSubtitle, Language: pointer("en-x-sdh"), URI: "https://example.com/x.srt"},
		{MediaType: vod.MediaVideo, URI: "https://example.com/clip.mp4?sig=secret"},
	}}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	body := s.get(path+"?from="+id, http.StatusOK)
	s.has(body, `value="4711 &lt;x&gt;"`, "Give the whole address again.", `name="uri.r1" value=""`, `name="uri.r0" value="https://example.com/x.srt"`,
		`name="force" value="1" checked`, `<option value="sdh" selected>`)
	s.hasNot(body, "secret")
	form := fields(body)
	form.Set("uri.r1", "https://example.com/clip.mp4?sig=new")
	s.has(s.post(path, form, http.StatusOK), "1 ingest was submitted")
	if got := filesets(t, s.ingests()[0])[0].Files; len(got) != 2 || *got[1].Language != "en-x-sdh" {
		t.Errorf("%+v", got)
	}
	s.get(path+"?from=gone", http.StatusNotFound)
}

func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	send := func(address string, form url.Values) string {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return s.do(r, http.StatusOK)
	}
	page := send(path+"/match", url.Values{"nonce": {nonce}, "profile": {"default"}, "urls": {"https://example.com/film.mp4"}})
	s.has(page, "<html", `value="film"`, "<strong>RETRIEVAL</strong>")
	s.has(send(path, fields(page)), "<html", "1 ingest was submitted")
}

func TestTooManyFilesAreRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var lines strings.Builder
	for i := range 1001 {
		lines.WriteString("https://example.com/" + strings.Repeat("x", i) + ".mp4\n")
	}
	s.post(path+"/match", url.Values{"urls": {lines.String()}}, http.StatusUnprocessableEntity)
}

// TestHugeFormsAreReadQuickly: what grows with the square of something must not
// be as long as a form may be.
func TestHugeFormsAreReadQuickly(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var lines strings.Builder
	for i := range 500_000 {
		lines.WriteString(strconv.Itoa(i) + "\n")
	}
	form := url.Values{"nonce": {nonce}, "profile": {"default"}}
	for i := range 20 {
		video, text := "fv"+strconv.Itoa(i), "ft"+strconv.Itoa(i)
		form["file"] = append(form["file"], video, text)
		form.Set("name."+video, strings.Repeat("å", 1000)+".mp4")
		form.Set("kind."+video, vod.MediaVideo)
		form.Set("name."+text, strings.Repeat("å", 1000)+".x.srt")
		form.Set("kind."+text, vod.MediaSubtitle)
	}
	begun := time.Now()
	s.post(path+"/match", url.Values{"urls": {lines.String()}}, http.StatusUnprocessableEntity)
	part := s.post(path+"/match", form, http.StatusOK)
	s.hasNot(part, strings.Repeat("å", 128), "\uFFFD")
	if took := time.Since(begun); took > time.Minute { // Without limits it is hours.
		t.Errorf("it took %v", took)
	}
}
