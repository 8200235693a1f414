package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
)

// sourceFacts tells of a source in one line.
func sourceFacts(s client.SourceReport) string {
	facts := []string{
		s.Container, (time.Duration(s.Duration) * time.Millisecond).String(), fmt.Sprintf("%d bytes", s.Size),
	}
	if v := s.Video; v != nil {
		video := words(v.Codec, v.Profile, v.Level, fmt.Sprintf("%dx%d", v.Width, v.Height), v.Aspect, v.FrameRate+" fps")
		if v.Interlaced {
			video += " interlaced"
		}
		facts = append(facts, words(video, fmt.Sprintf("%d bit", v.BitDepth), v.VideoRange))
	}
	for _, a := range s.Audio {
		layout := a.Layout
		if layout == "" {
			layout = fmt.Sprintf("%d channels", a.Channels)
		}
		facts = append(facts, words(a.Codec, layout, fmt.Sprintf("%d Hz", a.SampleRate), a.Language))
	}
	for _, t := range s.Subtitles {
		facts = append(facts, words("subtitles", t.Codec, t.Language))
	}
	return strings.Join(facts, "; ")
}

// words joins those that say something.
func words(all ...string) string { return strings.Join(strings.Fields(strings.Join(all, " ")), " ") }
