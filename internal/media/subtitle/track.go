package subtitle

import (
	"fmt"
	"time"
)

// Bounds of what is read.
const (
	MaxSize = 32 << 20 // bytes of a file
	MaxCues = 200_000  // of a file

	// MaxTracks is how many bytes all tracks of an ingest may have, as Size counts
	// them. A hundred films' worth of text is a tenth of that.
	MaxTracks = 256 << 20

	maxText   = 4 << 10 // bytes of a cue's text
	maxAtOnce = 32      // cues shown at any moment
	maxTime   = 1000 * time.Hour
)

// Format names a format of subtitle files.
type Format string

// The formats that are read.
const (
	SRT    Format = "SRT"
	WebVTT Format = "WebVTT"
	TTML   Format = "TTML"
)

// Track is a subtitle track.
type Track struct {
	Format   Format // of the file that it was read from
	Language string // as the file says, BCP 47 at best; "" where it says nothing
	// Cues are ordered by their start. They have text, and end after they start.
	Cues []Cue
	// Map is the X-TIMESTAMP-MAP of a WebVTT file (RFC 8216, 3.5); nil for none.
	// The times of cues are as they stand in the file, whatever it says.
	Map *TimestampMap
	// Remarks are sentences about what was mended or left out.
	Remarks []string
}

// TimestampMap says that LOCAL of a WebVTT segment is MPEGTS in the media.
type TimestampMap struct {
	MPEGTS int64 // of 90,000 a second
	Local  time.Duration
}

// Cue is a text and when it is shown. Times are whole milliseconds, not
// negative.
type Cue struct {
	Start, End time.Duration
	// Text is WebVTT cue text (WebVTT, 4.2.2): one or more lines, escaped, with
	// balanced tags, no line blank.
	Text     string
	Settings Settings
}

// Settings are the WebVTT cue settings (WebVTT, 4.4) as they are written, each
// "" where it is left to the player.
type Settings struct {
	Vertical string // "rl" or "lr"
	Line     string // such as "10%" or "-2"
	Position string // such as "50%"
	Size     string // such as "80%"
	Align    string // "start", "center", "end", "left" or "right"
}

// End is when the last cue has ended.
func (t Track) End() time.Duration {
	var end time.Duration
	for _, c := range t.Cues {
		end = max(end, c.End)
	}
	return end
}

// Size is about how many bytes the track takes in memory.
func (t Track) Size() int {
	const cue = 128 // without its text
	size := cue * len(t.Cues)
	for _, c := range t.Cues {
		size += len(c.Text)
	}
	return size
}

// Shift gives the track with every cue by that much later, or earlier if
// negative. What would come before 0 is cut, and left out where nothing remains.
func (t Track) Shift(by time.Duration) Track {
	by = by.Round(time.Millisecond)
	shifted := t
	shifted.Cues = make([]Cue, 0, len(t.Cues))
	shifted.Remarks = append([]string{}, t.Remarks...)
	for _, c := range t.Cues {
		c.Start, c.End = max(c.Start+by, 0), c.End+by
		if c.End > c.Start {
			shifted.Cues = append(shifted.Cues, c)
		}
	}
	if gone := len(t.Cues) - len(shifted.Cues); gone > 0 {
		shifted.Remarks = append(shifted.Remarks, fmt.Sprintf("%s left out: with the offset of %s s they end before the video begins.",
			count(gone, "cue was", "cues were"), seconds(by)))
	}
	return shifted
}

// count is a number with its noun and verb.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%g", d.Seconds()) }
