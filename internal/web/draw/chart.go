package draw

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"
)

// Chart is a chart over time, drawn as wide as its place is: horizontal
// coordinates are percentages and vertical ones pixels, so that text keeps its
// size on a phone. It has no colours; classes of a style sheet give them. The
// same figures belong beside it as a table: to assistive technology it is one
// image with a title and a description.
type Chart struct {
	ID          string // unique on the page
	Title, Desc string
	Height      int // of the plot, in pixels
	// Top is the value at the top; 0: the next round number from the largest
	// value on.
	Top    float64
	Label  func(value float64) string // of a line of the grid; nil: as it is
	Series []Series                   // the first one is the lowest
	Ticks  []Tick
	Tips   []Tip // of each column; none: there are none
}

// Series has a value for each column; NaN where there is none.
type Series struct {
	Class  string
	Values []float64
}

// Tick is a mark of the time axis.
type Tick struct {
	Column int // stands at its left edge
	Label  string
	Time   time.Time // for a script that puts the label into the viewer's zone
	Form   string    // the kind of label, for the same script
	Minor  bool      // left out where the chart is narrow
}

// Tip tells of one column.
type Tip struct {
	Text  string
	Start time.Time // stands before the text, as a script puts it
}

const (
	headroom = 16 // pixels above the topmost line, for its label
	footroom = 22 // pixels below the plot, for the labels of ticks
)

// canvas is a chart while it is drawn.
type canvas struct {
	Chart
	b   strings.Builder
	n   int     // columns
	top float64 // value
}

func (c Chart) begin(largest float64) *canvas {
	v := &canvas{Chart: c, top: c.Top}
	for _, s := range c.Series {
		v.n = max(v.n, len(s.Values))
	}
	if v.top == 0 {
		v.top = niceTop(largest)
	}
	fmt.Fprintf(&v.b, `<svg class="chart" width="100%%" height="%d" role="img" aria-labelledby="%s-title %s-desc">`,
		c.Height+headroom+footroom, escape(c.ID), escape(c.ID))
	fmt.Fprintf(&v.b, `<title id="%s-title">%s</title><desc id="%s-desc">%s</desc>`,
		escape(c.ID), escape(c.Title), escape(c.ID), escape(c.Desc))
	v.grid()
	return v
}

// y is where a value stands.
func (v *canvas) y(value float64) float64 {
	return float64(headroom) + float64(v.Height)*(1-min(1, value/v.top))
}

// x is where a column begins, in percent.
func (v *canvas) x(column int) float64 { return 100 * float64(column) / float64(max(1, v.n)) }

func (v *canvas) grid() {
	v.b.WriteString(`<g class="grid">`)
	for _, share := range []float64{0, 0.5, 1} {
		class := "line"
		if share == 0 {
			class = "base"
		}
		y := num(v.y(v.top * share))
		fmt.Fprintf(&v.b, `<line class="%s" x1="0" x2="100%%" y1="%s" y2="%s"/>`, class, y, y)
	}
	v.b.WriteString(`</g>`)
}

// end writes what stands above the marks: labels, and what tells of columns.
func (v *canvas) end() template.HTML {
	v.b.WriteString(`<g class="labels">`)
	for _, share := range []float64{0.5, 1} {
		value := v.top * share
		label := num(value)
		if v.Label != nil {
			label = v.Label(value)
		}
		fmt.Fprintf(&v.b, `<text x="0" y="%s">%s</text>`, num(v.y(value)-4), escape(label))
	}
	for _, t := range v.Ticks {
		class := "tick"
		if t.Minor {
			class = "tick minor"
		}
		x, y := num(v.x(t.Column)), headroom+v.Height
		fmt.Fprintf(&v.b, `<line class="%s" x1="%s%%" x2="%s%%" y1="%d" y2="%d"/>`, class, x, x, y, y+4)
		if v.x(t.Column) < 90 { // It would not fit behind a later mark.
			fmt.Fprintf(&v.b, `<text class="%s" x="%s%%" y="%d" dx="3" data-time="%s" data-form="%s">%s</text>`,
				class, x, y+16, stamp(t.Time), escape(t.Form), escape(t.Label))
		}
	}
	v.b.WriteString(`</g><g class="tips">`)
	for i, tip := range v.Tips {
		fmt.Fprintf(&v.b, `<rect x="%s%%" y="%d" width="%s%%" height="%d"><title data-time="%s" data-text="%s">%s UTC: %s</title></rect>`,
			num(v.x(i)), headroom, num(v.x(1)), v.Height, stamp(tip.Start), escape(tip.Text),
			tip.Start.UTC().Format("2006-01-02 15:04"), escape(tip.Text))
	}
	v.b.WriteString(`</g></svg>`)
	return template.HTML(v.b.String()) //nolint:gosec // All that is not ours was escaped.
}

// niceTop is the next of 4, 10, 20, 40, 100, 200, ... from the value on: its
// half is whole.
func niceTop(value float64) float64 {
	for top := 4.0; ; {
		for _, factor := range []float64{1, 2.5, 5} {
			if top*factor >= value {
				return top * factor
			}
		}
		top *= 10
	}
}

// num writes a number with at most two decimals.
func num(f float64) string {
	return strconv.FormatFloat(math.Round(f*100)/100, 'f', -1, 64)
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func escape(s string) string { return template.HTMLEscapeString(s) }
