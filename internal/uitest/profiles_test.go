package uitest_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/via-orchestrate/orchestrate/internal/uitest"
)

// look holds what a page must be in light, in dark and on a phone.
func look(t *testing.T, tab *uitest.Tab, name string) {
	t.Helper()
	for _, view := range []struct {
		name  string
		width int64
		dark  bool
	}{{"light", 1280, false}, {"dark", 1280, true}, {"phone", 390, false}} {
		tab.Look(view.width, 1200, view.dark)
		for _, found := range tab.Axe() {
			t.Errorf("%s, %s: %s (%s): %s\n  %s", name, view.name, found.ID, found.Impact, found.Help, strings.Join(found.Targets, "\n  "))
		}
		if wide := tab.Eval(`document.documentElement.scrollWidth > document.documentElement.clientWidth + 1`); wide == "true" {
			t.Errorf("%s: the page is wider than %d pixels", name, view.width)
		}
		if *pictures != "" {
			tab.Picture(filepath.Join(*pictures, name+"-"+view.name+".png"))
		}
	}
	tab.Look(1280, 1200, false)
}

// TestProfileEditor makes the built-in profile the tenant's own: with a mistake
// that is told beside its line while it is made, a review, and somebody who is
// faster.
func TestProfileEditor(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	tab := uitest.Open(t)
	tab.Allow("409") // the conflict
	tab.Visit(s.url + "/ui/default/profiles/default")
	follow(tab, "main a.button.primary", "#document")
	tab.Await("the editor", `document.querySelector('.profiles-good') !== null && window.htmx !== undefined`)
	replace := func(from, to string) {
		tab.Eval(`((text) => { text.value = text.value.replace(` + quoted(from) + `, ` + quoted(to) + `);
			text.dispatchEvent(new Event('input', {bubbles: true})); })(document.getElementById('document'))`)
	}
	replace("type: FFMPEG", "type: FFMPG")
	tab.Await("the problem", `document.querySelector('[data-go-line]') !== null`)
	tab.Do(chromedp.Click("[data-go-line]"))
	if got := tab.Eval(`document.getElementById('document').value.slice(document.getElementById('document').selectionStart, document.getElementById('document').selectionEnd)`); strings.TrimSpace(got) != "type: FFMPG" {
		t.Errorf("the problem leads to %q", got)
	}
	look(t, tab, "profile-problem")
	// Whoever works by keyboard gets out of the text.
	tab.Do(chromedp.Focus("#document"), chromedp.KeyEvent(kb.Tab))
	if got := tab.Eval(`document.activeElement.id`); got == "document" {
		t.Error("the tab key does not leave the text")
	}
	replace("type: FFMPG", "type: FFMPEG\n      crf: 22")
	replace("name: default-encoding", "name: own-encoding")
	tab.Await("the new drawing", `document.querySelector('.profiles-good') !== null && document.getElementById('profiles-drawing').textContent.includes('own-encoding')`)

	// Somebody else is faster.
	other := "playout: [{filesetFilter: initialInput, playoutProfile: {name: c, type: CATALOG}}]"
	if _, err := s.client.ApplyProfile(t.Context(), "default", []byte(other)); err != nil {
		t.Fatal(err)
	}
	tab.Await("the notice", `!document.getElementById('profiles-newer').hidden`)
	follow(tab, "button[value=review]", "button[value=apply]")
	tab.Await("the conflict", `document.querySelector('main [role=alert]') !== null && document.querySelectorAll('main ins').length > 5`)
	look(t, tab, "profile-conflict")
	follow(tab, "button[value=apply]", "#versions")
	tab.Await("the version", `document.querySelector('main [role=status]') !== null && document.querySelectorAll('.profiles-versions tbody tr').length === 2`)
	look(t, tab, "profile-applied")
	another := strings.Replace(other, "name: c", "name: d", 1)
	tab.Await("the stream", `document.body.dataset.live === 'on'`)
	if _, err := s.client.ApplyProfile(t.Context(), "default", []byte(another)); err != nil {
		t.Fatal(err)
	}
	tab.Await("another's version", `document.querySelectorAll('.profiles-versions tbody tr').length === 3 &&
		document.querySelector('#profiles-state strong') !== null && document.querySelector('.profiles-shown + tr + tr') === null`)
	follow(tab, ".profiles-versions + .row button", ".profiles-diff")
	tab.Await("the difference", `document.querySelectorAll('main del').length > 0`)
	look(t, tab, "profile-diff")

	// Another's change comes into the list by itself.
	tab.Visit(s.url + "/ui/default/profiles")
	tab.Await("the stream", `document.body.dataset.live === 'on'`)
	if _, err := s.client.ApplyProfile(t.Context(), "fresh", []byte(other)); err != nil {
		t.Fatal(err)
	}
	tab.Await("the new profile", `[...document.querySelectorAll('#profiles-live a')].some((a) => a.textContent === 'fresh')`)
}

// follow clicks what leads to another page, and waits for that.
func follow(tab *uitest.Tab, what, there string) {
	tab.Do(chromedp.Click(what), chromedp.WaitReady(there))
}

// quoted is a text as JavaScript has it.
func quoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", `\n`).Replace(text) + "'"
}
