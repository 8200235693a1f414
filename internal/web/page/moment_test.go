package page

import (
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestMoment(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		"":                        {},
		"2026-12-01T06:00":        time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC),
		"2026-12-01T06:00:05":     time.Date(2026, 12, 1, 6, 0, 5, 0, time.UTC),
		"2026-12-01T06:00:05.123": time.Date(2026, 12, 1, 6, 0, 5, 123_000_000, time.UTC),
	} {
		got, err := ParseMoment(text)
		if err != nil || !got.Equal(want) {
			t.Errorf("%q is %s, %v", text, got, err)
		}
		if again := Moment(want.In(time.FixedZone("", 3600))); !want.IsZero() && again != text {
			t.Errorf("%s is written %q", want, again)
		}
	}
	if Moment(time.Time{}) != "" {
		t.Error("no time is written as one")
	}
	for _, text := range []string{"soon", "2026-12-01", "2026-12-01T06:00Z"} {
		if _, err := ParseMoment(text); vod.CodeOf(err) != vod.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}
