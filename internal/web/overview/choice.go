package overview

import (
	"net/url"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/statistics"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// span is a range that ends now.
type span struct {
	name   string // stands in the address, and in the key of its text
	length time.Duration
}

// spans are those to choose from.
func spans() []span {
	return []span{
		{"6h", 6 * time.Hour}, {"24h", statistics.Day}, {"7d", 7 * statistics.Day}, {"30d", 30 * statistics.Day}, {"90d", 90 * statistics.Day},
	}
}

// usual is the span of an address that names none.
const usual = "24h"

// minuteForm is how a field for date and time writes its value (HTML, "local
// date and time"); here it is UTC.
const minuteForm = "2006-01-02T15:04"

// choice is what the address says.
type choice struct {
	span     string // empty: from and to
	from, to time.Time
	profile  string
}

func choiceOf(query url.Values) (c choice, err error) {
	c = choice{span: query.Get("range"), profile: query.Get("profileName")}
	if c.from, err = moment("from", query.Get("from")); err != nil {
		return c, err
	}
	if c.to, err = moment("to", query.Get("to")); err != nil {
		return c, err
	}
	if c.span == "" && c.from.IsZero() && c.to.IsZero() {
		c.span = usual
	}
	if c.span != "" && c.length() == 0 {
		return c, vod.Faultf(vod.Invalid, "range must be 6h, 24h, 7d, 30d or 90d.")
	}
	return c, nil
}

// moment reads a time of UTC; zero for none.
func moment(name, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{minuteForm, time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, vod.Faultf(vod.Invalid, "%s must be a time of UTC such as 2026-11-23T08:30.", name)
}

func (c choice) length() time.Duration {
	for _, s := range spans() {
		if s.name == c.span {
			return s.length
		}
	}
	return 0
}

// query is what the choice asks of the use cases.
func (c choice) query(now time.Time) statistics.Query {
	if c.span != "" {
		return statistics.Query{From: now.Add(-c.length()), To: now, Profile: c.profile}
	}
	return statistics.Query{From: c.from, To: c.to, Profile: c.profile}
}

// address is the query of the address that stands for the choice.
func (c choice) address() string {
	v := url.Values{}
	set := func(key, value string) {
		if value != "" {
			v.Set(key, value)
		}
	}
	set("profileName", c.profile)
	if c.span != "" {
		set("range", c.span)
		return "?" + v.Encode()
	}
	set("from", field(c.from))
	set("to", field(c.to))
	return "?" + v.Encode()
}

func field(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(minuteForm)
}
