package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// ErrNoBrowser says that there is no Chromium to play in.
var ErrNoBrowser = errors.New("no chromium in PATH; on Debian: apt-get install chromium")

// Play plays the page at url. Its error says what did not happen in time; the
// result then holds what was seen until then.
func Play(ctx context.Context, url string, o Options) (Result, error) {
	o = o.withDefaults()
	path, err := FindBrowser()
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
	p.mu.Lock()
	defer p.mu.Unlock()
	p.result.Errors = append(p.result.Errors, p.logged...)
	return p.result, playErr
}

// FindBrowser gives the path of the machine's Chromium, or [ErrNoBrowser].
func FindBrowser() (string, error) {
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
	if o.Dark {
		dark := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}
		if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: dark}); err != nil {
			return fmt.Errorf("choose dark colours: %w", err)
		}
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(o.Width, 900)); err != nil {
		return fmt.Errorf("set the size of the window: %w", err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		return fmt.Errorf("open %s: %w", url, err)
	}
	if err := p.start(ctx, o); err != nil {
		return err
	}
	for _, c := range o.During {
		if err := p.during(ctx, c, o); err != nil {
			return err
		}
	}
	if len(o.Scrub) == 0 {
		return nil
	}
	return p.scrub(ctx, o.Scrub)
}

// start makes the first choices and plays.
func (p *player) start(ctx context.Context, o Options) error {
	if err := await(ctx, "the player to be ready", `document.body.dataset.state === 'ready'`); err != nil {
		return err
	}
	for _, c := range o.first() {
		if err := choose(ctx, c); err != nil {
			return err
		}
	}
	// What comes of playing is seen by the time, and by errors on the page.
	from, err := chromedp.Run(ctx, chromedp.Evaluate[float64](noteCues+`, video.play().catch(() => {}), video.currentTime`))
	if err != nil {
		return fmt.Errorf("start playing: %w", err)
	}
	p.result.From = from
	return advance(ctx, from+o.Seconds, o.Height)
}

// during makes a choice while it plays, and has it play on.
func (p *player) during(ctx context.Context, c Choice, o Options) error {
	if c.Of == Format {
		p.look(ctx) // The next page has seen nothing yet.
		o.Height, o.Track, o.Text = c.Height, "", ""
		href, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(
			`[...document.querySelectorAll('nav a')].find((a) => a.text === %s)?.href ?? ''`, quote(c.Option))))
		if err != nil || href == "" {
			return errors.Join(fmt.Errorf("the page offers no format %q", c.Option), err)
		}
		if err := chromedp.Do(ctx, chromedp.Navigate(href)); err != nil {
			return fmt.Errorf("open the page in %s: %w", c.Option, err)
		}
		return p.start(ctx, o)
	}
	if err := choose(ctx, c); err != nil {
		return err
	}
	now, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`video.currentTime`))
	if err != nil {
		return fmt.Errorf("read the time: %w", err)
	}
	if err := advance(ctx, now+o.Seconds, c.Height); err != nil {
		return fmt.Errorf("after choosing %s %q: %w", c.Of, c.Option, err)
	}
	return nil
}

// advance waits for media time, and for a picture height that is not 0.
func advance(ctx context.Context, to float64, height int) error {
	what := fmt.Sprintf("media time to reach %.3f s", to)
	condition := fmt.Sprintf(`video.currentTime >= %g`, to)
	if height > 0 {
		what += fmt.Sprintf(" at a picture height of %d", height)
		condition += fmt.Sprintf(` && video.videoHeight === %d`, height)
	}
	return await(ctx, what, condition)
}

// choose selects the option whose text is the wanted one, or else begins so, as
// a person would.
func choose(ctx context.Context, c Choice) error {
	found, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`(() => {
		const select = document.getElementById(%[1]s);
		const options = [...select.options];
		const option = options.find((o) => o.text === %[2]s) || options.find((o) => o.text.startsWith(%[2]s));
		if (!option) return false;
		select.value = option.value;
		select.dispatchEvent(new Event('change'));
		return true;
	})()`, quote(c.Of), quote(c.Option))))
	if err != nil || !found {
		return errors.Join(fmt.Errorf("the page offers no %s that begins with %q", c.Of, c.Option), err)
	}
	return nil
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

// quote makes a JavaScript string.
func quote(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		return `""` // a string always marshals
	}
	return string(out)
}
