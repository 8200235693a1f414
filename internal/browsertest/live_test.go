package browsertest_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/via-orchestrate/orchestrate/internal/httpd"
	"github.com/via-orchestrate/orchestrate/internal/notify"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// livePage has what live.js needs of a page, and writes down what it tells.
const livePage = `<!doctype html><title>live</title><link rel="icon" href="data:,">
<body data-events="/events"><p id="live-state" role="status" data-state-on="ON" data-state-off="OFF" data-state-lost="LOST" data-state-paused="PAUSED" data-state-out="OUT"></p>
<textarea id="typed"></textarea>
<button id="live-pause" type="button" data-pause="Pause" data-resume="Resume"></button>
<script src="/record.js"></script><script src="/live.js" defer></script>`

const recordJS = `window.told = [];
for (const name of ['ingest', 'profile', 'playback', 'reset'])
  document.addEventListener('live:' + name, (event) => window.told.push(name + ' ' + JSON.stringify(event.detail)));
window.timers = new Set();
const {setTimeout, clearTimeout} = window;
window.setTimeout = (done, ms) => {
  const id = setTimeout(() => { window.timers.delete(id); done(); }, ms);
  window.timers.add(id);
  return id;
};
window.clearTimeout = (id) => { window.timers.delete(id); clearTimeout(id); };`

// liveServer is a real store and a real server of event streams, at an address
// that stays the same when it is stopped and started again.
type liveServer struct {
	t       *testing.T
	db      string
	address string
	store   *sqlite.Store
	refuse  atomic.Int32 // status that streams are refused with, or 0
	stop    func()
}

func (s *liveServer) start() {
	s.t.Helper()
	hub := notify.New(notify.Config{})
	db, err := sqlite.Open(s.t.Context(), s.db, sqlite.WithChanges(hub.Tell))
	if err != nil {
		s.t.Fatal(err)
	}
	listener, err := new(net.ListenConfig).Listen(s.t.Context(), "tcp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.store, s.address = db, listener.Addr().String()
	server := &http.Server{
		Handler: httpd.New(httpd.Config{Log: slog.New(slog.DiscardHandler), Mounts: map[string]http.Handler{
			"GET /events":    s.unlessRefused(httpd.Events(httpd.EventsConfig{Hub: hub})),
			"GET /page":      text("text/html", livePage),
			"GET /record.js": text("text/javascript", recordJS),
			"GET /live.js": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				http.ServeFile(w, r, filepath.FromSlash("../web/page/static/live.js"))
			}),
		}}),
		ReadHeaderTimeout: time.Minute,
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener)
	}()
	s.stop = func() {
		hub.Close()
		_ = server.Close()
		<-served
		if err := db.Close(); err != nil {
			s.t.Error(err)
		}
	}
}

// unlessRefused has the server refuse who is signed out.
func (s *liveServer) unlessRefused(events http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status := int(s.refuse.Load()); status != 0 {
			w.Header().Set("Location", "/page")
			w.WriteHeader(status)
			return
		}
		events.ServeHTTP(w, r)
	})
}

// text answers under the policy that the pages have.
func text(kind, content string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:")
		fmt.Fprint(w, content)
	})
}

func (s *liveServer) create(id string) {
	s.t.Helper()
	in := vod.Ingest{ID: id, Tenant: "default", AssetID: "7", Status: vod.Running, Start: vod.Now()}
	if _, err := s.store.IngestCreate(s.t.Context(), in, nil, vod.AuditEntry{}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *liveServer) progress(id string, progress int) {
	s.t.Helper()
	err := s.store.IngestChange(s.t.Context(), id, func(run *vod.Run) error { run.Ingest.Progress = progress; return nil })
	if err != nil {
		s.t.Fatal(err)
	}
}

// tab is a page in a browser.
type tab struct {
	t   *testing.T
	ctx context.Context //nolint:containedctx // chromedp keeps its state there.
}

func openTab(t *testing.T, address string) *tab {
	t.Helper()
	ctx, stop := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU)...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	return &tab{t, ctx}
}

// do evaluates a script.
func (p *tab) do(script string) string {
	p.t.Helper()
	result, err := chromedp.Run(p.ctx, chromedp.Evaluate[string]("String("+script+")"))
	if err != nil {
		p.t.Fatal(err)
	}
	return result
}

// until waits until what the script gives has the text.
func (p *tab) until(script, want string) {
	p.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	end := time.After(time.Minute)
	for {
		got := p.do(script)
		if strings.Contains(got, want) {
			return
		}
		select {
		case <-tick.C:
		case <-end:
			p.t.Fatalf("%s gives %q, not %q; told: %s", script, got, want, p.do("window.told.join(' ')"))
		}
	}
}

