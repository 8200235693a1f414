package subtitle

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
)

// String writes settings as they stand after the times of a cue.
func (s Settings) String() string {
	var parts []string
	for _, p := range []struct{ name, value string }{
		{"vertical", s.Vertical},
		{"line", s.Line},
		{"position", s.Position},
		{"size", s.Size},
		{"align", s.Align},
	} {
		if p.value != "" {
			parts = append(parts, p.name+":"+p.value)
		}
	}
	return strings.Join(parts, " ")
}

// WriteTo writes the track as a WebVTT file. It implements [io.WriterTo].
func (t Track) WriteTo(w io.Writer) (int64, error) {
	var b bytes.Buffer
	b.WriteString("WEBVTT\n")
	for _, c := range t.Cues {
		c.write(&b)
	}
	n, err := b.WriteTo(w)
	if err != nil {
		return n, fmt.Errorf("write WebVTT: %w", err)
	}
	return n, nil
}

func (c Cue) write(b *bytes.Buffer) {
	b.WriteString("\n" + timestamp(c.Start) + " " + arrow + " " + timestamp(c.End))
	if settings := c.Settings.String(); settings != "" {
		b.WriteString(" " + settings)
	}
	b.WriteString("\n" + c.Text + "\n")
}

// Segments cuts the track into WebVTT segments for HLS, each for length of the
// media but the last, which is for what is left of total. There is at least
// one. A cue stands with its own times in every segment during which it is
// shown; a segment without any is valid all the same (RFC 8216, 3.5). What
// starts at total or later is in none.
//
// Every segment maps its times to MPEG-TS time 0, which is where the segments
// of video and audio begin.
func (t Track) Segments(length, total time.Duration) [][]byte {
	if length <= 0 || length > total {
		length = max(total, time.Millisecond)
	}
	last := int(max(total-1, 0) / length)
	segments := make([]bytes.Buffer, last+1)
	for i := range segments {
		segments[i].WriteString("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n")
	}
	for _, c := range t.Cues {
		if total > 0 && c.Start >= total {
			break
		}
		for i := int(c.Start / length); i <= min(int((c.End-1)/length), last); i++ {
			c.write(&segments[i])
		}
	}
	texts := make([][]byte, len(segments))
	for i := range segments {
		texts[i] = segments[i].Bytes()
	}
	return texts
}
