package page

import (
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// momentForm is how fields of the type datetime-local have a time, which knows
// no zone: those of pages are in UTC.
const momentForm = "2006-01-02T15:04"

// Moment is a time as a field has it, empty for none.
func Moment(t time.Time) string {
	switch t = t.UTC(); {
	case t.IsZero():
		return ""
	case t.Equal(t.Truncate(time.Minute)):
		return t.Format(momentForm)
	}
	return t.Format(momentForm + ":05.999")
}

// ParseMoment reads what a field was given; empty is no time. Its error is an
// Invalid fault.
func ParseMoment(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{momentForm, momentForm + ":05"} { // A fraction is taken without being named.
		if t, err := time.Parse(form, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, vod.Faultf(vod.Invalid, "%q is no time such as 2026-12-01T06:00, in UTC.", text)
}
