package overview

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestNewFiguresDisturbNobody: in a browser, many changes ask for the figures
// once, and what the viewer has opened, scrolled and focused stays.
func TestNewFiguresDisturbNobody(t *testing.T) {
	t.Parallel()
	content, figures := rendered(t, "content", "t", "range=6h"), rendered(t, "figures", "t", "range=6h")
	var asked atomic.Int64
	mux := http.NewServeMux()
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServer(http.Dir("../page/static"))))
	mux.HandleFunc("GET /ui/t/overview", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.Header.Get("HX-Request") != "" {
			asked.Add(1)
			_, _ = fmt.Fprint(w, figures)
			return
		}
		_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en" data-zone="utc"><meta charset="utf-8"><title>t</title>
			<meta name="htmx-config" content='{"includeIndicatorStyles":false,"allowEval":false}'>
			<link rel="stylesheet" href="/static/overview.css">
			<script defer src="/static/vendor/htmx.min.js"></script><script defer src="/static/overview.js"></script>%s`, content)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	b := openBrowser(t, server.URL+"/ui/t/overview?range=6h")

	b.is(`document.querySelector("svg text.tick").textContent`, "06:00")
	b.is(`document.querySelector(".tips title").textContent.includes("06:00: 1 completed")`, "true")
	b.do(`(addEventListener("securitypolicyviolation", (e) => { window.violation = e.violatedDirective; }),
		document.getElementById("overview").dataset.every = 0, document.getElementById("figures-time").open = true,
		document.querySelector("#figures-time .scroll").scrollTop = 50, document.querySelectorAll(".errors a")[1].focus(),
		window.old = document.querySelector(".made"), 0)`)
	b.do(`[1, 2, 3, 4, 5].map((n) => document.dispatchEvent(new CustomEvent("live:ingest", { detail: { ingestId: n } })))`)
	b.until(`!window.old.isConnected && document.activeElement.matches(".errors a")`)
	b.is(`document.activeElement.getAttribute("href")`, "/ui/t/ingests?status=FAILED&text=No+%26+no.")
	b.is(`document.getElementById("figures-time").open`, "true")
	b.is(`document.querySelector("#figures-time .scroll").scrollTop`, "50")
	b.is(`document.querySelector("svg text.tick").textContent`, "06:00")
	b.is(`window.violation`, "undefined")
	if n := asked.Load(); n != 1 {
		t.Errorf("the figures were asked for %d times", n)
	}
}

type browser struct {
	t  *testing.T
	do func(script string) string
}

func openBrowser(t *testing.T, address string) browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("no chromium in PATH; on Debian: apt-get install chromium")
	}
	ctx, stop := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU)...)
	t.Cleanup(stop)
	tab, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	if err := chromedp.Do(tab, chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	return browser{t, func(script string) string {
		t.Helper()
		result, err := chromedp.Run(tab, chromedp.Evaluate[string]("String("+script+")"))
		if err != nil {
			t.Fatalf("%s: %v", script, err)
		}
		return result
	}}
}

// is ends the test unless the script gives what is wanted.
func (b browser) is(script, want string) {
	b.t.Helper()
	if got := b.do(script); got != want {
		b.t.Fatalf("%s is %q, want %q", script, got, want)
	}
}

// until waits for the script to give true.
func (b browser) until(script string) {
	b.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(time.Minute); b.do(script) != "true"; {
		select {
		case <-tick.C:
		case <-end:
			b.t.Fatalf("%s did not come true", script)
		}
	}
}
