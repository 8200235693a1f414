// Package vtt reads WebVTT of anybody, as far as players rely on it: signature,
// header, timestamp map of HLS, cue timings. It tells all faults with their lines
// and goes on; what stands in the text of cues is the matter of
// [subtitle.ParseWebVTT], which stops at the first deviation from what authors
// may write.
package vtt

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/via-orchestrate/orchestrate/internal/media/subtitle"
)

// Limits against hostile files: what is published has to be within them.
const (
	MaxSize     = subtitle.MaxSize
	maxCues     = subtitle.MaxCues
	maxProblems = 20
)

// File is a WebVTT file.
type File struct {
	Cues     []Cue
	Map      *Map // X-TIMESTAMP-MAP; nil where it is missing
	Problems []Problem
}

// Cue is shown from Start to End, in seconds of the file's own time.
type Cue struct {
	Line       int
	Start, End float64
	Text       string
}

// Map relates the times of the file to those of the media (RFC 8216, 3.5).
type Map struct {
	Local float64 // seconds
	MPEG  int64   // in 1/90000 s
}

// Offset is what has to be added to times of the file, in seconds.
func (m *Map) Offset() float64 {
	if m == nil {
		return 0
	}
	return float64(m.MPEG)/90000 - m.Local
}

// Problem is a fault of the text.
type Problem struct {
	Line int // from 1
	Text string
}

const stamp = `(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})`

var (
	timing = regexp.MustCompile(`^` + stamp + `[ \t]+-->[ \t]+` + stamp + `(?:[ \t]+.*)?$`)
	local  = regexp.MustCompile(`LOCAL:` + stamp)
	mpegts = regexp.MustCompile(`MPEGTS:(\d{1,12})`)
)

// Parse reads a file. It keeps going after a fault.
func Parse(text []byte) *File {
	out := &File{}
	if len(text) > MaxSize {
		out.problem(1, "it has %d bytes; at most %d are read", len(text), MaxSize)
		return out
	}
	if !utf8.Valid(text) {
		out.problem(1, "it is not UTF-8")
	}
	normal := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(string(text), "\ufeff"))
	lines := strings.Split(normal, "\n")
	if first := lines[0]; first != "WEBVTT" && !strings.HasPrefix(first, "WEBVTT ") && !strings.HasPrefix(first, "WEBVTT\t") {
		out.problem(1, "the first line is not WEBVTT")
	}
	at := 1
	for ; at < len(lines) && lines[at] != ""; at++ {
		if rest, ok := strings.CutPrefix(lines[at], "X-TIMESTAMP-MAP="); ok {
			out.readMap(at+1, rest)
		} else if strings.Contains(lines[at], "-->") {
			out.problem(at+1, "there is no empty line between the header and the first cue")
			break
		}
	}
	for at < len(lines) {
		if lines[at] == "" {
			at++
			continue
		}
		end := at
		for end < len(lines) && lines[end] != "" {
			end++
		}
		out.block(at+1, lines[at:end])
		at = end
	}
	return out
}

func (f *File) problem(line int, format string, args ...any) {
	if len(f.Problems) < maxProblems {
		f.Problems = append(f.Problems, Problem{line, fmt.Sprintf(format, args...)})
	}
}

func (f *File) readMap(line int, text string) {
	l, m := local.FindStringSubmatch(text), mpegts.FindStringSubmatch(text)
	if l == nil || m == nil {
		f.problem(line, "X-TIMESTAMP-MAP is not LOCAL:<time>,MPEGTS:<number>")
		return
	}
	ticks, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		f.problem(line, "X-TIMESTAMP-MAP has a number that is out of range")
		return
	}
	f.Map = &Map{Local: seconds(l[1:]), MPEG: ticks}
}

// block reads a cue; comments, styles and regions are left alone.
func (f *File) block(line int, lines []string) {
	for _, kind := range []string{"NOTE", "STYLE", "REGION"} {
		if lines[0] == kind || strings.HasPrefix(lines[0], kind+" ") {
			return
		}
	}
	if !strings.Contains(lines[0], "-->") { // the cue has an identifier
		line++
		lines = lines[1:]
		if len(lines) == 0 || !strings.Contains(lines[0], "-->") {
			f.problem(line-1, "a block is neither a cue nor a comment")
			return
		}
	}
	m := timing.FindStringSubmatch(lines[0])
	if m == nil {
		f.problem(line, "%q is no cue timing", shorten(lines[0]))
		return
	}
	cue := Cue{Line: line, Start: seconds(m[1:5]), End: seconds(m[5:9]), Text: strings.Join(lines[1:], "\n")}
	if cue.End <= cue.Start {
		f.problem(line, "the cue ends at %.3f s, before it starts at %.3f s", cue.End, cue.Start)
		return
	}
	for i, l := range lines[1:] {
		if strings.Contains(l, "-->") {
			f.problem(line+1+i, "there is an arrow in the text of a cue")
		}
	}
	if len(f.Cues) < maxCues {
		f.Cues = append(f.Cues, cue)
	}
}

// seconds adds up hours, minutes, seconds and milliseconds.
func seconds(m []string) float64 {
	total := 0.0
	for i, unit := range []float64{3600, 60, 1, 0.001} {
		if n, err := strconv.ParseFloat(m[i], 64); err == nil {
			total += n * unit
		}
	}
	return total
}

func shorten(text string) string {
	if len(text) > 60 {
		return text[:60] + "…"
	}
	return text
}
