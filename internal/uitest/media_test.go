package uitest_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/uitest"
)

// TestPartsOfAnIngest: its pictures are there, what it published plays in the
// page, the graph leads to the tasks, and an earlier ingest can be made the
// current one.
func TestPartsOfAnIngest(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.clip("first.mp4", "320x180")
	s.clip("second.mp4", "640x360")
	first := s.submit("film", s.file("first.mp4"))
	s.await(first, client.IngestStatusCOMPLETED)
	second := s.submit("film", s.file("second.mp4"))
	s.await(second, client.IngestStatusCOMPLETED)

	tab := uitest.Open(t)
	tab.Look(1280, 900, false)
	page := s.url + "/ui/default/ingests/" + first
	tab.Visit(page)
	tab.Await("all parts", `document.querySelector('#flow svg') && document.querySelector('#source dl') && document.querySelector('.poster')?.naturalWidth > 0`)
	tab.Do(chromedp.ScrollIntoView(".sheet img"))
	tab.Await("the thumbnails", `document.querySelector('.sheet img').naturalWidth > 0`)
	for what, want := range map[string]string{
		`document.querySelector('#source dl').textContent`:  "320 × 180, 16:9",
		`document.querySelector('#flow table').textContent`: "ENCODING",
	} {
		if got := tab.Eval(what); !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	if to := tab.Eval(`document.querySelector(document.querySelector('#flow svg a').getAttribute('href')) !== null`); to != "true" {
		t.Error("the graph leads nowhere")
	}
	for _, format := range []string{"hls", "dash"} {
		tab.Do(chromedp.Click(`a[hx-get$="format=` + format + `"]`))
		tab.Await(format+" in the frame", `(() => {
			const d = document.querySelector('iframe.player')?.contentDocument;
			if (d?.body?.dataset.state !== 'ready' || d.body.dataset.format.toLowerCase() !== '`+format+`') return false;
			const v = d.getElementById('video');
			return v.currentTime > 0.5 && d.body.dataset.manifest.includes('/media/');
		})()`)
	}
	if *pictures != "" {
		tab.Picture(filepath.Join(*pictures, "ingest-player-light.png"))
	}
	for _, found := range tab.Axe() {
		t.Errorf("%s (%s): %s\n  %s", found.ID, found.Impact, found.Help, strings.Join(found.Targets, "\n  "))
	}

	tab.Do(chromedp.Click(`form[action$="/select"] button`))
	tab.Await("the question", `document.querySelector('dialog[open]') !== null`)
	tab.Do(chromedp.Click(`dialog[open] button[value=yes]`))
	tab.Await("the roll-back", `document.querySelector('#flow svg') && !document.querySelector('form[action$="/select"]') && document.querySelector('.poster') !== null`)
	now, err := s.client.Playback(t.Context(), "film")
	if err != nil || now.IngestID != first {
		t.Errorf("%+v %v, want %s", now, err, first)
	}
}
