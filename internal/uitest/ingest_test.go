package uitest_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/uitest"
)

// TestIngestPage opens every task of a real ingest, and the JSON.
func TestIngestPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.clip("film.mp4", "640x360")
	id := s.submit("film", s.file("film.mp4"))
	s.await(id, client.IngestStatusCOMPLETED)
	tab := uitest.Open(t)
	tab.Look(1280, 1200, false)
	at := s.url + "/ui/default/ingests/" + id
	tab.Visit(at + "#task-1")
	tab.Await("the task that the address names", `document.querySelector('#task-1-body .command') !== null`)
	if command := tab.Eval(`document.querySelector('#task-1-body .command').textContent`); len(command) < 100 {
		t.Errorf("the command is %q", command)
	}
	tab.Eval(`document.querySelectorAll('#task-rows > li > details').forEach((d) => { d.open = true; })`)
	tab.Await("all tasks", `[...document.querySelectorAll('.task-body')].every((b) => b.querySelector('dl') !== null) && !document.querySelector('.htmx-request')`)
	look(t, tab, "ingest-tasks")
	tab.Do(chromedp.SetValue("#task-stage", "PACKAGING"))
	tab.Eval(`document.getElementById('task-stage').dispatchEvent(new Event('change', {bubbles: true}))`)
	tab.Await("the filtered list", `document.querySelectorAll('#task-rows > li').length === 1 && location.search === '?stage=PACKAGING'`)
	tab.Visit(at + "/raw")
	tab.Await("the JSON", `JSON.parse(document.getElementById('raw-json').textContent).ingestId === `+quoted(id))
	look(t, tab, "ingest-raw")
}

// TestIngestPageLives: what changes is shown as it does, and what was opened and
// focused stays so.
func TestIngestPageLives(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.submit("news", client.SubmissionFile{URI: s.server.URL + "/stuck/news.mp4"})
	s.await(id, client.IngestStatusRUNNING)
	tab := uitest.Open(t)
	tab.Look(1280, 1200, false)
	tab.Visit(s.url + "/ui/default/ingests/" + id)
	tab.Await("the stream", `document.body.dataset.live === 'on' && document.getElementById('task-0-summary') !== null`)
	tab.Do(chromedp.Click("#task-0-summary"), chromedp.Focus("#task-0-summary"))
	tab.Await("the task", `document.querySelector('#task-0-body dl') !== null`)
	look(t, tab, "ingest-live")
	tab.Eval(`document.getElementById('task-0-summary').focus()`)
	tab.Eval(`window.stays = true`)
	if err := s.client.Cancel(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	tab.Await("the end", `document.querySelector('#ingest-facts [data-status=CANCELLED]') !== null && document.querySelector('#task-0-summary [data-status=TASK_CANCELLED]') !== null`)
	tab.Await("the buttons of the end", `document.getElementById('do-retry') !== null && document.getElementById('do-cancel') === null`)
	tab.Await("the attempt's end", `document.querySelector('#task-0-body [data-status=TASK_CANCELLED]') !== null || document.querySelector('#task-0-body .badge') !== null`)
	if got := tab.Eval(`window.stays && document.querySelector('#task-0 > details').open && document.activeElement.id`); got != "task-0-summary" {
		t.Errorf("the page has lost what was open and focused: %s", got)
	}
	if said := tab.Eval(`document.getElementById('ingest-said').textContent`); said != "The ingest is now: Cancelled" {
		t.Errorf("it was said %q", said)
	}
	// Deleting asks first, and leads to the list.
	tab.Do(chromedp.Click("#do-delete"))
	tab.Await("the question", `document.getElementById('confirm').open`)
	tab.Do(chromedp.Click("#confirm button[value=yes]"))
	tab.Await("the list", `location.pathname === '/ui/default/ingests'`)
}
