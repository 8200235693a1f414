package ffmpeg

import (
	"strings"
	"sync"
)

// maxLog is how much of a program's log is kept, in bytes.
const maxLog = 16 << 10

// tail is a writer that keeps the last max bytes. It is safe for concurrent
// use.
type tail struct {
	max int

	mu  sync.Mutex
	buf []byte
	cut bool
}

// Write implements io.Writer. It never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - t.max; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
		t.cut = true
	}
	return len(p), nil
}

// String gives the kept text as valid UTF-8, from the start of a line.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := string(t.buf)
	if t.cut {
		if _, rest, found := strings.Cut(text, "\n"); found {
			text = rest
		}
	}
	return strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD"))
}

// end gives at most the last n bytes of the kept text, as valid UTF-8.
func (t *tail) end(n int) string {
	text := t.String()
	if over := len(text) - n; over > 0 {
		return strings.ToValidUTF8(text[over:], "")
	}
	return text
}
