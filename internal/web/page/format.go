package page

import (
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// functions are those of all templates.
func (k *Kit) functions() template.FuncMap {
	return template.FuncMap{
		"t": k.Text, "tn": k.TextN, "asset": k.Asset,
		"when": when, "moment": Moment, "priorities": vod.Priorities, "took": Took, "ticking": ticking, "ms": milliseconds,
		"size": size, "num": number, "seg": url.PathEscape, "dict": dict, "join": strings.Join, "lower": strings.ToLower,
	}
}

// when writes a time in UTC; a script turns it to the viewer's zone.
func when(t time.Time) template.HTML {
	if t.IsZero() {
		return ""
	}
	t = t.UTC()
	return template.HTML(fmt.Sprintf(`<time datetime="%s">%s UTC</time>`, //nolint:gosec // Digits and signs alone.
		t.Format("2006-01-02T15:04:05.000Z"), t.Format("2006-01-02 15:04:05")))
}

// Took writes a duration for people, in the two largest units that matter. One
// that is negative, which clocks that differ may make, is none.
func Took(d time.Duration) string {
	d = max(d, 0)
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%d.%d s", d/time.Second, d%time.Second/(100*time.Millisecond))
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min %02d s", d/time.Minute, d%time.Minute/time.Second)
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h %02d min", d/time.Hour, d%time.Hour/time.Minute)
	}
	return fmt.Sprintf("%d d %02d h", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
}

// ticking is a duration that a script lets grow from here on. It is counted by
// the server's clock up to now, and from then on by the time that passes in the
// page, so that the viewer's clock does not matter.
func ticking(d time.Duration) template.HTML {
	d = max(d, 0)
	return template.HTML(fmt.Sprintf(`<span data-ticking="%d">%s</span>`, //nolint:gosec // Digits and units alone.
		d.Milliseconds(), Took(d)))
}

func milliseconds(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

// size writes a number of bytes; number one that is exact, in groups of three
// digits.
func size(n int64) string { return humanize.IBytes(uint64(max(n, 0))) }

func number(n any) string {
	switch n := n.(type) {
	case int:
		return humanize.Comma(int64(n))
	case int64:
		return humanize.Comma(n)
	case uint64:
		return strconv.FormatUint(n, 10)
	}
	return fmt.Sprint(n)
}

// dict hands several values to a template.
func dict(pairs ...any) (map[string]any, error) {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: key %v is no text", pairs[i])
		}
		m[key] = pairs[i+1]
	}
	return m, nil
}
