package uitest_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/via-orchestrate/orchestrate/internal/apptest"
	"github.com/via-orchestrate/orchestrate/internal/uitest"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestViewer: who only looks is led in, is offered nothing that it may not do,
// sees its own tenants alone, and is out once it signs out.
func TestViewer(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	token := apptest.Mint(t, data, vod.Token{Name: "wall", Tenants: []string{"acme", "beta"}, Role: vod.Viewer})[0]
	_, a := apptest.Serve(t, "--data", data)
	tab := uitest.Open(t)
	tab.Allow("403") // the tenant of others

	page := a.URL() + "/ui/acme/ingests?status=FAILED"
	tab.Visit(page)
	tab.Await("the sign-in page", `location.pathname === '/ui/_/sign-in'`)
	for _, dark := range []bool{false, true} {
		tab.Look(1280, 900, dark)
		for _, found := range tab.Axe() {
			t.Errorf("sign-in: %s: %v", found.Help, found.Targets)
		}
		if *pictures != "" {
			tab.Picture(*pictures + map[bool]string{false: "/sign-in-light.png", true: "/sign-in-dark.png"}[dark])
		}
	}
	tab.Do(chromedp.SendKeys("#signin-token", token+"\r"))
	tab.Await("the page that was asked for", `location.search === '?status=FAILED' && document.querySelector('main h1') !== null`)
	offered := tab.Eval(`document.querySelectorAll('[value=cancel], [value=retry], a[href$="/submit"], a[href$="/edit"]').length`)
	if offered != "0" {
		t.Errorf("a viewer is offered %s things that it may not do", offered)
	}
	if tenants := tab.Eval(`[...document.querySelectorAll('.menu li')].map((e) => e.textContent).join()`); tenants != "acme,beta" {
		t.Errorf("the menu has the tenants %s", tenants)
	}
	tab.Visit(a.URL() + "/ui/acme/submit")
	tab.Await("a refusal", `document.querySelector('.failure[data-status="403"]') !== null`)
	tab.Visit(a.URL() + "/ui/gamma/ingests")
	tab.Await("a refusal", `document.querySelector('.failure[data-status="403"]') !== null`)
	tab.Visit(a.URL() + "/ui/beta/overview")
	tab.Await("the other tenant", `document.querySelector('.menu summary').textContent.trim() === 'beta'`)
	tab.Do(chromedp.Click(".menu summary"), chromedp.Click(".menu form button"))
	tab.Await("the end", `location.pathname === '/ui/_/sign-out' || location.pathname === '/ui/_/sign-in'`)
	tab.Visit(page)
	tab.Await("the sign-in page again", `location.pathname === '/ui/_/sign-in'`)
}
