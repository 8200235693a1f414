package cli

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func sample() frame {
	return frame{title: "i1  asset a1  RUNNING  41 %  1m05s", rows: []row{
		{label: "RETRIEVAL vimond_file_retriever", state: "done", percent: 100, elapsed: 3100 * time.Millisecond},
		{label: "ENCODING FFMPEG", state: "running", percent: 50, elapsed: 62 * time.Second, attempt: 2},
		{label: "PACKAGING CMAF", state: "waiting", note: "It waits for step 1."},
		{label: "PLAYOUT CATALOG", state: "failed", percent: 3, elapsed: time.Second, note: "The entry is gone."},
	}}
}

func TestFrame(t *testing.T) {
	t.Parallel()
	want := []string{
		"i1  asset a1  RUNNING  41 %  1m05s",
		"+ RETRIEVAL vimond_file_retriever  [############################] 100 %  3.1s",
		"/ ENCODING FFMPEG                  [##############..............]  50 %  1m02s  attempt 2",
		"  PACKAGING CMAF                   It waits for step 1.",
		"x PLAYOUT CATALOG                  [............................]   3 %  1.0s  The entry is gone.",
	}
	if diff := cmp.Diff(want, sample().lines(120, 40, 1)); diff != "" {
		t.Error(diff)
	}
	narrow := []string{
		"i1  asset a1  RUNNING  41 %  1m05s",
		"+ RETRIEVAL vimond_fil  100 %  3.1s",
		"/ ENCODING FFMPEG        50 %  1m02s  a",
		"  PACKAGING CMAF        It waits for st",
		"x PLAYOUT CATALOG         3 %  1.0s  Th",
	}
	if diff := cmp.Diff(narrow, sample().lines(40, 40, 1)); diff != "" {
		t.Error(diff)
	}
	low := []string{want[0], want[2], want[3], want[4]}
	if diff := cmp.Diff(low, sample().lines(120, 5, 1)); diff != "" {
		t.Error(diff)
	}
}

// TestFrameNeverWrapsOrScrolls draws frames for terminals of every size.
func TestFrameNeverWrapsOrScrolls(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		width, height := rapid.IntRange(2, 200).Draw(t, "width"), rapid.IntRange(3, 50).Draw(t, "height")
		f := frame{title: rapid.String().Draw(t, "title")}
		states := []string{"waiting", "ready", "running", "retrying", "done", "skipped", "failed", "cancelled", "never"}
		for range rapid.IntRange(0, 60).Draw(t, "rows") {
			f.rows = append(f.rows, row{
				label: rapid.String().Draw(t, "label"), state: rapid.SampledFrom(states).Draw(t, "state"),
				percent: rapid.IntRange(-5, 105).Draw(t, "percent"), attempt: rapid.IntRange(0, 200).Draw(t, "attempt"),
				elapsed: time.Duration(rapid.Int64().Draw(t, "elapsed")), note: rapid.String().Draw(t, "note"),
			})
		}
		lines := f.lines(width, height, rapid.IntRange(0, 100).Draw(t, "tick"))
		if len(lines) > height-1 {
			t.Fatalf("%d lines in a terminal of %d", len(lines), height)
		}
		for _, l := range lines {
			if n := columns(l); n >= width {
				t.Fatalf("%d columns in a terminal of %d: %q", n, width, l)
			}
		}
	})
}

// terminal understands what redraw writes: text, line feeds, cursor up, erase
// to the end of the line and of the screen. It wraps at its width.
type terminal struct {
	width    int
	screen   [][]rune
	row, col int
}

func (m *terminal) write(text string) {
	for text != "" {
		switch {
		case strings.HasPrefix(text, "\x1b["):
			end := strings.IndexAny(text[2:], "AKJ") + 2
			n := 1
			_, _ = fmt.Sscanf(text[2:end], "%d", &n)
			m.control(text[end], n)
			text = text[end+1:]
		case text[0] == '\n':
			m.row, m.col, text = m.row+1, 0, text[1:]
		case text[0] == '\r':
			m.col, text = 0, text[1:]
		default:
			m.put([]rune(text)[0])
			text = text[len(string([]rune(text)[0])):]
		}
	}
}

func (m *terminal) control(code byte, n int) {
	switch code {
	case 'A':
		m.row = max(m.row-n, 0)
	case 'K':
		m.line(m.row)
		m.screen[m.row] = m.screen[m.row][:min(m.col, len(m.screen[m.row]))]
	case 'J':
		m.line(m.row)
		m.screen = m.screen[:m.row]
	}
}

func (m *terminal) line(n int) {
	for len(m.screen) <= n {
		m.screen = append(m.screen, nil)
	}
}

func (m *terminal) put(r rune) {
	if m.col == m.width {
		m.row, m.col = m.row+1, 0
	}
	m.line(m.row)
	l := m.screen[m.row]
	for len(l) <= m.col {
		l = append(l, ' ')
	}
	l[m.col] = r
	m.screen[m.row] = l
	m.col++
}

// resize wraps every line anew, as terminals do.
func (m *terminal) resize(width int) {
	var wrapped [][]rune
	for _, l := range m.screen {
		for len(l) > width {
			wrapped, l = append(wrapped, l[:width:width]), l[width:]
		}
		wrapped = append(wrapped, l)
	}
	m.screen, m.width, m.row, m.col = wrapped, width, len(wrapped), 0
}

func (m *terminal) text() string {
	var b strings.Builder
	for _, l := range m.screen {
		b.WriteString(string(l) + "\n")
	}
	return b.String()
}

// TestRedraw shows frames one after the other, with the terminal resized in
// between: each time only the last frame is to be seen.
func TestRedraw(t *testing.T) {
	t.Parallel()
	width, height := 100, 30
	m := &terminal{width: width}
	m.write("$ orchestrate watch i1\n")
	var out strings.Builder
	l := &live{w: &out, size: func() (int, int) { return width, height }}
	f := sample()
	for tick, w := range []int{100, 100, 60, 30, 90, 200} {
		width = w
		m.resize(w)
		f.rows[1].percent = 50 + tick
		if tick == 4 {
			f.rows = f.rows[:2]
		}
		out.Reset()
		l.show(f)
		m.write(out.String())
		want := "$ orchestrate watch i1\n" + strings.Join(f.lines(w, height, tick), "\n") + "\n"
		if diff := cmp.Diff(want, m.text()); diff != "" {
			t.Fatalf("frame %d, width %d:\n%s", tick, w, diff)
		}
	}
}

func TestHuman(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second: "0ms", 420 * time.Millisecond: "420ms", 9990 * time.Millisecond: "9.9s", 12 * time.Second: "12s",
		185 * time.Second: "3m05s", 2*time.Hour + 4*time.Minute + 59*time.Second: "2h04m",
	} {
		if got := human(d); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
}

func TestClipCountsWideCharacters(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "", 1: "a", 2: "a", 3: "a映", 4: "a映", 5: "a映画", 9: "a映画"} {
		if got := clip("a映画", n); got != want {
			t.Errorf("%d columns: %q, want %q", n, got, want)
		}
	}
}

func TestOneLineTakesControlCharactersOut(t *testing.T) {
	t.Parallel()
	if got := oneLine("a\x1b[2Jb\nc\u009bd"); got != "a [2Jb c d" {
		t.Errorf("%q", got)
	}
}
