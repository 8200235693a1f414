package draw

import (
	"fmt"
	"html/template"
	"strings"
)

// Spread is a row of a chart of durations or other amounts: a bar up to the
// middle value, before another one up to the high one.
type Spread struct {
	Name         string
	Middle, High float64
	Label        string // both values, for people
}

const (
	spreadHeight = 38  // pixels of a row
	spreadWidth  = 100 // percent of the chart for the longest row
)

// Spreads draws rows, all to the same scale.
func Spreads(id, title, desc string, rows []Spread) template.HTML {
	longest := 0.0
	for _, r := range rows {
		longest = max(longest, r.Middle, r.High)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="chart spreads" width="100%%" height="%d" role="img" aria-labelledby="%s-title %s-desc">`,
		spreadHeight*len(rows), escape(id), escape(id))
	fmt.Fprintf(&b, `<title id="%s-title">%s</title><desc id="%s-desc">%s</desc>`, escape(id), escape(title), escape(id), escape(desc))
	for i, r := range rows {
		y := i * spreadHeight
		fmt.Fprintf(&b, `<text class="name" x="0" y="%d">%s</text><text class="value" x="100%%" y="%d" text-anchor="end">%s</text>`,
			y+13, escape(r.Name), y+13, escape(r.Label))
		if longest > 0 {
			width := func(value float64) string { return num(spreadWidth * value / longest) }
			fmt.Fprintf(&b, `<rect class="high" x="0" y="%d" width="%s%%" height="10" rx="2"/>`, y+20, width(r.High))
			fmt.Fprintf(&b, `<rect class="middle" x="0" y="%d" width="%s%%" height="10" rx="2"/>`, y+20, width(r.Middle))
		}
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) //nolint:gosec // All that is not ours was escaped.
}
