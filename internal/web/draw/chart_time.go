package draw

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// Columns draws the series as columns that stand on each other.
func (c Chart) Columns() template.HTML {
	n := 0
	for _, s := range c.Series {
		n = max(n, len(s.Values))
	}
	sums := make([]float64, n)
	for _, s := range c.Series {
		for i, value := range s.Values {
			sums[i] += positive(value)
		}
	}
	largest := 0.0
	for _, sum := range sums {
		largest = max(largest, sum)
	}
	v := c.begin(largest)
	below := make([]float64, n)
	const gap = 0.12 // of a column's width, at either side
	for _, s := range c.Series {
		fmt.Fprintf(&v.b, `<g class="%s">`, escape(s.Class))
		for i, value := range s.Values {
			if value = positive(value); value == 0 {
				continue
			}
			top := v.y(below[i] + value)
			// Nothing that happened is too small to be seen.
			height := max(1, v.y(below[i])-top)
			fmt.Fprintf(&v.b, `<rect x="%s%%" y="%s" width="%s%%" height="%s"/>`,
				num(v.x(i)+gap*v.x(1)), num(top), num((1-2*gap)*v.x(1)), num(height))
			below[i] += value
		}
		v.b.WriteString(`</g>`)
	}
	return v.end()
}

// Areas draws each series as an area in steps, one before the other: each value
// holds from the column's left edge to its right one. A later series stands
// before those that are before it, and is to be part of them.
func (c Chart) Areas() template.HTML {
	v := c.begin(c.largest())
	v.stretched(func() {
		for _, s := range c.Series {
			fmt.Fprintf(&v.b, `<path class="%s" d="M0 %d`, escape(s.Class), headroom+v.Height)
			for i, value := range s.Values {
				fmt.Fprintf(&v.b, `V%sH%d`, num(v.y(positive(value))), i+1)
			}
			fmt.Fprintf(&v.b, `V%dZ"/>`, headroom+v.Height)
		}
	})
	return v.end()
}

// Lines draws each series as a line through the middle of the columns, broken
// where there is no value. A value without neighbours is a dot.
func (c Chart) Lines() template.HTML {
	v := c.begin(c.largest())
	v.stretched(func() {
		for _, s := range c.Series {
			for _, run := range runs(s.Values) {
				var points []string
				for i := run[0]; i < run[1]; i++ {
					points = append(points, num(float64(i)+0.5)+","+num(v.y(s.Values[i])))
				}
				if len(points) > 1 {
					fmt.Fprintf(&v.b, `<polyline class="%s" points="%s"/>`, escape(s.Class), strings.Join(points, " "))
				}
			}
		}
	})
	for _, s := range c.Series {
		for _, run := range runs(s.Values) {
			if i := run[0]; run[1] == i+1 {
				fmt.Fprintf(&v.b, `<circle class="%s" cx="%s%%" cy="%s" r="2.5"/>`, escape(s.Class), num(v.x(i)+v.x(1)/2), num(v.y(s.Values[i])))
			}
		}
	}
	return v.end()
}

// stretched has what draw writes stretched from one unit for each column to the
// chart's width. Strokes keep theirs (vector-effect of SVG 2, 8.13).
func (v *canvas) stretched(draw func()) {
	height := headroom + v.Height
	fmt.Fprintf(&v.b, `<svg class="marks" width="100%%" height="%d" viewBox="0 0 %d %d" preserveAspectRatio="none">`, height, max(1, v.n), height)
	draw()
	v.b.WriteString(`</svg>`)
}

func (c Chart) largest() (largest float64) {
	for _, s := range c.Series {
		for _, value := range s.Values {
			if !math.IsNaN(value) {
				largest = max(largest, value)
			}
		}
	}
	return largest
}

// runs gives the ranges, from and to, of values without a gap.
func runs(values []float64) (list [][2]int) {
	from := -1
	for i := 0; i <= len(values); i++ {
		is := i < len(values) && !math.IsNaN(values[i])
		switch {
		case is && from < 0:
			from = i
		case !is && from >= 0:
			list = append(list, [2]int{from, i})
			from = -1
		}
	}
	return list
}

// positive is the value, and 0 where there is none.
func positive(value float64) float64 {
	if value > 0 {
		return value
	}
	return 0
}
