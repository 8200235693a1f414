package encoding

import (
	"cmp"
	"fmt"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/via-orchestrate/orchestrate/internal/media"
)

// Names of output files.
const posterFile = "poster.jpg"

func videoFile(name string) string { return "video_" + name + ".mp4" }

// plan is all that the command line follows from.
type plan struct {
	inputs  []string // paths
	dir     string   // for the outputs
	source  media.Source
	profile Profile
	ladder  media.Ladder // without meaning if the source has no video
	colour  media.Colour
	audio   []track
}

// track is an audio track to be put out.
type track struct {
	media.AudioSource
	file    string
	name    string
	tag     *string // BCP 47
	initial bool    // the default track
}

func newPlan(source media.Source, profile Profile, canConvert bool) plan {
	p := plan{source: source, profile: profile, audio: tracks(source.Audio)}
	if source.Video != nil {
		var rungs []media.Rung
		for _, r := range profile.Ladder {
			rungs = append(rungs, media.Rung{Short: r.Height, Bitrate: r.VideoBitrate})
		}
		p.ladder = media.PlanLadder(*source.Video, rungs, profile.SegmentDuration)
		p.colour = media.PlanColour(*source.Video, canConvert)
	}
	return p
}

// withDefaults fills in what the profile leaves open.
func (p Profile) withDefaults() Profile {
	p.SegmentDuration = cmp.Or(p.SegmentDuration, media.DefaultSegment)
	p.Preset = cmp.Or(p.Preset, "veryfast")
	p.CRF = cmp.Or(p.CRF, 23)
	p.AudioBitrate = cmp.Or(p.AudioBitrate, 128)
	if len(p.Ladder) == 0 {
		for _, r := range media.DefaultRungs() {
			p.Ladder = append(p.Ladder, Rung{Height: r.Short, VideoBitrate: r.Bitrate})
		}
	}
	return p
}

// tracks names the audio tracks and picks the default one: the first that the
// source marks, else the first.
func tracks(sources []media.AudioSource) []track {
	var out []track
	initial := 0
	for i := len(sources) - 1; i >= 0; i-- {
		if sources[i].Default {
			initial = i
		}
	}
	used := map[string]bool{}
	for i, a := range sources {
		tag := canonicalTag(a.Language)
		t := track{AudioSource: a, tag: tag, initial: i == initial, name: trackName(a, tag, i+1)}
		for n, base := 2, t.name; used[t.name]; n++ {
			t.name = fmt.Sprintf("%s %d", base, n)
		}
		used[t.name] = true
		code := a.Language
		if tag == nil {
			code = "und"
		}
		t.file = fmt.Sprintf("audio_%d_%s.mp4", i+1, code)
		out = append(out, t)
	}
	return out
}

// canonicalTag is the BCP 47 tag for a language as sources tag it ("eng" is
// "en"); nil if it is unknown.
func canonicalTag(code string) *string {
	tag, err := language.Parse(code)
	if err != nil || tag == language.Und {
		return nil
	}
	text := tag.String()
	return &text
}

// trackName is what people choose a track by: its title, else its language in
// English.
func trackName(a media.AudioSource, tag *string, number int) string {
	if a.Title != "" {
		return a.Title
	}
	if tag != nil {
		if *tag == "no" { // which the library takes for one of its two written forms
			return "Norwegian"
		}
		if name := display.English.Tags().Name(language.Make(*tag)); name != "" {
			return name
		}
		return *tag
	}
	return fmt.Sprintf("Audio %d", number)
}

// pad is how much a track that is said to end at end lacks to end with the
// others; 0 if that is not known or less than a frame. Tracks are lengthened to
// the end of the longest rather than by this, as fragmented MP4 files do not
// always tell the truth about it.
func (p plan) pad(end time.Duration) time.Duration {
	least := 20 * time.Millisecond
	if p.source.Video != nil {
		least = time.Duration(float64(time.Second) / p.ladder.Rate.Float())
	}
	if missing := p.source.Duration - end; end > 0 && missing >= least {
		return missing
	}
	return 0
}

// posterAt is the time of the poster: a tenth into the video.
func (p plan) posterAt() time.Duration { return p.source.Video.End / 10 }
