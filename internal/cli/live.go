package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// screen is where frames go.
type screen interface {
	show(f frame)
}

// screen chooses how progress is shown: redrawn in place in a terminal, else a
// line for each change. With -o json stdout is for the answer, so that only a
// terminal on stderr shows progress.
func (sh *shell) screen(r remote) screen {
	w := sh.out
	if r.json() {
		w = sh.err
	}
	if f, ok := asTerminal(w); ok {
		return &live{w: f, size: func() (int, int) { return terminalSize(f) }}
	}
	if r.json() {
		return blank{}
	}
	return &plain{w: w}
}

// asTerminal is w if that is a terminal.
func asTerminal(w io.Writer) (*os.File, bool) {
	f, ok := w.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// blank shows nothing.
type blank struct{}

func (blank) show(frame) {}

func terminalSize(f *os.File) (width, height int) {
	width, height, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 || height <= 0 {
		return 80, 24
	}
	return width, height
}

// live redraws frames in place.
type live struct {
	w     io.Writer
	size  func() (width, height int)
	drawn []string
	tick  int
}

func (l *live) show(f frame) {
	width, height := l.size()
	next := f.lines(width, height, l.tick)
	l.tick++
	// One write for the whole frame: terminals show it at once.
	_, _ = io.WriteString(l.w, redraw(l.drawn, next, width))
	l.drawn = next
}

// redraw moves up over the lines that were drawn and writes the new ones over
// them. Lines are overwritten before their rest is erased, so that nothing
// flickers. A terminal that became narrower has wrapped the old lines, which
// then take several rows each.
func redraw(drawn, next []string, width int) string {
	var b strings.Builder
	rows := 0
	for _, line := range drawn {
		rows += max(1, (columns(line)+width-1)/width)
	}
	if rows > 0 {
		fmt.Fprintf(&b, "\x1b[%dA\r", rows)
	}
	for _, line := range next {
		b.WriteString(line)
		b.WriteString("\x1b[K\n") // Erase to the end of the line.
	}
	if rows > len(next) {
		b.WriteString("\x1b[J") // Erase what the old lines left below.
	}
	return b.String()
}
