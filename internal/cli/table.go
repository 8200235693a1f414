package cli

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
)

// table writes rows aligned in columns, two spaces apart. The first row may be a
// heading. (text/tabwriter counts bytes or runes, not the columns of a terminal,
// and aligns a column anew below every row that ends before it.)
func table(w io.Writer, rows [][]string) error {
	var widths []int
	for _, row := range rows {
		for i := range row {
			row[i] = oneLine(row[i])
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columns(row[i]))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			line += cell + strings.Repeat(" ", widths[i]-columns(cell)+2)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// oneLine takes control characters out of what a server says, so that no
// document moves the cursor or breaks a table.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}

// human writes a duration for people: 40ms, 1.5s, 12s, 3m05s, 2h04m.
func human(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%dms", max(d, 0).Milliseconds())
	case d < 10*time.Second:
		// Cut, not rounded, like all others.
		return fmt.Sprintf("%.1fs", d.Truncate(100*time.Millisecond).Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}

func millis(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }

// local writes a time in the zone of this machine.
func local(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }

// text is what p points to, or "" for null.
func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
