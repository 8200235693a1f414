package ffmpeg

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Loudness is what the filter ebur128 measured of a whole track, as EBU R 128
// and ITU-R BS.1770 define it.
type Loudness struct {
	Integrated float64 // LUFS, -70 (nothing above the gate) to 10
	TruePeak   float64 // dBTP, -200 to 200
}

// maxSummaries bounds how many summaries of a log are read.
const maxSummaries = 4096

var (
	summaryHead = regexp.MustCompile(`^\[ebur128@([A-Za-z0-9_]{1,32}) @ 0x[0-9a-f]+\] (?:\[info\] )?Summary:`)
	summaryLine = regexp.MustCompile(`^ +(I|Peak): +(-?(?:inf|[0-9]{1,3}\.[0-9]))(?: LUFS| dBFS)$`)
)

// ParseLoudness reads the summaries of instances of the filter ebur128 from a
// log at level info, by the name of the instance (ebur128@name). Summaries of
// silence are left out: ffmpeg writes one for every graph before it begins. A
// name has several where the graph was built anew midway.
func ParseLoudness(log string) map[string][]Loudness {
	found := map[string][]Loudness{}
	name := ""
	var integrated *float64
	summaries := 0
	for line := range strings.Lines(log) {
		line = strings.TrimRight(line, "\r\n")
		if m := summaryHead.FindStringSubmatch(line); m != nil {
			name, integrated = m[1], nil
			if summaries++; summaries > maxSummaries {
				break
			}
			continue
		}
		m := summaryLine.FindStringSubmatch(line)
		if name == "" || m == nil {
			continue
		}
		value, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			continue
		}
		if m[1] == "I" {
			integrated = &value
			continue
		}
		if integrated != nil && *integrated > -70 && *integrated <= 10 && !math.IsInf(value, 0) && math.Abs(value) <= 200 {
			found[name] = append(found[name], Loudness{Integrated: *integrated, TruePeak: value})
		}
		name, integrated = "", nil
	}
	return found
}
