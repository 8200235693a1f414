package subtitle

import (
	"encoding/xml"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ttmlClock are the parameters by which times in TTML are read (TTML 2, 7.2).
type ttmlClock struct {
	smpte    bool    // hours, minutes and seconds count frames, too
	nominal  int     // frames in a second as they are counted
	frames   float64 // frames in a real second
	subs     int     // sub-frames in a frame
	ticks    float64 // a second
	dropMode string  // "dropNTSC", "dropPAL" or ""
}

func newClock(attrs []xml.Attr) ttmlClock {
	c := ttmlClock{nominal: 30, subs: 1}
	value := map[string]string{}
	for _, a := range attrs {
		value[a.Name.Local] = strings.TrimSpace(a.Value)
	}
	rated := false
	if n, err := strconv.Atoi(value["frameRate"]); err == nil && n > 0 && n <= 1000 {
		c.nominal, rated = n, true
	}
	if n, err := strconv.Atoi(value["subFrameRate"]); err == nil && n > 0 && n <= 1000 {
		c.subs = n
	}
	c.frames = float64(c.nominal) * multiplier(value["frameRateMultiplier"])
	c.ticks = 1
	if rated {
		c.ticks = c.frames * float64(c.subs)
	}
	if n, err := strconv.ParseFloat(value["tickRate"], 64); err == nil && n > 0 && n <= 1e10 {
		c.ticks = n
	}
	c.smpte, c.dropMode = value["timeBase"] == "smpte", value["dropMode"]
	return c
}

// multiplier reads ttp:frameRateMultiplier, "1000 1001" or, as old files have
// it, "1000:1001".
func multiplier(text string) float64 {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ':' })
	if len(parts) != 2 {
		return 1
	}
	num, err1 := strconv.ParseFloat(parts[0], 64)
	den, err2 := strconv.ParseFloat(parts[1], 64)
	if m := num / den; err1 == nil && err2 == nil && m > 0.1 && m < 10 {
		return m
	}
	return 1
}

var (
	clockTime  = regexp.MustCompile(`^(\d{1,3}):(\d{2}):(\d{2})(?:[.,](\d{1,9})|[:;](\d{1,3})(?:\.(\d{1,3}))?)?$`)
	offsetTime = regexp.MustCompile(`^(\d{1,16}(?:\.\d{1,9})?)(h|ms|m|s|f|t)$`)
)

// parse reads a time expression (TTML 2, 12.3.1).
func (c ttmlClock) parse(text string) (time.Duration, bool) {
	text = strings.TrimSpace(text)
	seconds, ok := c.offset(text)
	if !ok {
		seconds, ok = c.clock(text)
	}
	if !ok || seconds > maxTime.Seconds() {
		return 0, false
	}
	return time.Duration(math.Round(seconds*1000)) * time.Millisecond, true
}

func (c ttmlClock) offset(text string) (seconds float64, ok bool) {
	m := offsetTime.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	value, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return 0, false
	}
	switch m[2] {
	case "h":
		return value * 3600, true
	case "m":
		return value * 60, true
	case "s":
		return value, true
	case "ms":
		return value / 1000, true
	case "f":
		return value / c.frames, true
	}
	return value / c.ticks, true
}

func (c ttmlClock) clock(text string) (seconds float64, ok bool) {
	m := clockTime.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	hours, minutes, whole := number(m[1]), number(m[2]), number(m[3])
	frames := float64(number(m[5])) + float64(number(m[6]))/float64(c.subs)
	if minutes > 59 || whole > 60 || m[5] != "" && frames >= float64(c.nominal) { // 60 is a leap second
		return 0, false
	}
	total := 3600*hours + 60*minutes + whole
	if !c.smpte || m[4] != "" {
		return float64(total) + fraction(m[4]).Seconds() + frames/c.frames, true
	}
	counted := float64(total*c.nominal) + frames - float64(c.dropped(hours, minutes))
	return counted / c.frames, true
}

// dropped is how many frame numbers were left out up to then (TTML 2, 12.3.2).
func (c ttmlClock) dropped(hours, minutes int) int {
	switch c.dropMode {
	case "dropNTSC":
		return (hours*54 + minutes - minutes/10) * 2
	case "dropPAL":
		return (hours*27 + minutes/2 - minutes/20) * 4
	}
	return 0
}
