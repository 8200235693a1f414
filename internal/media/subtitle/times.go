package subtitle

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const arrow = "-->"

var (
	// anyTime is a time as people write it: hours may be missing, and the
	// fraction may follow a comma or a point.
	anyTime = regexp.MustCompile(`^(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,9}))?$`)
	// exactTime is a WebVTT timestamp (WebVTT, 4.1).
	exactTime = regexp.MustCompile(`^(?:(\d{2,4}):)?(\d{2}):(\d{2})\.(\d{3})$`)
)

// parseTime reads a time of the given form, in whole milliseconds.
func parseTime(form *regexp.Regexp, text string) (time.Duration, bool) {
	m := form.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	hours, minutes, seconds := number(m[1]), number(m[2]), number(m[3])
	if minutes > 59 || seconds > 59 {
		return 0, false
	}
	at := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute + time.Duration(seconds)*time.Second
	return at + fraction(m[4]), true
}

// number is what at most nine digits say; 0 for none.
func number(digits string) int {
	n, _ := strconv.Atoi(digits) // only called with digits, or with nothing
	return n
}

// fraction is the part of a second that decimals say, in whole milliseconds.
func fraction(digits string) time.Duration {
	if digits == "" {
		return 0
	}
	digits = (digits + "000000000")[:9]
	return time.Duration(number(digits)).Round(time.Millisecond)
}

// parseTiming reads "start --> end rest". Its error has no line yet.
func parseTiming(form *regexp.Regexp, line string) (start, end time.Duration, rest string, err error) {
	left, right, _ := strings.Cut(line, arrow)
	left = strings.TrimSpace(left)
	right = strings.TrimSpace(right)
	last, rest := right, ""
	if at := strings.IndexAny(right, " \t"); at >= 0 {
		last, rest = right[:at], strings.TrimSpace(right[at:])
	}
	if last == "" {
		return 0, 0, "", badLine(0, "no end time stands after %s", arrow)
	}
	for _, t := range []struct {
		text string
		at   *time.Duration
	}{{left, &start}, {last, &end}} {
		at, ok := parseTime(form, t.text)
		if !ok {
			return 0, 0, "", badLine(0, "%s is no time such as 00:01:02%s", quote(t.text), exampleFraction(form))
		}
		*t.at = at
	}
	if end < start {
		return 0, 0, "", badLine(0, "the end %s is before the start %s", last, left)
	}
	return start, end, rest, nil
}

func exampleFraction(form *regexp.Regexp) string {
	if form == exactTime {
		return ".500"
	}
	return ",500"
}

// timestamp writes a time as WebVTT has it, always with hours.
func timestamp(at time.Duration) string {
	ms := at.Milliseconds()
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, ms%1000)
}
