package subtitle

import (
	"encoding/xml"
	"maps"
	"math"
	"strconv"
	"strings"
)

// maxStyles bounds how many styles are named in one place.
const maxStyles = 8

// ttmlStyle are those style attributes (TTML 2, 10.2) that WebVTT has something
// for, by their local names.
type ttmlStyle map[string]string

// inherited attributes go from an element to those in it.
func inherited(name string) bool {
	switch name {
	case "color", "fontStyle", "fontWeight", "textDecoration", "textAlign", "visibility":
		return true
	}
	return false
}

// styled are the attributes of an element itself, among them the names of other
// styles.
func styled(attrs []xml.Attr) ttmlStyle {
	s := ttmlStyle{}
	for _, a := range attrs {
		switch name := a.Name.Local; name {
		case "style", "origin", "extent", "displayAlign", "display":
			s[name] = strings.TrimSpace(a.Value)
		default:
			if inherited(name) {
				s[name] = strings.TrimSpace(a.Value)
			}
		}
	}
	return s
}

// ttmlStyles are the styles of a document.
type ttmlStyles struct {
	defined  map[string]ttmlStyle // by name
	resolved map[string]ttmlStyle // with all that they refer to
}

func newStyles() ttmlStyles {
	return ttmlStyles{defined: map[string]ttmlStyle{}, resolved: map[string]ttmlStyle{}}
}

// define keeps a style. Those that have been used already stay as they were:
// documents define all styles first (TTML 2, 8.1.5).
func (all ttmlStyles) define(name string, s ttmlStyle) {
	all.defined[name] = s
	delete(all.resolved, name)
}

// resolve adds what the styles that s names say, and s itself does not. Of
// several the last one counts (TTML 2, 10.4.4.2).
func (all ttmlStyles) resolve(s ttmlStyle) ttmlStyle { return all.follow(s, 0) }

// follow does so for a style to which so many others have led.
func (all ttmlStyles) follow(s ttmlStyle, depth int) ttmlStyle {
	out := ttmlStyle{}
	names := strings.Fields(s["style"])
	for _, name := range names[:min(len(names), maxStyles)] {
		maps.Copy(out, all.named(name, depth+1))
	}
	maps.Copy(out, s)
	delete(out, "style")
	return out
}

// named is a style with all that it refers to. One that refers to itself, if by
// way of others, has nothing from there, and neither has one from others that are
// more than maxDepth away.
func (all ttmlStyles) named(name string, depth int) ttmlStyle {
	if known, ok := all.resolved[name]; ok {
		return known
	}
	defined, ok := all.defined[name]
	if !ok || depth > maxDepth {
		return nil
	}
	all.resolved[name] = nil
	style := all.follow(defined, depth)
	all.resolved[name] = style
	return style
}

// within is the style of an element in another one.
func (s ttmlStyle) within(parent ttmlStyle) ttmlStyle {
	out := maps.Clone(s)
	for k, v := range parent {
		if _, own := out[k]; !own && inherited(k) {
			out[k] = v
		}
	}
	return out
}

func (s ttmlStyle) hidden() bool { return s["display"] == "none" || s["visibility"] == "hidden" }

// tags are those that show the style of a text.
func (s ttmlStyle) tags() []tag {
	var tags []tag
	if t := colourTag("color", s["color"]); t.open != "" {
		tags = append(tags, t)
	}
	if s["fontWeight"] == "bold" {
		tags = append(tags, plainTag("b"))
	}
	if s["fontStyle"] == "italic" || s["fontStyle"] == "oblique" {
		tags = append(tags, plainTag("i"))
	}
	if strings.Contains(" "+s["textDecoration"]+" ", " underline ") {
		tags = append(tags, plainTag("u"))
	}
	return tags
}

// ttmlCanvas is what lengths that are not in percent refer to; 0 if unknown.
type ttmlCanvas struct {
	width, height float64 // pixels
	columns, rows float64 // cells
}

func newCanvas(attrs []xml.Attr) ttmlCanvas {
	c := ttmlCanvas{columns: 32, rows: 15} // TTML 2, 7.2.1
	for _, a := range attrs {
		switch a.Name.Local {
		case "cellResolution":
			if x, y, ok := twoNumbers(a.Value, ""); ok {
				c.columns, c.rows = x, y
			}
		case "extent":
			if x, y, ok := twoNumbers(a.Value, "px"); ok {
				c.width, c.height = x, y
			}
		}
	}
	return c
}

// twoNumbers reads two positive numbers of the unit.
func twoNumbers(text, unit string) (x, y float64, ok bool) {
	parts := strings.Fields(text)
	if len(parts) != 2 {
		return 0, 0, false
	}
	x, err1 := strconv.ParseFloat(strings.TrimSuffix(parts[0], unit), 64)
	y, err2 := strconv.ParseFloat(strings.TrimSuffix(parts[1], unit), 64)
	return x, y, err1 == nil && err2 == nil && x > 0 && y > 0
}

// pair reads two lengths in percent of the canvas.
func (c ttmlCanvas) pair(text string) (x, y float64, ok bool) {
	parts := strings.Fields(text)
	if len(parts) != 2 {
		return 0, 0, false
	}
	x, okX := length(parts[0], c.columns, c.width)
	y, okY := length(parts[1], c.rows, c.height)
	return x, y, okX && okY
}

func length(text string, cells, pixels float64) (percent float64, ok bool) {
	for _, unit := range []struct {
		name string
		all  float64
	}{{"%", 100}, {"px", pixels}, {"c", cells}, {"vw", 100}, {"vh", 100}, {"rw", 100}, {"rh", 100}} {
		if digits, found := strings.CutSuffix(text, unit.name); found {
			n, err := strconv.ParseFloat(digits, 64)
			percent = n / unit.all * 100
			return percent, err == nil && unit.all > 0 && percent >= 0 && percent <= 100
		}
	}
	return 0, false
}

// settings places a text of a style in a region. Players put cues at the bottom
// by themselves, where they keep clear of each other and of controls, so a place
// is written only for text that is to be elsewhere.
func (c ttmlCanvas) settings(region, text ttmlStyle) Settings {
	var s Settings
	x, y, placed := c.pair(region["origin"])
	w, h, sized := c.pair(region["extent"])
	if placed && sized {
		s.Line = linePlace(region["displayAlign"], y, h)
	}
	align := text["textAlign"]
	switch align {
	case "start", "end", "left", "right":
		s.Align = align
	case "center":
		if placed && sized && math.Abs(x+w/2-50) > 5 {
			s.Position = percent(x + w/2)
		}
	}
	if !placed || !sized {
		return s
	}
	switch align {
	case "start", "left":
		s.Position = percent(x)
	case "end", "right":
		s.Position = percent(x + w)
	}
	return s
}

// linePlace is where the first line of a text stands in a region.
func linePlace(align string, y, h float64) string {
	const lineHeight, bottom = 6, 75 // percent
	switch align {
	case "after":
		y += h - 2*lineHeight
	case "center":
		y += h/2 - lineHeight
	}
	if y >= bottom {
		return ""
	}
	return percent(y)
}

func percent(p float64) string {
	return strconv.FormatFloat(math.Round(min(max(p, 0), 100)), 'f', -1, 64) + "%"
}
