package uitest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/apptest"
	"github.com/via-orchestrate/orchestrate/internal/uitest"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestSubmitPage chooses a film and two subtitles, sees what they become, stops
// and resumes the upload, and submits: the ingest completes with what was chosen.
func TestSubmitPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.clip("film.mp4", "320x180")
	s.write("film.no.forced.srt", "1\n00:00:00,500 --> 00:00:02,000\nHei.\n")
	tab := uitest.Open(t)
	tab.Visit(s.url + "/ui/default/submit")
	tab.Await("the scripts", `!drop.hidden`)
	tab.Do(chromedp.SetUploadFiles("#chooser", []string{
		filepath.Join(s.files, "film.mp4"), filepath.Join(s.files, "film.no.forced.srt"),
	}))
	tab.Eval(`(() => {
		const dropped = new DataTransfer();
		dropped.items.add(new File(['1\n00:00:01,000 --> 00:00:02,000\nWhose?\n'], 'other.srt'));
		return document.dispatchEvent(new DragEvent('drop', {dataTransfer: dropped, bubbles: true, cancelable: true}));
	})()`)
	tab.Await("the uploads", `document.querySelectorAll('[data-state=done]').length === 3`)
	tab.Await("what is wrong beside its field", `document.querySelector('#work fieldset:last-child .submit-problem').textContent.includes('Give the id')`)
	if got := tab.Eval(`[...document.querySelectorAll('#work fieldset:first-child [name^="language."]')].map((e) => e.value).join()`); got != ",no" {
		t.Errorf("languages %q", got)
	}
	for _, dark := range []bool{false, true} {
		for _, width := range []int64{1280, 390} {
			tab.Look(width, 1800, dark)
			for _, found := range tab.Axe() {
				t.Errorf("%d pixels: %s (%s): %s\n  %s", width, found.ID, found.Impact, found.Help, strings.Join(found.Targets, "\n  "))
			}
			if wide := tab.Eval(`document.documentElement.scrollWidth > document.documentElement.clientWidth + 1`); wide == "true" {
				t.Errorf("the page is wider than %d pixels", width)
			}
			if *pictures != "" {
				tab.Picture(filepath.Join(*pictures, fmt.Sprintf("submit-filled-%d-%t.png", width, dark)))
			}
		}
	}
	tab.Look(1280, 900, false)
	// Subtitles without a video are removed; the asset id is the person's.
	tab.Do(chromedp.Click(`#work fieldset:last-child button[name=remove]`))
	tab.Await("the row to go", `document.querySelectorAll('[data-file]').length === 2`)
	tab.Do(chromedp.SetValue(`[name^="asset."]`, "from-the-page"))
	tab.Await("the plan", `document.querySelectorAll('#plan li').length > 3`)
	tab.Do(chromedp.Click("#send"))
	tab.Await("the link to the ingest", `document.querySelector('#results a') !== null`)
	id := strings.TrimPrefix(tab.Eval(`document.querySelector('#results a').getAttribute('href')`), "/ui/default/ingests/")
	s.await(id, client.IngestStatusCOMPLETED)
	if focus := tab.Eval(`document.activeElement.id`); focus != "done-head" {
		t.Errorf("the focus is at %q", focus)
	}
	if left := tab.Eval(`document.querySelectorAll('[data-file]').length + ' ' + Object.keys(localStorage).filter((k) => k.includes('film')).length`); left != "0 0" {
		t.Errorf("rows and uploads that are left: %s", left)
	}
	playing, err := s.client.Playback(t.Context(), "from-the-page")
	if err != nil || playing.IngestID != id {
		t.Errorf("%+v %v", playing, err)
	}
}

// TestUploadsGoOn: an upload that is paused, and then cut off by another visit of
// the page, goes on where it stopped; what is submitted meanwhile waits for it.
func TestUploadsGoOn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write("long.mp4", strings.Repeat("this is no film ", 1<<17)) // 2 MiB
	tab := uitest.Open(t)
	choose := func() {
		tab.Visit(s.url + "/ui/default/submit")
		tab.Await("the scripts", `!drop.hidden`)
		tab.Do(chromedp.SetUploadFiles("#chooser", []string{filepath.Join(s.files, "long.mp4")}))
	}
	tab.Allow("423") // Until the server has seen that the first visit is over.
	address := `Object.values(localStorage).map((v) => JSON.parse(v).uploadUrl).join()`
	tab.Slow(600_000)
	choose()
	tab.Await("some of it", `document.querySelector('[data-state=running] progress')?.value >= 20`)
	tab.Do(chromedp.Click("[data-toggle]"))
	tab.Await("the pause", `document.querySelector('[data-state=paused]') !== null`)
	before := tab.Eval(address)
	choose()
	tab.Await("the name of what was begun", `earlier.textContent.includes('long.mp4')`)
	tab.Await("more of it", `document.querySelector('[data-state=running] progress')?.value >= 20`)
	tab.Do(chromedp.Click("#send"))
	tab.Await("the submission to wait", `document.getElementById('upload-state').textContent.includes('submitted when')`)
	tab.Await("the link to the ingest", `document.querySelector('#results a') !== null`)
	asked := tab.Eval(`[...new Set(performance.getEntriesByType('resource').map((e) => new URL(e.name).pathname).filter((n) => n.startsWith('/uploads')))].join()`)
	if before == "" || asked != before {
		t.Errorf("%s was asked for: it did not go on with %s alone", asked, before)
	}
}

// TestNoSpaceIsToldInWords looks at an upload that the server refuses.
func TestNoSpaceIsToldInWords(t *testing.T) {
	t.Parallel()
	_, a := apptest.Serve(t, "--min-free", "1000TB")
	file := filepath.Join(t.TempDir(), "film.mp4")
	if err := os.WriteFile(file, []byte("this is no film"), 0o600); err != nil {
		t.Fatal(err)
	}
	tab := uitest.Open(t)
	tab.Allow("507")
	tab.Visit(a.URL() + "/ui/default/submit")
	tab.Await("the scripts", `!drop.hidden`)
	tab.Do(chromedp.SetUploadFiles("#chooser", []string{file}))
	tab.Await("why it stopped", `document.querySelector('[data-state=failed] .submit-state')?.textContent.includes('no space')`)
	tab.Await("the way on", `document.querySelector('[data-toggle]').textContent === 'Resume'`)
}

// TestUploadSignedIn: the cookie of a session uploads, for the tenant of the page.
func TestUploadSignedIn(t *testing.T) {
	t.Parallel()
	data, file := t.TempDir(), filepath.Join(t.TempDir(), "film.mp4")
	token := apptest.Mint(t, data, vod.Token{Name: "desk", Tenants: []string{"acme", "beta"}, Role: vod.Operator})[0]
	_, a := apptest.Serve(t, "--data", data)
	if err := os.WriteFile(file, []byte("this is no film"), 0o600); err != nil {
		t.Fatal(err)
	}
	tab := uitest.Open(t)
	tab.Visit(a.URL() + "/ui/beta/submit")
	tab.Await("the sign-in page", `location.pathname === '/ui/_/sign-in'`)
	tab.Do(chromedp.SendKeys("#signin-token", token+"\r"))
	tab.Await("the page that was asked for", `location.pathname === '/ui/beta/submit' && window.drop && !drop.hidden`)
	tab.Do(chromedp.SetUploadFiles("#chooser", []string{file}))
	tab.Await("the upload", `document.querySelector('[data-state=done]') !== null`)
	tab.Do(chromedp.Click("#send"))
	tab.Await("the ingest", `document.querySelector('#results a[href^="/ui/beta/ingests/"]') !== null`)
}
