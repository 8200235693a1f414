package conformance

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// row is an item of a list, as it came.
type row struct {
	*value
	from *answer
}

func (r row) id() string     { return r.get("ingestId").str() }
func (r row) status() string { return r.get("status").str() }

// start is the zero time where startTime is none.
func (r row) start() time.Time { return moment(r.get("startTime")) }

// settled rows change no more, unless someone takes them up again.
func (r row) settled() bool { return r.get("endTime").is("string") }

func (r row) String() string {
	return fmt.Sprintf("ingest %s (asset %s, profile %s, %s, startTime %s)", short(r.id()),
		short(r.get("assetId").String()), short(r.get("profileName").String()), short(r.status()), short(r.get("startTime").String()))
}

// before tells whether r stands before other in a list: newest first, ties by
// ingestId descending.
func (r row) before(other row) bool {
	if a, b := r.start(), other.start(); !a.Equal(b) {
		return a.After(b)
	}
	return r.id() > other.id()
}

var isoTime = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$`)

// moment reads a time leniently; the form of times has checks of its own.
func moment(v *value) time.Time {
	t, err := time.Parse(time.RFC3339, v.str())
	if err != nil {
		return time.Time{}
	}
	return t
}

func isTime(v *value) bool { return isoTime.MatchString(v.str()) && !moment(v).IsZero() }

// stamp writes a time as the API does.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// page is an answer that has items.
type page struct {
	*answer
	rows   []row
	cursor string // "" for the last page
}

// asPage reads a 200 with items of objects that have an ingestId.
func asPage(a *answer) (page, bool) {
	p := page{answer: a, cursor: a.json.get("cursor").str()}
	items := a.json.get("items")
	if a.err != nil || a.status != http.StatusOK || !items.is("array") {
		return p, false
	}
	for _, item := range items.list() {
		if item.get("ingestId").str() == "" {
			return p, false
		}
		p.rows = append(p.rows, row{item, a})
	}
	return p, true
}

// wanted says what asPage wants.
const wantedList = "200 with a JSON object whose items are an array of ingests"

func ids(rows []row) []string {
	list := make([]string, len(rows))
	for i, r := range rows {
		list[i] = r.id()
	}
	return list
}

func brief(ids []string) string {
	const most = 6
	if len(ids) == 0 {
		return "none"
	}
	if len(ids) > most {
		return fmt.Sprintf("%s … (%d)", strings.Join(ids[:most], " "), len(ids))
	}
	return strings.Join(ids, " ")
}

// inOrder gives the first pair that stands the wrong way round.
func inOrder(rows []row, wrong func(a, b row) bool) (a, b row, ok bool) {
	for i := 1; i < len(rows); i++ {
		if wrong(rows[i-1], rows[i]) {
			return rows[i-1], rows[i], false
		}
	}
	return row{}, row{}, true
}

// cursorText is what the page has in a cursor that leads to what follows.
func cursorText(start, id string) string {
	return fmt.Sprintf(`{"startTime":%s,"ingestId":%s}`, &value{kind: '"', text: start}, &value{kind: '"', text: id})
}

func cursorAfter(r row) string {
	return base64.StdEncoding.EncodeToString([]byte(cursorText(r.get("startTime").str(), r.id())))
}

// distinct gives the values of a member, the most frequent last.
func distinct(rows []row, name string) []string {
	count := map[string]int{}
	var values []string
	for _, r := range rows {
		v := r.get(name).str()
		if v == "" {
			continue
		}
		if count[v]++; count[v] == 1 {
			values = append(values, v)
		}
	}
	slices.SortStableFunc(values, func(a, b string) int { return count[a] - count[b] })
	return values
}
