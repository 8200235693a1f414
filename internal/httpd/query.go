package httpd

import (
	"net/url"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// queryRule names the query parameters of a route. The value tells whether a
// parameter may be given more than once.
type queryRule map[string]bool

// queryRules gives the rule of every route with query parameters; the others
// take none. A test holds it against api/openapi.yaml.
func queryRules() map[string]queryRule {
	return map[string]queryRule{
		"GET /ingests": {
			"assetId": false, "ingestId": false, "profileName": false, "profileVersionId": false, "text": false, "status": true,
			"fromDate": false, "toDate": false, "limit": false, "cursor": false,
		},
		"POST /ingests": {"dryRun": false},
		"GET /audit": {
			"subject": false, "action": false, "target": false, "assetId": false,
			"fromDate": false, "toDate": false, "limit": false, "cursor": false,
		},
		"GET /events":          {"ingestId": false, "assetId": false},
		"GET /statistics":      {"fromDate": false, "toDate": false, "profileName": false},
		"GET /profiles/{name}": {"versionId": false},
		"PUT /profiles/{name}": {"dryRun": false},
	}
}

// check refuses a query with a parameter that the route does not know, or that
// is empty, given twice or no text. A mistyped filter must not look like an
// answer.
func (q queryRule) check(raw string) error {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return vod.Faultf(vod.Invalid, "The query is malformed: in a value, write %% as %%25 and ; as %%3B.")
	}
	for name, given := range values {
		many, known := q[name]
		switch {
		case !known:
			return badParameter(name, "is not known here")
		case len(given) > 1 && !many:
			return badParameter(name, "may be given only once")
		}
		for _, value := range given {
			if value == "" {
				return badParameter(name, "must not be empty")
			}
			if !isText(value) {
				return badParameter(name, "must be UTF-8 text without control characters")
			}
		}
	}
	return nil
}

// parseMoment reads fromDate and toDate: RFC 3339, or a date for the start of
// that UTC day. Bounds are raised to whole milliseconds, the precision of
// startTime, which keeps both "at or after" and "before" exact.
func parseMoment(name string, value *string) (time.Time, error) {
	if value == nil {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, *value)
	if err != nil {
		t, err = time.Parse(time.RFC3339, *value)
	}
	if err != nil {
		return time.Time{}, badParameter(name,
			"must be a date such as 2021-12-08, or a time such as 2021-12-08T10:50:21.481Z (write + as %2B)")
	}
	if !inYears(t) {
		return time.Time{}, badParameter(name, "must be within the years 1 to 9999")
	}
	whole := vod.Millis(t)
	if whole.Before(t) {
		whole = whole.Add(time.Millisecond)
	}
	return whole, nil
}

// inYears tells whether a time can be written as the API does it, with a year
// of four digits (RFC 3339 section 5.6): an offset can lead out of them.
func inYears(t time.Time) bool {
	year := t.UTC().Year()
	return year >= 1 && year <= 9999
}

// parseStatuses reads the values of status, each of which may be several with
// commas between them.
func parseStatuses(values *[]api.IngestStatus) ([]vod.IngestStatus, error) {
	if values == nil {
		return nil, nil
	}
	var statuses []vod.IngestStatus
	for _, value := range *values {
		for name := range strings.SplitSeq(string(value), ",") {
			status, err := parseStatus(name)
			if err != nil {
				return nil, err
			}
			statuses = append(statuses, status)
		}
	}
	return statuses, nil
}

func parseStatus(name string) (vod.IngestStatus, error) {
	var known []string
	for _, status := range vod.IngestStatuses() {
		if name == string(status) {
			return status, nil
		}
		known = append(known, string(status))
	}
	return "", badParameter("status", "must be of "+strings.Join(known, ", "))
}
