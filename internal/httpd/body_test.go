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
	data, err := bodyRule{limit: maxBody}.readAll(w, r, newBodyRoom().place())
	if err != nil || string(data) != "{}" {
		t.Errorf("%s, %v", data, err)
	}
	if len(w.deadlines) != 2 || time.Until(w.deadlines[0]) <= 0 || !w.deadlines[1].IsZero() {
		t.Errorf("deadlines %v", w.deadlines)
	}
}

// A type beside another one, or with parameters that cannot be read, is none.
func TestBodyHasOneType(t *testing.T) {
	t.Parallel()
	s := setup(t, &memory{}, nil)
	s.send(t, "POST", "/ingests", "{}", "Content-Type", "application/json; charset=").is(t, 415, "must be application/json")
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/ingests", strings.NewReader("{}"))
	r.Header["Content-Type"] = []string{"application/json", "text/plain"}
	if got := givenType(r); got != "" {
		t.Errorf("two types are %s", got)
	}
}

// What a client made up is told back in bounds, and without what a terminal
// obeys.
func TestShown(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"a": "a", "a\x1bb": "a\ufffdb", "\u202ea": "\ufffda", "\xff": "\ufffd", strings.Repeat("a", 300): strings.Repeat("a", 200) + "…", strings.Repeat("é", 101): strings.Repeat("é", 100) + "…",
	} {
		if got := shown(given); got != want {
			t.Errorf("%q became %q", given, got)
		}
	}
}
