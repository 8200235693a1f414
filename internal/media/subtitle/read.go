package subtitle

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// Read reads a subtitle file of any of the formats, which is told by what is in
// it. language is what the file is known to be in, BCP 47, and only helps to
// read encodings older than UTF-8; "" if it is not known. The error is a
// [LineError], or that of r.
func Read(r io.Reader, language string) (Track, error) {
	data, err := readAll(r)
	if err != nil {
		return Track{}, err
	}
	if what := binary(data); what != "" {
		return Track{}, badLine(0, "the file is %s; SRT, WebVTT and TTML are read", what)
	}
	text, remark, err := decode(data, language)
	if err != nil {
		return Track{}, err
	}
	track, err := readText(text)
	if err == nil && remark != "" {
		track.Remarks = append([]string{remark}, track.Remarks...)
	}
	return track, err
}

// ParseWebVTT reads a WebVTT file or segment as strictly as the specification
// asks authors to write it: every deviation is a [LineError]. A file without any
// cue is fine.
func ParseWebVTT(r io.Reader) (Track, error) {
	data, err := readAll(r)
	if err != nil {
		return Track{}, err
	}
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	if line := invalidLine(data); line > 0 {
		return Track{}, badLine(line, "the text is not UTF-8, which WebVTT asks for")
	}
	return readWebVTT(string(data), true)
}

func readText(text string) (Track, error) {
	head := strings.TrimLeft(text[:min(len(text), 4<<10)], " \t\r\n")
	switch {
	case isWebVTT(head):
		return readWebVTT(strings.TrimLeft(text, " \t\r\n"), false)
	case strings.HasPrefix(head, "<"):
		return readTTML(text)
	}
	if what := otherText(head); what != "" {
		return Track{}, badLine(1, "the file is %s; SRT, WebVTT and TTML are read", what)
	}
	return readSRT(text)
}

func readAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read subtitles: %w", err)
	}
	if len(data) > MaxSize {
		return nil, badLine(0, "the file is larger than %d MiB", MaxSize>>20)
	}
	if len(data) == 0 {
		return nil, badLine(0, "the file is empty")
	}
	return data, nil
}

func isWebVTT(text string) bool {
	rest, ok := strings.CutPrefix(text, "WEBVTT")
	return ok && (rest == "" || strings.ContainsRune(" \t\r\n", rune(rest[0])))
}

// binary names formats that people take for text; "" for all others.
func binary(data []byte) string {
	switch {
	case len(data) > 11 && string(data[3:6]) == "STL":
		return "EBU STL"
	case bytes.HasPrefix(data, []byte("PG")) && bytes.IndexByte(data[:min(len(data), 64)], 0) >= 0:
		return "a PGS stream, which holds pictures"
	case bytes.HasPrefix(data, []byte("\x00\x00\x01\xBA")):
		return "a VobSub stream, which holds pictures"
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return "a zip archive"
	}
	return ""
}

var microDVD = regexp.MustCompile(`^\{\d+\}\{\d*\}`)

// otherText names text formats that are not read; "" for all others.
func otherText(head string) string {
	switch {
	case strings.HasPrefix(head, "[Script Info]"):
		return "SubStation Alpha"
	case strings.HasPrefix(head, "#EXTM3U"):
		return "an HLS playlist"
	case strings.HasPrefix(head, "Scenarist_SCC"):
		return "Scenarist closed captions"
	case microDVD.MatchString(head):
		return "MicroDVD"
	case strings.HasPrefix(head, "# VobSub"):
		return "the index of a VobSub stream, which holds pictures"
	}
	return ""
}

// invalidLine is the first line that is not UTF-8, counted from 1; 0 for none.
func invalidLine(data []byte) int {
	l := lines{rest: string(data)}
	for line, ok := l.next(); ok; line, ok = l.next() {
		if strings.ToValidUTF8(line, "") != line {
			return l.number
		}
	}
	return 0
}
