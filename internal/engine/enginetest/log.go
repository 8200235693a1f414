package enginetest

import (
	"bytes"
	"log/slog"
	"sync"
	"testing"
)

// logOf gives a log that is shown when the case has failed.
func logOf(t testing.TB) *slog.Logger {
	w := &kept{}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the log:\n%s", w)
		}
	})
	return slog.New(slog.NewTextHandler(w, nil))
}

// kept keeps what is written. It is safe for concurrent use.
type kept struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements [io.Writer].
func (k *kept) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.text.Write(p)
}

// String gives all of it.
func (k *kept) String() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.text.String()
}
