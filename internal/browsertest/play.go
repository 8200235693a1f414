package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Options say what to do on the page. The zero value plays three seconds in
// whatever rendition the player chooses.
type Options struct {
	Height  int           // picture height in pixels of the rendition to choose; 0: none
	Track   string        // name of the audio track to choose; empty: none
	Seconds float64       // of media time to play; 0: 3
	Timeout time.Duration // for all of it; 0: 60 s
}

// Result is what was seen.
type Result struct {
	From, To      float64  // media time in seconds, before and after playing
	Duration      float64  // of the presentation in seconds
	Width, Height int      // of the picture at the end, in pixels; 0 without video
	Renditions    []string // as the page offers them, without the automatic choice
	Tracks        []string // of sound, as the page offers them
	Loaded        []string // paths of everything that the page loaded
	// Errors are all error events of the player, fatal or not, everything that
	// the browser logged as an error (files not found, policy violations), and
	// exceptions.
	Errors     []string
	Screenshot []byte // PNG of the page at the end
}

// ErrNoBrowser says that there is no Chromium to play in.
var ErrNoBrowser = errors.New("no chromium in PATH; on Debian: apt-get install chromium")

// Play plays the page at url. Its error says what did not happen in time; the
// result then holds what was seen until then.
func Play(ctx context.Context, url string, o Options) (Result, error) {
	if o.Seconds == 0 {
		o.Seconds = 3
	}
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	path, err := findBrowser()
	if err != nil {
		return Result{}, err
	}
	ctx, stop := chromedp.NewExecAllocator(ctx, flags(path)...)
	defer stop()
	p := &player{}
	tab, closeTab := chromedp.NewContext(ctx, chromedp.WithListener(p.listen))
	defer closeTab()
	defer chromedp.Cancel(tab) //nolint:errcheck // The result is known by then.
	// The first call starts the browser, which must outlive the timeout.
	if err := chromedp.Do(tab); err != nil {
		return Result{}, fmt.Errorf("start %s: %w", path, err)
	}
	timed, cancel := context.WithTimeout(tab, o.Timeout)
	defer cancel()
	playErr := p.play(timed, url, o)
	p.look(tab)
	return p.result, playErr
}

func findBrowser() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNoBrowser
}

// flags start a browser with a fresh profile of its own that talks to nobody
// but the page.
func flags(path string) []chromedp.ExecAllocatorOption {
	return append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1000, 900),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"), chromedp.Flag("mute-audio", true),
	)
}

// player drives one page.
type player struct {
	result Result

	mu     sync.Mutex
	logged []string
}

// listen notes down errors; the browser calls it from a goroutine of its own.
func (p *player) listen(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			p.logged = append(p.logged, e.Entry.Text+" "+e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		p.logged = append(p.logged, describe(e.ExceptionDetails))
	}
}

func describe(d *runtime.ExceptionDetails) string {
	if d.Exception != nil && d.Exception.Description != "" {
		return d.Text + " " + d.Exception.Description
	}
	return d.Text
}

// play does one thing after the other.
func (p *player) play(ctx context.Context, url string, o Options) error {
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		return fmt.Errorf("open %s: %w", url, err)
	}
	if err := await(ctx, "the player to be ready", `document.body.dataset.state === 'ready'`); err != nil {
		return err
	}
	for _, choice := range []struct{ id, want string }{{"rendition", heightLabel(o.Height)}, {"audio", o.Track}} {
		if choice.want == "" {
			continue
		}
		found, err := chromedp.Run(ctx, chromedp.Evaluate[bool](choose(choice.id, choice.want)))
		if err != nil || !found {
			return errors.Join(fmt.Errorf("the page offers no %s that begins with %q", choice.id, choice.want), err)
		}
	}
	from, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`video.play().then(() => video.currentTime)`, chromedp.EvalAwaitPromise))
	if err != nil {
		return fmt.Errorf("start playing: %w", err)
	}
	p.result.From = from
	what := fmt.Sprintf("media time to advance by %g s", o.Seconds)
	condition := fmt.Sprintf(`video.currentTime >= %g`, from+o.Seconds)
	if o.Height > 0 {
		what += fmt.Sprintf(" at a picture height of %d", o.Height)
		condition += fmt.Sprintf(` && video.videoHeight === %d`, o.Height)
	}
	return await(ctx, what, condition)
}

func heightLabel(height int) string {
	if height == 0 {
		return ""
	}
	return fmt.Sprintf("%dp", height)
}

// choose selects the option whose text begins with want, as a person would.
func choose(id, want string) string {
	return fmt.Sprintf(`(() => {
		const select = document.getElementById(%[1]s);
		const option = [...select.options].find((o) => o.text.startsWith(%[2]s));
		if (!option) return false;
		select.value = option.value;
		select.dispatchEvent(new Event('change'));
		return true;
	})()`, quote(id), quote(want))
}

// await waits for a condition, or for a fatal error on the page.
func await(ctx context.Context, what, condition string) error {
	state, err := chromedp.Run(ctx, chromedp.Poll[string](fmt.Sprintf(
		`(%s) ? 'done' : (!document.getElementById('video') || !document.getElementById('error').hidden) ? 'failed' : ''`, condition),
		chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(0)))
	if err != nil {
		return fmt.Errorf("wait for %s: %w", what, err)
	}
	if state == "failed" {
		return fmt.Errorf("the page failed before %s", what)
	}
	return nil
}

// look notes down what the page shows.
func (p *player) look(tab context.Context) {
	ctx, cancel := context.WithTimeout(tab, 10*time.Second)
	defer cancel()
	seen, err := chromedp.Run(ctx, chromedp.Evaluate[struct {
		To, Duration       float64
		Width, Height      int
		Renditions, Tracks []string
		Loaded, Errors     []string
	}](`(() => {
		const texts = (query) => [...document.querySelectorAll(query)].map((e) => e.textContent);
		const v = document.getElementById('video') || {};
		return {
			To: v.currentTime || 0, Duration: v.duration || 0, Width: v.videoWidth || 0, Height: v.videoHeight || 0,
			Renditions: texts('#rendition option:not([value=auto])'), Tracks: texts('#audio option'), Errors: texts('#errors li'),
			Loaded: performance.getEntriesByType('resource').map((e) => new URL(e.name).pathname),
		};
	})()`))
	r := &p.result
	r.To, r.Duration, r.Width, r.Height = seen.To, seen.Duration, seen.Width, seen.Height
	r.Renditions, r.Tracks, r.Loaded, r.Errors = seen.Renditions, seen.Tracks, seen.Loaded, seen.Errors
	if err != nil {
		r.Errors = append(r.Errors, "the page could not be read: "+err.Error())
	}
	if r.Screenshot, err = chromedp.Run(ctx, chromedp.CaptureScreenshot()); err != nil {
		r.Errors = append(r.Errors, "no screenshot: "+err.Error())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	r.Errors = append(r.Errors, p.logged...)
}

// quote makes a JavaScript string.
func quote(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		return `""` // a string always marshals
	}
	return string(out)
}
