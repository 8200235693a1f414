package problem

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), "PATCH", "/uploads/a%20b?token=secret", nil)
	Write(w, r, Document{Status: 423, Detail: `The offset is <7>, not "5".`, ErrorID: "e1"})
	want := `{"type":"about:blank","title":"Locked","status":423,"detail":"The offset is <7>, not \"5\".",` +
		`"instance":"/uploads/a%20b","code":"locked","errorId":"e1"}` + "\n"
	if got := w.Body.String(); got != want {
		t.Errorf("body %s, want %s", got, want)
	}
	if w.Code != 423 {
		t.Errorf("status %d, want 423", w.Code)
	}
	for key, value := range map[string]string{
		"Content-Type": ContentType, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
	} {
		if got := w.Header().Get(key); got != value {
			t.Errorf("%s: %q, want %q", key, got, value)
		}
	}
}

func TestFromError(t *testing.T) {
	t.Parallel()
	problems := []vod.FieldProblem{{Path: "/encoding/0", Message: "has no type"}}
	fault := &vod.Fault{Code: vod.Unusable, Message: "Bad profile.", Problems: problems}
	want := Document{Status: 422, Detail: "Bad profile.", Code: vod.Unusable, Problems: problems}
	if diff := cmp.Diff(want, FromError(fmt.Errorf("apply: %w", fault))); diff != "" {
		t.Error(diff)
	}
	inner := FromError(errors.New("password hunter2 is wrong"))
	if inner.Status != 500 || inner.Detail == "" || inner.Problems != nil {
		t.Errorf("internal error became %+v", inner)
	}
}

func TestStatusKnowsEveryCode(t *testing.T) {
	t.Parallel()
	codes := map[vod.Code]int{
		vod.Invalid: 400, vod.Forbidden: 403, vod.NotFound: 404, vod.Conflict: 409, vod.TooLarge: 413,
		vod.Unsupported: 415, vod.Unusable: 422, vod.Unavailable: 503, "other": 500,
	}
	for code, want := range codes {
		if got := Status(code); got != want {
			t.Errorf("%s: %d, want %d", code, got, want)
		}
	}
}
