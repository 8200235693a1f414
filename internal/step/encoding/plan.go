package encoding

import (
	"cmp"
	"slices"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/media"
)

// Names of output files. That of the thumbnail sheets is a pattern.
const (
	posterFile = "poster.jpg"
	thumbsFile = "thumbs_%03d.jpg"
)

func videoFile(name string) string { return "video_" + name + ".mp4" }

// plan is all that the command line follows from.
type plan struct {
	inputs  []string // paths
	dir     string   // for the outputs
	scratch string   // for the frames of stills
	source  media.Source
	profile Profile
	ladder  media.Ladder      // without meaning if the source has no video
	colour  media.Colour      // of renditions in standard dynamic range, and of stills
	wide    media.Colour      // of renditions that keep high dynamic range
	thumbs  *media.Thumbnails // nil: none
	audio   []track
	told    []string // remarks that do not follow from the rest
}

func newPlan(source media.Source, profile Profile, canConvert bool) plan {
	p := plan{source: source, profile: profile, audio: tracks(source.Audio, profile.Audio)}
	if v := source.Video; v != nil {
		p.ladder = media.PlanLadder(*v, profile.rungs(), profile.SegmentDuration)
		for i := range p.ladder.Renditions {
			r := &p.ladder.Renditions[i]
			f := media.PlanFormat(*v, r.Codec, profile.BitDepth, profile.DynamicRange == rangeSource)
			r.BitDepth, r.VideoRange, r.Encoder = f.BitDepth, f.VideoRange, software(r.Codec)
		}
		p.colour = media.PlanColour(*v, canConvert)
		p.wide, _ = media.KeepColour(*v)
		if on(profile.Thumbnails) {
			t := media.PlanThumbnails(media.DisplaySize(*v), p.ladder.Rate, source.Duration.Seconds())
			p.thumbs = &t
		}
	}
	return p
}

// rungs are those of the ladder in every codec that they are wanted in.
func (p Profile) rungs() []media.Rung {
	var rungs []media.Rung
	for _, r := range p.Ladder {
		if r.Codec != "" {
			rungs = append(rungs, media.Rung{Short: r.Height, Codec: r.Codec, Bitrate: r.VideoBitrate, Exact: true})
			continue
		}
		for _, codec := range p.Codecs {
			rungs = append(rungs, media.Rung{Short: r.Height, Codec: codec, Bitrate: r.VideoBitrate})
		}
	}
	return rungs
}

// withDefaults fills in what the profile leaves open.
func (p Profile) withDefaults() Profile {
	p.SegmentDuration = cmp.Or(p.SegmentDuration, media.DefaultSegment)
	p.Preset = cmp.Or(p.Preset, "veryfast")
	p.CRF = cmp.Or(p.CRF, 23)
	p.DynamicRange = cmp.Or(p.DynamicRange, rangeSource)
	if len(p.Codecs) == 0 {
		p.Codecs = []string{media.CodecH264}
	}
	if len(p.Audio) == 0 {
		p.Audio = []AudioRendition{{Codec: media.CodecAAC, Bitrate: p.AudioBitrate}}
	}
	p.Audio = slices.Clone(p.Audio)
	for i := range p.Audio {
		p.Audio[i] = p.Audio[i].withDefaults()
	}
	if len(p.Ladder) == 0 {
		for _, r := range media.DefaultRungs() {
			p.Ladder = append(p.Ladder, Rung{Height: r.Short, VideoBitrate: r.Bitrate})
		}
	}
	return p
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
