package browsertest

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// noteCues has the page remember every cue of subtitles that is shown.
const noteCues = `(() => {
	const seen = window.cuesSeen = [];
	const watch = (track) => track.addEventListener('cuechange', () => {
		if (track.mode !== 'showing') return;
		for (const c of track.activeCues) {
			seen.push({At: video.currentTime, Start: c.startTime, End: c.endTime, Language: track.language, Text: c.text});
		}
	});
	[...video.textTracks].forEach(watch);
	video.textTracks.addEventListener('addtrack', (e) => watch(e.track));
})()`

// scrub points at places on the bar of thumbnails, and then presses Home in it.
func (p *player) scrub(ctx context.Context, places []float64) error {
	for _, place := range places {
		at, err := chromedp.Run(ctx, chromedp.Evaluate[struct{ X, Y float64 }](fmt.Sprintf(`(() => {
			const box = position.getBoundingClientRect();
			return {X: box.left + box.width * %g / position.max, Y: box.top + box.height / 2};
		})()`, place)))
		if err != nil {
			return fmt.Errorf("find the bar of thumbnails: %w", err)
		}
		if err := chromedp.Do(ctx, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at.X, at.Y)); err != nil {
			return fmt.Errorf("point at %g s: %w", place, err)
		}
		if err := p.thumbnail(ctx, place); err != nil {
			return err
		}
	}
	if err := chromedp.Do(ctx, chromedp.Focus("#position"), chromedp.KeyEvent(kb.Home)); err != nil {
		return fmt.Errorf("press Home in the bar of thumbnails: %w", err)
	}
	if err := p.thumbnail(ctx, 0); err != nil {
		return err
	}
	return await(ctx, "the Home key to lead to the beginning", `video.currentTime < 0.5 && !video.seeking`)
}

// thumbnail notes down the picture that is shown for a place.
func (p *player) thumbnail(ctx context.Context, place float64) error {
	// The pointer is at whole pixels.
	err := await(ctx, fmt.Sprintf("the thumbnail of %g s", place), fmt.Sprintf(
		`!preview.hidden && Math.abs(preview.dataset.time - %g) < 2 * position.max / position.clientWidth
			&& performance.getEntriesByName(preview.dataset.picture.split('#')[0]).length > 0`, place))
	if err != nil {
		return err
	}
	picture, err := chromedp.Run(ctx, chromedp.Evaluate[string](`preview.dataset.picture`))
	if err != nil {
		return fmt.Errorf("read the thumbnail of %g s: %w", place, err)
	}
	u, err := url.Parse(picture)
	if err != nil {
		return fmt.Errorf("address of the thumbnail of %g s: %w", place, err)
	}
	p.result.Thumbnails = append(p.result.Thumbnails, u.Path+"#"+u.Fragment)
	return nil
}

// look notes down what the page shows.
func (p *player) look(tab context.Context) {
	ctx, cancel := context.WithTimeout(tab, 10*time.Second)
	defer cancel()
	seen, err := chromedp.Run(ctx, chromedp.Evaluate[struct {
		To, Duration              float64
		Width, Height             int
		Renditions, Tracks, Texts []string
		Loaded, Notes, Errors     []string
		Cues                      []Cue
	}](`(() => {
		const texts = (query) => [...document.querySelectorAll(query)].map((e) => e.textContent);
		const v = document.getElementById('video') || {};
		return {
			To: v.currentTime || 0, Duration: v.duration || 0, Width: v.videoWidth || 0, Height: v.videoHeight || 0,
			Renditions: texts('#rendition option:not([value=auto])'), Tracks: texts('#audio option'),
			Texts: texts('#text option:not([value=off])'), Notes: texts('#notes li'), Errors: texts('#errors li'),
			Loaded: performance.getEntriesByType('resource').map((e) => new URL(e.name).pathname),
			Cues: window.cuesSeen || [],
		};
	})()`))
	r := &p.result
	r.To, r.Duration, r.Width, r.Height = seen.To, seen.Duration, seen.Width, seen.Height
	r.Renditions, r.Tracks, r.Texts, r.Notes = seen.Renditions, seen.Tracks, seen.Texts, seen.Notes
	r.Loaded, r.Errors = append(r.Loaded, seen.Loaded...), append(r.Errors, seen.Errors...)
	r.Cues = append(r.Cues, seen.Cues...)
	if err != nil {
		r.Errors = append(r.Errors, "the page could not be read: "+err.Error())
	}
	if r.Screenshot, err = chromedp.Run(ctx, chromedp.CaptureScreenshot()); err != nil {
		r.Errors = append(r.Errors, "no screenshot: "+err.Error())
	}
}
