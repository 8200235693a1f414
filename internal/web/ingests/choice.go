package ingests

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// The parameters of the API's list, by the names that they have there.
const (
	byStatus  = "status"
	byAsset   = "assetId"
	byIngest  = "ingestId"
	byProfile = "profileName"
	byVersion = "profileVersionId"
	byFrom    = "fromDate"
	byTo      = "toDate"
	byText    = "text"
)

// singles are the parameters with one value, in the order of the form.
func singles() []string {
	return []string{byText, byAsset, byIngest, byProfile, byVersion, byFrom, byTo}
}

// maxText and maxName are the longest values, in characters: that of the API's
// text, and that of ids and names.
const (
	maxText = 200
	maxName = 255
)

// choice is what an address selects.
type choice struct {
	Filter store.IngestFilter
	// Given are the parameters with one value as they stand in the address, be
	// they good or not; Problems has the key of a text for each that is not, and
	// that selects nothing away.
	Given    map[string]string
	Problems map[string]string
}

// choiceOf reads the query of an address. Parameters that are empty, as forms
// send them, are not there.
func choiceOf(query url.Values) choice {
	c := choice{Given: map[string]string{}, Problems: map[string]string{}}
	for _, name := range singles() {
		if value := query.Get(name); strings.TrimSpace(value) != "" {
			c.Given[name] = value
			if problem := c.take(name, value); problem != "" {
				c.Problems[name] = problem
			}
		}
	}
	if c.Filter.ProfileVersion != 0 && c.Filter.ProfileName == "" {
		c.Filter.ProfileVersion = 0
		c.Problems[byVersion] = "ingests.bad.version"
	}
	for _, values := range query[byStatus] {
		for name := range strings.SplitSeq(values, ",") {
			c.takeStatus(vod.IngestStatus(name))
		}
	}
	return c
}

// take sets the field of the filter; it gives the key of what is wrong.
func (c *choice) take(name, value string) (problem string) {
	if !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl) {
		return "ingests.bad.characters"
	}
	most := maxName
	if name == byText {
		most = maxText
	}
	if utf8.RuneCountInString(value) > most {
		return "ingests.bad.long"
	}
	f := &c.Filter
	switch name {
	case byText:
		f.Text = strings.TrimSpace(value)
	case byAsset:
		f.AssetID = value
	case byIngest:
		f.IngestID = strings.TrimSpace(value)
	case byProfile:
		f.ProfileName = value
	case byVersion:
		id, err := strconv.ParseInt(value, 10, 64)
		if err != nil || id < 1 {
			return "ingests.bad.version"
		}
		f.ProfileVersion = id
	case byFrom:
		return moment(&f.From, value)
	case byTo:
		return moment(&f.To, value)
	}
	return ""
}

func (c *choice) takeStatus(status vod.IngestStatus) {
	switch {
	case status == "" || slices.Contains(c.Filter.Statuses, status):
	case slices.Contains(vod.IngestStatuses(), status):
		c.Filter.Statuses = append(c.Filter.Statuses, status)
	default:
		c.Problems[byStatus] = "ingests.bad.status"
	}
}

// moment reads a time as the API takes it: RFC 3339, or a date for the start of
// that UTC day. It is raised to whole milliseconds.
func moment(at *time.Time, value string) (problem string) {
	value = strings.TrimSpace(value)
	t, err := time.Parse(time.DateOnly, value)
	if err != nil {
		t, err = time.Parse(time.RFC3339, value)
	}
	if year := t.UTC().Year(); err != nil || year < 1 || year > 9999 {
		return "ingests.bad.moment"
	}
	*at = vod.Millis(t.Add(time.Millisecond - time.Nanosecond))
	return ""
}

// query is what of an address selects something, in one form for all addresses
// that select the same.
func (c choice) query() url.Values {
	v := url.Values{}
	for _, status := range vod.IngestStatuses() {
		if c.Has(status) {
			v.Add(byStatus, string(status))
		}
	}
	for name, value := range c.Given {
		if c.Problems[name] == "" {
			v.Set(name, value)
		}
	}
	return v
}

// without is the query without a parameter; one value of it, if one is named.
func (c choice) without(name, value string) url.Values {
	v := c.query()
	kept := slices.DeleteFunc(v[name], func(v string) bool { return v == value || value == "" })
	v.Del(name)
	for _, k := range kept {
		v.Add(name, k)
	}
	if name == byProfile {
		v.Del(byVersion)
	}
	return v
}

// Has tells whether the status is one of those chosen.
func (c choice) Has(status vod.IngestStatus) bool { return slices.Contains(c.Filter.Statuses, status) }

// any tells whether the choice selects anything away.
func (c choice) any() bool { return len(c.query()) > 0 }

// selects tells whether an ingest that was listed still belongs to the choice.
// Of what is chosen by, only the status changes, and the error: one that was
// found by an error that a retry took away stays.
func (c choice) selects(in vod.Ingest) bool {
	return len(c.Filter.Statuses) == 0 || c.Has(in.Status)
}
