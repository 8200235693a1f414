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
