package uitest_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/uitest"
)

// row is the row of an ingest, as JavaScript finds it.
func row(id string) string { return `document.querySelector('tbody[data-id="` + id + `"]')` }

// TestListLives: what happens on the server shows by itself, and what is held
// stands still.
func TestListLives(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.clip("film.mp4", "320x180")
	tab := uitest.Open(t)
	tab.Visit(s.url + "/ui/default/ingests")
	tab.Await("the empty list", `document.querySelector('.empty') !== null && document.body.dataset.live === 'on'`)
	first := s.submit("first", s.file("film.mp4"))
	tab.Await("the first ingest to come to its end by itself", row(first)+`?.querySelector('[data-status=COMPLETED]') != null`)
	tab.Await("the counter", `document.querySelector('#ingests-counters [data-status=COMPLETED] b').textContent === '1'`)

	tab.Do(chromedp.Click("#live-pause"))
	held := s.submit("held", client.SubmissionFile{URI: s.server.URL + "/stuck/a.mp4"})
	s.await(held, client.IngestStatusRUNNING)
	if seen := tab.Eval(row(held) + ` !== null`); seen != "false" {
		t.Error("a page that is paused shows what arrives")
	}
	tab.Do(chromedp.Click("#live-pause"))
	tab.Await("what arrived during the pause", row(held)+`?.querySelector('[data-status=RUNNING]') != null`)
	if stage := tab.Eval(row(held) + `.querySelector('.stage').textContent`); stage != "Retrieval" {
		t.Errorf("the stage is %q", stage)
	}
	if top := tab.Eval(`document.querySelector('tbody[data-id]').dataset.id`); top != held {
		t.Errorf("the newest is %s", top)
	}
}

// TestCancelMany: from the list, by way of a look at what it comes to.
func TestCancelMany(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.clip("film.mp4", "320x180")
	s.await(s.submit("done", s.file("film.mp4")), client.IngestStatusCOMPLETED)
	var ids []string
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		ids = append(ids, s.submit("stuck-"+name, client.SubmissionFile{URI: s.server.URL + "/stuck/" + name + ".mp4"}))
	}
	tab := uitest.Open(t)
	tab.Visit(s.url + "/ui/default/ingests")
	tab.Await("the list", `document.querySelectorAll('tbody[data-id]').length === 7`)
	tab.Do(chromedp.Click("#ingests-all"), chromedp.Click(`button[name=action][value=cancel]`))
	tab.Await("the preview", `document.querySelector('.bulk-sum') !== null`)
	if sum := tab.Eval(`document.querySelector('.bulk-sum').textContent`); !strings.Contains(sum, "6") || !strings.Contains(sum, "1") {
		t.Errorf("the preview says %q", sum)
	}
	late := s.submit("late", client.SubmissionFile{URI: s.server.URL + "/stuck/late.mp4"})
	tab.Do(chromedp.Click(".bulk form button.danger"))
	tab.Await("the end of the job", `document.querySelector('#bulk-job') !== null && !document.querySelector('#bulk-job').hasAttribute('hx-get')`)
	for _, id := range ids {
		s.await(id, client.IngestStatusCANCELLED)
	}
	detail, err := s.client.Get(t.Context(), late)
	if err != nil || detail.EndTime != nil {
		t.Errorf("what arrived after the preview is %s, %v", detail.Status, err)
	}
}
