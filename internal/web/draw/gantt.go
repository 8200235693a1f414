package draw

import (
	"fmt"
	"html/template"
	"strings"
	"time"
)

// Gantt draws tasks and their attempts over time, a row for each task, as wide
// as its place is: horizontal coordinates are percentages and vertical ones
// pixels. A row's label stands above its bars, so that both fit on a phone.
// The axis tells the time since the start, which is the same in every zone. To
// assistive technology it is one image: a table with the same belongs beside it.
type Gantt struct {
	ID          string // unique on the page
	Title, Desc string
	// Start is where the axis begins, unless a bar begins before it, as the
	// clocks of two machines may have it.
	Start time.Time
	// End is where it ends; zero while work goes on: at Now, with a line there.
	End  time.Time
	Now  time.Time
	Rows []GanttRow
}

// GanttRow is a task.
type GanttRow struct {
	Label string // what it does
	Note  string // such as how long it took; stands behind the label
	Bars  []GanttBar
}

// GanttBar is an attempt.
type GanttBar struct {
	Start time.Time
	End   time.Time // zero: it goes on; one before Start is taken for Start
	Class string    // such as the status, for the style sheet
	Text  string    // shown for the bar that is pointed at
}

const (
	ganttRow   = 36  // pixels from row to row
	ganttBar   = 12  // pixels
	ganttHead  = 20  // pixels above the rows, for the axis
	ganttLeast = 0.5 // percent: nothing that was tried is too short to be seen
	ganttMarks = 6   // at most, beside the one at 0
)

// SVG draws it.
func (g Gantt) SVG() template.HTML {
	from, to := g.span()
	height := ganttHead + ganttRow*len(g.Rows) + 4
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="gantt" width="100%%" height="%d" role="img" aria-labelledby="%s-title %s-desc">`,
		height, escape(g.ID), escape(g.ID))
	fmt.Fprintf(&b, `<title id="%s-title">%s</title><desc id="%s-desc">%s</desc>`, escape(g.ID), escape(g.Title), escape(g.ID), escape(g.Desc))
	ganttAxis(&b, to.Sub(from), height)
	for i, row := range g.Rows {
		y := ganttHead + i*ganttRow
		b.WriteString(`<g class="row">`)
		fmt.Fprintf(&b, `<rect class="lane" x="0" y="%d" width="100%%" height="%d"/>`, y+19, ganttBar)
		fmt.Fprintf(&b, `<text class="label" x="0" y="%d">%s`, y+14, escape(row.Label))
		if row.Note != "" {
			fmt.Fprintf(&b, `<tspan class="note" dx="8">%s</tspan>`, escape(row.Note))
		}
		b.WriteString(`</text>`)
		for _, bar := range row.Bars {
			x, width := g.place(bar, from, to)
			fmt.Fprintf(&b, `<rect class="bar %s" x="%s%%" y="%d" width="%s%%" height="%d" rx="2"><title>%s</title></rect>`,
				escape(bar.Class), num(x), y+19, num(width), ganttBar, escape(bar.Text))
		}
		b.WriteString(`</g>`)
	}
	if g.End.IsZero() && !g.Now.Before(from) {
		x := num(ganttShare(g.Now, from, to))
		fmt.Fprintf(&b, `<line class="now" x1="%s%%" x2="%s%%" y1="%d" y2="%d"/>`, x, x, ganttHead-4, height)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) //nolint:gosec // All that is not ours was escaped.
}

// span is what the axis has to show: all bars, and at least a second.
func (g Gantt) span() (from, to time.Time) {
	from, to = g.Start, g.End
	if g.End.IsZero() {
		to = g.Now
	}
	for _, row := range g.Rows {
		for _, bar := range row.Bars {
			if bar.Start.Before(from) {
				from = bar.Start
			}
			for _, at := range []time.Time{bar.Start, bar.End} {
				if at.After(to) {
					to = at
				}
			}
		}
	}
	if least := from.Add(time.Second); to.Before(least) {
		to = least
	}
	return from, to
}

// place is where a bar stands, in percent.
func (g Gantt) place(bar GanttBar, from, to time.Time) (x, width float64) {
	end := bar.End
	if end.IsZero() {
		end = g.Now
		if !g.End.IsZero() {
			end = g.End // Nothing goes on in what is over.
		}
	}
	x = ganttShare(bar.Start, from, to)
	width = max(ganttLeast, ganttShare(end, from, to)-x)
	return min(x, 100-width), width
}

// ganttShare is where a time stands, 0 to 100.
func ganttShare(at, from, to time.Time) float64 {
	return max(0, min(100, 100*float64(at.Sub(from))/float64(to.Sub(from))))
}

// ganttAxis draws the marks of the axis.
func ganttAxis(b *strings.Builder, span time.Duration, height int) {
	every := ganttEvery(span)
	b.WriteString(`<g class="axis">`)
	for at := time.Duration(0); at <= span; at += every {
		share := 100 * float64(at) / float64(span)
		x := num(share)
		fmt.Fprintf(b, `<line x1="%s%%" x2="%s%%" y1="%d" y2="%d"/>`, x, x, ganttHead-4, height)
		if share <= 92 { // It would not fit behind a later mark.
			fmt.Fprintf(b, `<text x="%s%%" dx="2" y="12">%s</text>`, x, ganttLabel(at))
		}
	}
	b.WriteString(`</g>`)
}

// ganttEvery is the time between two marks.
func ganttEvery(span time.Duration) time.Duration {
	const day = 24 * time.Hour
	for _, every := range []time.Duration{
		time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 20 * time.Second, 30 * time.Second,
		time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 20 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 4 * time.Hour, 12 * time.Hour, day, 2 * day, 7 * day, 14 * day,
	} {
		if span/every <= ganttMarks {
			return every
		}
	}
	return max(28*day, span/ganttMarks)
}

// ganttLabel writes the time since the start with symbols of the SI.
func ganttLabel(at time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case at < time.Minute:
		return fmt.Sprintf("%d s", at/time.Second)
	case at < time.Hour && at%time.Minute != 0:
		return fmt.Sprintf("%d:%02d min", at/time.Minute, at%time.Minute/time.Second)
	case at < time.Hour:
		return fmt.Sprintf("%d min", at/time.Minute)
	case at < day && at%time.Hour != 0:
		return fmt.Sprintf("%d:%02d h", at/time.Hour, at%time.Hour/time.Minute)
	case at < day:
		return fmt.Sprintf("%d h", at/time.Hour)
	}
	return fmt.Sprintf("%d d", at/day)
}
