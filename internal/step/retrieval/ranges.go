package retrieval

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// datesApart is how much older than the answer a Last-Modified has to be to
// count as a strong validator (RFC 9110, 8.8.2.2), clocks being what they are.
const datesApart = time.Minute

// strongValidator is what to send as If-Range (RFC 9110, 13.1.5); empty when
// the header has nothing that surely identifies these bytes, or the server
// says that it has no ranges.
func strongValidator(h http.Header) string {
	if strings.EqualFold(h.Get("Accept-Ranges"), "none") {
		return ""
	}
	if tag := h.Get("ETag"); tag != "" {
		if strings.HasPrefix(tag, `"`) {
			return tag
		}
		return "" // weak, or not an entity tag
	}
	modified, err := http.ParseTime(h.Get("Last-Modified"))
	if err != nil {
		return ""
	}
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil || date.Sub(modified) < datesApart {
		return ""
	}
	return h.Get("Last-Modified")
}

// sameVersion tells whether a part belongs to the version of the file that has
// the validator: there are servers that ignore If-Range, and parts may only be
// put together if they have the same strong validator (RFC 9110, 15.3.7.3). A
// part has the entity tag that the whole has, but needs no Last-Modified
// (15.3.7).
func sameVersion(validator string, part http.Header) bool {
	if strings.HasPrefix(validator, `"`) {
		return part.Get("ETag") == validator
	}
	modified := part.Get("Last-Modified")
	return part.Get("ETag") == "" && (modified == "" || modified == validator)
}

// contentRange reads "bytes first-last/total" (RFC 9110, 14.4). total is
// negative when it is given as unknown.
func contentRange(text string) (first, total int64, ok bool) {
	text, ok = strings.CutPrefix(text, "bytes ")
	if !ok {
		return 0, 0, false
	}
	span, length, ok := strings.Cut(text, "/")
	if !ok {
		return 0, 0, false
	}
	from, _, ok := strings.Cut(span, "-")
	if !ok {
		return 0, 0, false
	}
	first, err := strconv.ParseInt(from, 10, 64)
	if err != nil || first < 0 {
		return 0, 0, false
	}
	if length == "*" {
		return first, -1, true
	}
	total, err = strconv.ParseInt(length, 10, 64)
	return first, total, err == nil && total >= 0
}
