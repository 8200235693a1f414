package browsertest

import (
	"fmt"
	"time"
)

// Options say what to do on the page. The zero value plays three seconds in
// whatever rendition the player chooses.
type Options struct {
	Height  int           // picture height in pixels of the rendition to choose at first; 0: none
	Track   string        // name, or its beginning, of the audio track to choose at first; empty: none
	Text    string        // name, or its beginning, of the subtitle track to choose at first; empty: none
	Seconds float64       // of media time to play, at first and after each choice of During; 0: 3
	During  []Choice      // made one after the other while it plays
	Scrub   []float64     // places in seconds to point at on the bar of thumbnails, after playing
	Width   int64         // of the window in pixels; 0: 1000
	Dark    bool          // prefers the dark colours
	Timeout time.Duration // for all of it; 0: 60 s
}

// The choices that the page has.
const (
	Rendition = "rendition"
	Sound     = "audio"
	Subtitles = "text"
	Format    = "format" // loads the page again
)

// Choice is to be made while it plays.
type Choice struct {
	Of     string // Rendition, Sound, Subtitles or Format
	Option string // the option's text, or its beginning
	// Height is the picture height in pixels to wait for; 0: any.
	Height int
}

// Result is what was seen.
type Result struct {
	From, To      float64  // media time in seconds, before and after playing
	Duration      float64  // of the presentation in seconds
	Width, Height int      // of the picture at the end, in pixels; 0 without video
	Renditions    []string // as the page offers them, without the automatic choice
	Tracks        []string // of sound, as the page offers them
	Texts         []string // subtitles as the page offers them, without Off
	Notes         []string // what the page says it leaves out
	Cues          []Cue    // of subtitles, in the order in which they were shown
	// Thumbnails are the pictures that were shown for the places of Options.Scrub,
	// and then for the beginning, where the Home key leads: the path of a sheet,
	// with the part of it as #xywh=.
	Thumbnails []string
	Loaded     []string // paths of everything that the page loaded
	// Errors are all error events of the player, fatal or not, everything that
	// the browser logged as an error (files not found, policy violations), and
	// exceptions.
	Errors     []string
	Screenshot []byte // PNG of the page at the end
}

// Cue is a subtitle that was shown.
type Cue struct {
	At         float64 // media time at which it was seen first, in seconds
	Start, End float64 // as it is to be shown
	Language   string
	Text       string
}

// String is for messages of tests.
func (c Cue) String() string {
	return fmt.Sprintf("%.2f s (%g–%g) %s: %s", c.At, c.Start, c.End, c.Language, c.Text)
}

func (o Options) withDefaults() Options {
	if o.Seconds == 0 {
		o.Seconds = 3
	}
	if o.Width == 0 {
		o.Width = 1000
	}
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	return o
}

// first are the choices to make before it plays.
func (o Options) first() []Choice {
	var out []Choice
	if o.Height > 0 {
		out = append(out, Choice{Of: Rendition, Option: fmt.Sprintf("%dp", o.Height)})
	}
	if o.Track != "" {
		out = append(out, Choice{Of: Sound, Option: o.Track})
	}
	if o.Text != "" {
		out = append(out, Choice{Of: Subtitles, Option: o.Text})
	}
	return out
}
