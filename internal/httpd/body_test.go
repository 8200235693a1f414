package httpd

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// timed is an answer whose connection has deadlines.
type timed struct {
	*httptest.ResponseRecorder
	deadlines []time.Time
}

func (w *timed) SetReadDeadline(t time.Time) error {
	w.deadlines = append(w.deadlines, t)
	return nil
}

// TestBodyHasALimitInTime: while it is read, and no longer, as the end of the
// connection would then look like that of the caller.
func TestBodyHasALimitInTime(t *testing.T) {
	t.Parallel()
	w := &timed{ResponseRecorder: httptest.NewRecorder()}
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/ingests", strings.NewReader("{}"))
	if data, err := readAll(w, r, maxBody); err != nil || string(data) != "{}" {
		t.Errorf("%s, %v", data, err)
	}
	if len(w.deadlines) != 2 || time.Until(w.deadlines[0]) <= 0 || !w.deadlines[1].IsZero() {
		t.Errorf("deadlines %v", w.deadlines)
	}
}