// told waits for an event and forgets what was told.
func (p *tab) told(want string) {
	p.t.Helper()
	p.until("window.told.join(' ')", want)
	p.do("window.told.splice(0)")
}

// shows waits until the connection is shown to be so.
func (p *tab) shows(state string) {
	p.t.Helper()
	p.until("document.body.dataset.live + ' ' + document.getElementById('live-state').textContent", state+" "+strings.ToUpper(state))
}

// TestLive goes through what happens to a page that stays open: changes,
// bursts, a server that goes and comes back, a tab that is hidden, a pause.
func TestLive(t *testing.T) {
	t.Parallel()
	s := &liveServer{t: t, db: filepath.Join(t.TempDir(), "live.db"), address: "127.0.0.1:0"}
	s.start()
	defer func() { s.stop() }()
	page := openTab(t, "http://"+s.address+"/page")
	page.shows("on")
	if got := page.do("window.told.length"); got != "0" {
		t.Errorf("a new page is told %s", page.do("window.told.join(' ')"))
	}
	s.create("a")
	page.told(`ingest {"changes":[{"assetId":"7","change":"created","ingestId":"a","status":"RUNNING"}]}`)
	for n := range 99 {
		s.progress("a", n+1)
	}
	s.create("b")
	page.until("window.told.join(' ')", `"ingestId":"b"`)
	if count := page.do("window.told.length"); count > "5" || len(count) > 1 {
		t.Errorf("100 changes are told in %s events", count)
	}
	page.do("window.told.splice(0)")

	s.stop()
	page.shows("lost")
	s.start()
	page.told("reset {}")
	page.shows("on")
	s.create("c")
	page.told(`"ingestId":"c"`)

	page.do("(Object.defineProperty(document, 'hidden', {value: true, configurable: true}), document.dispatchEvent(new Event('visibilitychange')))")
	page.shows("off")
	s.create("d")
	page.do("(Object.defineProperty(document, 'hidden', {value: false, configurable: true}), document.dispatchEvent(new Event('visibilitychange')))")
	page.told("reset {}")
	page.shows("on")

	page.do("document.getElementById('live-pause').click()")
	page.shows("paused")
	page.until("document.getElementById('live-pause').textContent + document.getElementById('live-pause').ariaPressed", "Resumetrue")
	if err := chromedp.Do(page.ctx, chromedp.Reload()); err != nil {
		t.Fatal(err)
	}
	page.shows("paused")
	s.create("e")
	page.do("document.dispatchEvent(new Event('live:resume'))")
	page.shows("on")
	page.told("reset {}")
	if got := page.do("document.getElementById('live-pause').textContent"); got != "Pause" {
		t.Errorf("the button says %q", got)
	}
	s.create("f")
	page.told(`"ingestId":"f"`)
}

// TestLiveSignedOut: a page whose session is over says so with a link, keeps what
// was typed, tries no more, and goes on once somebody has signed in elsewhere.
func TestLiveSignedOut(t *testing.T) {
	t.Parallel()
	s := &liveServer{t: t, db: filepath.Join(t.TempDir(), "live.db"), address: "127.0.0.1:0"}
	s.start()
	defer func() { s.stop() }()
	page := openTab(t, "http://"+s.address+"/page?a=b%26c")
	page.shows("on")
	page.do("document.getElementById('typed').value = 'by hand'")
	s.stop()
	s.refuse.Store(http.StatusUnauthorized)
	s.start() // Anew, with sign-in.
	for _, status := range []int32{http.StatusUnauthorized, http.StatusSeeOther, http.StatusForbidden} {
		if s.refuse.Swap(status) == 0 {
			page.do("document.dispatchEvent(new Event('visibilitychange'))")
		}
		page.shows("out")
		for script, want := range map[string]string{
			"document.querySelector('#live-state a')?.getAttribute('href')": "/ui/_/sign-in?to=%2Fpage%3Fa%3Db%2526c",
			"document.getElementById('typed').value":                        "by hand",
			"window.timers.size":                                            "0", // There is no further try.
		} {
			if got := page.do(script); got != want {
				t.Errorf("%d: %s is %q, want %q", status, script, got, want)
			}
		}
		s.refuse.Store(0)
		page.do("document.dispatchEvent(new Event('visibilitychange'))")
		page.told("reset {}")
		page.shows("on")
	}
	s.refuse.Store(http.StatusServiceUnavailable)
	page.do("document.dispatchEvent(new Event('visibilitychange'))")
	page.shows("lost")
	s.refuse.Store(0)
	page.told("reset {}")
	page.shows("on")
}
