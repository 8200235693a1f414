package uitest_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/uitest"
)

// TestOverview tells what real ingests came to, and goes on telling; its figures
// lead to the list.
func TestOverview(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.clip("film.mp4", "320x180")
	s.write("broken.mp4", "this is no film")
	s.await(s.submit("film", s.file("film.mp4")), client.IngestStatusCOMPLETED)
	tab := uitest.Open(t)
	tab.Visit(s.url + "/ui/default/overview")
	const value = `[...document.querySelectorAll('.tile')].map((e) => e.querySelector('.tile-value').textContent.trim())`
	tab.Await("the figures", value+`.join().startsWith('0,0,1,0,')`)
	if charts := tab.Eval(`document.querySelectorAll('main svg[role=img]').length >= 4`); charts != "true" {
		t.Error("charts are missing")
	}
	s.await(s.submit("broken", s.file("broken.mp4")), client.IngestStatusFAILED)
	tab.Await("the failure to show by itself", value+`.join().startsWith('0,0,1,1,50')`)
	if message := tab.Eval(`document.querySelector('main').textContent.includes('is text and not a video')`); message != "true" {
		t.Error("the commonest error is not told")
	}
	tab.Do(chromedp.Click(`a.tile-value[href*="FAILED"]`))
	tab.Await("the list of what failed", `document.querySelectorAll('tbody[data-id]').length === 1 && document.querySelector('[data-status=FAILED]') !== null`)
}
