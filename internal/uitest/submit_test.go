package uitest_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/uitest"
)

// TestSubmitPage chooses a film and two subtitles, sees what they become, stops
// and resumes the upload, and submits: the ingest completes with what was chosen.
func TestSubmitPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.clip("film.mp4", "320x180")
	s.write("film.no.forced.srt", "1\n00:00:00,500 --> 00:00:02,000\nHei.\n")
	s.write("other.srt", "1\n00:00:00,500 --> 00:00:02,000\nWhose?\n")
	tab := uitest.Open(t)
	tab.Visit(s.url + "/ui/default/submit")
	tab.Await("the scripts", `!drop.hidden`)
	tab.Do(chromedp.SetUploadFiles("#chooser", []string{
		filepath.Join(s.files, "film.mp4"), filepath.Join(s.files, "film.no.forced.srt"), filepath.Join(s.files, "other.srt"),
	}))
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
	if left := tab.Eval(`document.querySelectorAll('[data-file]').length + ' ' + Object.keys(localStorage).filter((k) => k.includes('film')).length`); left != "0 0" {
		t.Errorf("rows and uploads that are left: %s", left)
	}
	playing, err := s.client.Playback(t.Context(), "from-the-page")
	if err != nil || playing.IngestID != id {
		t.Errorf("%+v %v", playing, err)
	}
}
