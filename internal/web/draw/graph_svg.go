package draw

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
)

// svg writes the graph. Links within an image would be hidden from assistive
// technology (WAI-ARIA 1.2, "children presentational"): with them it is a group.
func (g *graph) svg(title, desc string) template.HTML {
	var b strings.Builder
	title, desc = plain(title), plain(desc)
	role := "img"
	if slices.ContainsFunc(slices.Concat(g.layers...), func(s *slot) bool { return s.Node != nil && s.Href != "" }) {
		role = "group"
	}
	fmt.Fprintf(&b, `<svg class="flow" role="%s" aria-label="%s" width="%s" height="%s" viewBox="0 0 %s %s">`,
		role, escape(title), num(g.width), num(g.height), num(g.width), num(g.height))
	fmt.Fprintf(&b, `<title>%s</title><desc>%s</desc><g class="arrows" aria-hidden="true">`, escape(title), escape(desc))
	for _, a := range g.arrows {
		fmt.Fprintf(&b, `<path class="arrow" d="%s"/><path class="tip" d="%s"/>`, a.path(), a.tip())
	}
	b.WriteString(`</g>`)
	for _, layer := range g.layers {
		for _, s := range layer {
			if s.Node != nil {
				s.box(&b)
			}
		}
	}
	b.WriteString(`<g class="labels">`)
	var taken []label
	for _, a := range g.arrows {
		if l, ok := a.label(g.gaps[a.way[0].rank], taken); ok {
			taken = append(taken, l)
			fmt.Fprintf(&b, `<text class="label" x="%s" y="%s">%s</text>`, num(l.x), num(l.y), tip(l.text, l.full))
		}
	}
	b.WriteString(`</g></svg>`)
	return template.HTML(b.String()) //nolint:gosec // All that is not ours was escaped.
}

// tip is a text with what it was cut from.
func tip(text, full string) string {
	if text == full {
		return escape(text)
	}
	return escape(text) + `<title>` + escape(full) + `</title>`
}

// path goes from the right of the first box to the left of the last one, level
// through the layers in between.
func (a *arrow) path() string {
	from := a.way[0]
	d := fmt.Sprintf("M%s %s", num(from.x+boxWidth), num(from.middle()))
	for i, s := range a.way[1:] {
		x, before := s.x, a.way[i].x+boxWidth
		half := (x - before) / 2
		end := x
		if s.Node != nil {
			end -= 6 // The tip stands there.
		}
		d += fmt.Sprintf("C%s %s %s %s %s %s", num(before+half), num(a.way[i].middle()), num(end-half), num(s.middle()), num(end), num(s.middle()))
		if s.Node == nil {
			d += "H" + num(x+boxWidth)
		}
	}
	return d
}

// tip is a triangle before the last box.
func (a *arrow) tip() string {
	to := a.way[len(a.way)-1]
	return fmt.Sprintf("M%s %sl-8 -4.5v9z", num(to.x), num(to.middle()))
}

// label is where the text of an arrow stands.
type label struct {
	x, y       float64 // middle of its base line
	text, full string
}

const (
	labelScale = 0.85
	labelTall  = 14.0
	labelRoom  = 26.0 // beside it in its gap
)

// label puts the text into the middle of the arrow's first gap, or below what
// stands there.
func (a *arrow) label(gap float64, taken []label) (label, bool) {
	if len(a.labels) == 0 {
		return label{}, false
	}
	full := strings.Join(a.labels, ", ")
	l := label{text: full, full: full}
	if room := gap - labelRoom; textWidth(full, labelScale) > room+0.01 {
		l.text = shorten(full, room-runeWidth('…'), labelScale) + "…"
	}
	from, to := a.way[0], a.way[1]
	l.x, l.y = from.x+boxWidth+gap/2-3, (from.middle()+to.middle())/2-5
	for clash := true; clash; {
		clash = slices.ContainsFunc(taken, func(o label) bool { return o.x == l.x && o.y > l.y-labelTall && o.y < l.y+labelTall })
		if clash {
			l.y += labelTall / 2
		}
	}
	return l, true
}

// box writes a node; what was cut of its texts is told by a tip.
func (s *slot) box(b *strings.Builder) {
	class := "node"
	if s.Class != "" {
		class += " " + s.Class
	}
	if s.Href != "" {
		fmt.Fprintf(b, `<a href="%s">`, escape(safeHref(s.Href)))
	}
	fmt.Fprintf(b, `<g class="%s"><title>%s</title><rect x="%s" y="%s" width="%s" height="%s" rx="6"/>`, escape(class),
		escape(strings.TrimSpace(s.Title+"\n"+s.Sub)), num(s.x), num(s.y), num(boxWidth), num(s.height))
	y := s.y + boxPad + 11
	for i, line := range slices.Concat(s.title, s.sub) {
		kind := "title"
		if i >= len(s.title) {
			kind = "sub"
		}
		fmt.Fprintf(b, `<text class="%s" x="%s" y="%s">%s</text>`, kind, num(s.x+boxPad), num(y), escape(line))
		y += lineTall
	}
	b.WriteString(`</g>`)
	if s.Href != "" {
		b.WriteString(`</a>`)
	}
}

// safeHref allows addresses on this server alone: no scheme, no other host.
func safeHref(href string) string {
	if strings.HasPrefix(href, "#") || strings.HasPrefix(href, "?") || strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "//") && !strings.HasPrefix(href, "/\\") {
		return href
	}
	return "#"
}
