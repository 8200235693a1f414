package uitest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/via-orchestrate/orchestrate/internal/browsertest"
)

// patience is how long a page may take on a machine with much to do.
const patience = 60 * time.Second

// Tab is one of a browser of its own. What the page logs as an error, and what
// it throws, fails the test at its end.
type Tab struct {
	t   testing.TB
	ctx context.Context

	mu     sync.Mutex
	logged []string
	allow  []string
}

// Open starts a browser.
func Open(t testing.TB) *Tab {
	t.Helper()
	path, err := browsertest.FindBrowser()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 900),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("mute-audio", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"), chromedp.Env("TZ=UTC"),
	)...)
	tab := &Tab{t: t}
	var closeTab context.CancelFunc
	tab.ctx, closeTab = chromedp.NewContext(ctx, chromedp.WithListener(tab.listen))
	t.Cleanup(func() {
		tab.mu.Lock()
		for _, line := range tab.logged {
			t.Errorf("the page logged: %s", line)
		}
		tab.mu.Unlock()
		closeTab()
		stop()
	})
	if err := chromedp.Do(tab.ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return tab
}

// Allow lets the page log errors that contain the text.
func (tab *Tab) Allow(text string) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	tab.allow = append(tab.allow, text)
}

func (tab *Tab) listen(event any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	var line string
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level != log.EntryLevelError {
			return
		}
		line = e.Entry.Text + " " + e.Entry.URL
	case *runtime.EventExceptionThrown:
		line = e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			line += " " + e.ExceptionDetails.Exception.Description
		}
	default:
		return
	}
	for _, allowed := range tab.allow {
		if strings.Contains(line, allowed) {
			return
		}
	}
	tab.logged = append(tab.logged, line)
}

func (tab *Tab) timed() (context.Context, context.CancelFunc) {
	return context.WithTimeout(tab.ctx, patience)
}

// Do carries out browser actions.
func (tab *Tab) Do(actions ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	ctx, cancel := tab.timed()
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		tab.t.Fatalf("in the browser: %v", err)
	}
}

// Look sets the size of the window in CSS pixels, and the colours.
func (tab *Tab) Look(width, height int64, dark bool) {
	tab.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	ctx, cancel := tab.timed()
	defer cancel()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err != nil {
		tab.t.Fatal(err)
	}
	tab.Do(chromedp.EmulateViewport(width, height))
}

// Slow lets the page send only so many bytes a second.
func (tab *Tab) Slow(bytes float64) {
	tab.t.Helper()
	ctx, cancel := tab.timed()
	defer cancel()
	_, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{DownloadThroughput: -1, UploadThroughput: bytes}},
	})
	if err != nil {
		tab.t.Fatal(err)
	}
}

// Visit opens an address.
func (tab *Tab) Visit(url string) {
	tab.t.Helper()
	tab.Do(chromedp.Navigate(url))
}

// Await waits until an expression of JavaScript is true. While one page makes
// place for the next there is none to ask, which is no failure.
func (tab *Tab) Await(what, condition string) {
	tab.t.Helper()
	ctx, cancel := tab.timed()
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		met, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+condition+")"))
		if met {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			tab.Picture(filepath.Join(tab.t.ArtifactDir(), "failed.png"))
			tab.t.Fatalf("waited for %s: %v at %s", what, err, tab.Eval(`location.href + ' ' + document.body.innerText.slice(0, 500)`))
		}
	}
}

// Eval gives the value of an expression of JavaScript, as text.
func (tab *Tab) Eval(expression string) string {
	tab.t.Helper()
	ctx, cancel := tab.timed()
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf("String(%s)", expression)))
	if err != nil {
		tab.t.Fatalf("evaluate %s: %v", expression, err)
	}
	return value
}

// Picture writes what the window shows.
func (tab *Tab) Picture(file string) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(file, picture, 0o600)
	}
	if err != nil {
		tab.t.Errorf("picture %s: %v", file, err)
	}
}

// Finding is what axe has against a page.
type Finding struct {
	ID, Impact, Help string
	Targets          []string
}

// Axe gives the findings that are serious or critical.
func (tab *Tab) Axe() (found []Finding) {
	tab.t.Helper()
	source, err := os.ReadFile(filepath.FromSlash("../../.cache/axe/node_modules/axe-core/axe.min.js"))
	if err != nil {
		tab.t.Fatalf("%v; scripts/setup.sh test installs it", err)
	}
	ctx, cancel := tab.timed()
	defer cancel()
	// By the debugger, which the policy of the page does not bind.
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[int](string(source)+";0")); err != nil {
		tab.t.Fatalf("load axe: %v", err)
	}
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`axe.run().then((r) => JSON.stringify(r.violations
		.filter((v) => v.impact === 'serious' || v.impact === 'critical')
		.map((v) => ({ID: v.id, Impact: v.impact, Help: v.help, Targets: v.nodes.map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? ''))}))))`,
		chromedp.EvalAwaitPromise))
	if err != nil {
		tab.t.Fatalf("run axe: %v", err)
	}
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		tab.t.Fatal(err)
	}
	return found
}
