package cli

import (
	"fmt"
	"io"
)

// plain writes a line for each change, for pipes and logs.
type plain struct {
	w    io.Writer
	last map[string]row
}

func (p *plain) show(f frame) {
	for _, line := range changes(p.last, f) {
		_, _ = fmt.Fprintln(p.w, line)
	}
	p.last = map[string]row{}
	for i, r := range f.rows {
		p.last[rowKey(i, r)] = r
	}
}

// rowKey tells rows of the same step type apart.
func rowKey(i int, r row) string { return fmt.Sprintf("%d %s", i, r.label) }

// changes tells what is new since the last frame: a step that came to another
// state or attempt, or by another ten percent, or that is ready and waits
// for something new. Steps that wait for other steps are not told of.
func changes(last map[string]row, f frame) []string {
	var out []string
	for i, r := range f.rows {
		old, known := last[rowKey(i, r)]
		if r.state == "ready" && r.note != "" && (old.state != r.state || old.note != r.note) {
			out = append(out, fmt.Sprintf("%s: waiting: %s", r.label, r.note))
		}
		if !r.begun() || known && old.state == r.state && old.attempt == r.attempt && old.percent/10 == r.percent/10 {
			continue
		}
		line := fmt.Sprintf("%s: %s", r.label, r.state)
		if r.state == "running" || r.state == "retrying" {
			line += fmt.Sprintf(", %d %%", r.percent)
		}
		if r.attempt > 1 {
			line += fmt.Sprintf(", attempt %d", r.attempt)
		}
		if r.state != "running" {
			line += ", after " + human(r.elapsed)
		}
		if r.note != "" {
			line += ": " + r.note
		}
		out = append(out, line)
	}
	return out
}
