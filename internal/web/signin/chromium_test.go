package signin

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/via-orchestrate/orchestrate/internal/oidctest"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// tab is a tab of a real browser with a fresh profile.
type tab struct {
	context.Context
	t *testing.T
}

func newTab(t *testing.T) tab {
	t.Helper()
	ctx, stop := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-component-update", true))...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start chromium: %v; on Debian: apt-get install chromium", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	return tab{ctx, t}
}

func (b tab) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b, actions...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

func (b tab) open(address string) {
	b.t.Helper()
	b.do("open "+address, chromedp.Navigate(address))
}

// shows waits for a page whose address begins so, and that has the text. While
// one page makes place for the next, there is none to ask.
func (b tab) shows(address, text string) {
	b.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	var at struct{ Href, Text string }
	for {
		seen, err := chromedp.Run(b, chromedp.Evaluate[struct{ Href, Text string }](
			"({Href: location.href, Text: document.readyState === 'complete' ? document.body.innerText : ''})"))
		if err == nil {
			at = seen
		}
		if strings.HasPrefix(at.Href, address) && strings.Contains(at.Text, text) {
			return
		}
		select {
		case <-tick.C:
		case <-b.Done():
			b.t.Fatalf("%s shows %q; waited for %s with %q", at.Href, at.Text, address, text)
		}
	}
}

// TestInChromium: a person signs in at the provider, is let in nowhere else, is
// not signed out by another site, and signs out.
func TestInChromium(t *testing.T) {
	t.Parallel()
	p := oidctest.New(t, "")
	s := openSite(&site{t: t, provider: p, people: true})
	b := newTab(t)
	page := s.url + "/ui/beta/ingests?status=FAILED"
	b.open(page)
	b.shows(s.url+"/ui/_/sign-in?to=", "Sign in with "+strings.TrimPrefix(p.URL, "http://"))
	b.do("sign in", chromedp.Click("a.button-primary"))
	b.shows(page, `ann "ann.lee" (`+p.URL+`)|beta|[acme beta]|8`)

	cookies, err := chromedp.Call(b, network.GetCookies, network.GetCookiesParams{})
	if err != nil || len(cookies.Cookies) != 1 {
		t.Fatalf("%+v, %v", cookies, err)
	}
	c := cookies.Cookies[0]
	if c.Name != "orchestrate" || !c.HTTPOnly || c.SameSite != network.CookieSameSiteLax || c.Path != "/" || c.Expires < float64(time.Now().Add(11*time.Hour).Unix()) {
		t.Errorf("the cookie is %+v", c)
	}
	if seen, err := chromedp.Run(b, chromedp.Evaluate[string]("document.cookie")); err != nil || seen != "" {
		t.Errorf("scripts see %q, %v", seen, err)
	}
	b.open(s.url + "/ui/gamma/ingests")
	b.shows(s.url+"/ui/gamma/ingests", "not for the tenant gamma")

	// A page of another site has a form that ends the session; localhost is
	// another site than 127.0.0.1.
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, `<form method=post action="%s/ui/_/sign-out"></form><script>document.forms[0].submit()</script>`, s.url)
	}))
	defer evil.Close()
	b.open(strings.Replace(evil.URL, "127.0.0.1", "localhost", 1))
	b.shows(s.url+"/ui/_/sign-out", "only from pages of this server")
	b.open(page)
	b.shows(page, "ann")

	b.open(s.url + "/ui/_/sign-in?to=/ui/beta/x")
	b.shows(s.url, "You are signed in as")
	b.do("sign out", chromedp.Click(`form[action="/ui/_/sign-out"] button`))
	b.shows(s.url+"/ui/_/sign-in?out", "You are signed out here.")
	b.do("sign out there", chromedp.Click(fmt.Sprintf(`a[href^="%s/end_session"]`, p.URL)))
	b.shows(p.URL+"/signed-out", "")
	b.open(page)
	b.shows(s.url+"/ui/_/sign-in?to=", "Sign in with")
	if p.Ended() != 1 {
		t.Error("the provider knows nothing of it")
	}
}

// TestTokensInChromium: by the form, with a wrong one first.
func TestTokensInChromium(t *testing.T) {
	t.Parallel()
	s := openSite(&site{t: t, people: true})
	_, token := s.mint(vod.Token{Name: "nightly", Tenants: []string{"acme"}, Role: vod.Viewer})
	b := newTab(t)
	b.open(s.url + "/ui/acme/ingests")
	b.shows(s.url+"/ui/_/sign-in?to=", "Access token")
	b.do("send a wrong token", chromedp.SendKeys("#signin-token", "orch_x"), chromedp.Submit("#signin-token"))
	b.shows(s.url+"/ui/_/sign-in", "This token is not accepted.")
	b.do("send a token", chromedp.SendKeys("#signin-token", token), chromedp.Submit("#signin-token"))
	b.shows(s.url+"/ui/acme/ingests", "token nightly")
}
