package packaging

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
)

// source is one track of an input file, on its way to be a CMAF track.
type source struct {
	file  *os.File
	path  string
	track *mp4.Track

	folder   string  // of the track's segments in the output
	language string  // BCP 47, manifest.Unknown if not known
	label    string  // name for people, audio only
	expected float64 // duration in seconds

	// Of video: what notes call the rendition, and its dynamic range.
	name, videoRange string
	// Of audio: the same for all tracks that are the same sound.
	sound string
	// What notes say of an audio track: played by default, commentary, or
	// description for those who cannot see.
	preferred, commentary, described bool
	segments                         []mp4.Segment
}

func (s *source) isVideo() bool { return s.track.Handler == mp4.HandlerVideo }

func (s *source) seconds(units int64) float64 { return float64(units) / float64(s.track.Timescale) }

// describe names the track in messages.
func (s *source) describe() string {
	if s.folder == "" {
		return fmt.Sprintf("Track %d of %s", s.track.ID, filepath.Base(s.path))
	}
	return fmt.Sprintf("Track %s (%s)", s.folder, filepath.Base(s.path))
}

// start is the earliest presentation time; below 0 for primed audio.
func (s *source) start() int64 {
	start := int64(math.MaxInt64)
	for _, sample := range s.track.Samples {
		start = min(start, sample.PTS)
	}
	return start
}

// end is the presentation time at which the last frame has been shown.
func (s *source) end() int64 {
	var last mp4.Sample
	for i, sample := range s.track.Samples {
		if i == 0 || sample.PTS > last.PTS {
			last = sample
		}
	}
	return last.PTS + max(int64(last.Duration), 1)
}

// duration is how long the track is to be heard or seen, in seconds.
func (s *source) duration() float64 { return s.seconds(s.end() - max(s.start(), 0)) }

// frame is the mean duration of a frame in seconds.
func (s *source) frame() float64 {
	return s.seconds(s.end()-s.start()) / float64(len(s.track.Samples))
}

// align puts the start of the presentation at the first track that starts, if
// none starts at 0.
func align(sources []*source) {
	shift := math.Inf(1)
	for _, s := range sources {
		shift = min(shift, max(s.seconds(s.start()), 0))
	}
	for _, s := range sources {
		units := int64(math.Round(shift * float64(s.track.Timescale)))
		for i := range s.track.Samples {
			s.track.Samples[i].PTS -= units
		}
	}
}

// frameRate is the number of frames per second as a rational: exact where all
// frames last the same, else the usual rate that the mean is near to.
func (s *source) frameRate() manifest.Rate {
	n := len(s.track.Samples)
	total := s.end() - s.start()
	if total%int64(n) == 0 {
		return reduced(int64(s.track.Timescale), total/int64(n))
	}
	mean := float64(n) / s.seconds(total)
	for _, usual := range []manifest.Rate{
		{Num: 24000, Den: 1001},
		{Num: 24, Den: 1},
		{Num: 25, Den: 1},
		{Num: 30000, Den: 1001},
		{Num: 30, Den: 1},
		{Num: 48, Den: 1},
		{Num: 50, Den: 1},
		{Num: 60000, Den: 1001},
		{Num: 60, Den: 1},
	} {
		if math.Abs(mean*float64(usual.Den)/float64(usual.Num)-1) < 0.0005 {
			return usual
		}
	}
	return reduced(int64(math.Round(mean*1000)), 1000)
}

func reduced(num, den int64) manifest.Rate {
	a, b := num, den
	for b != 0 {
		a, b = b, a%b
	}
	a = max(a, 1)
	return manifest.Rate{Num: int(num / a), Den: int(den / a)}
}

// nameAll gives every source the folder of its output, unique, and audio a name
// for people, unique among sounds.
func nameAll(sources []*source) {
	folders, labels := map[string]bool{}, map[string]bool{}
	sounds := map[string]string{} // label by sound
	for _, s := range sources {
		s.folder = unique(folders, s.folderName(), "_%d")
		if s.isVideo() {
			continue
		}
		label, known := sounds[s.sound]
		if !known {
			label = unique(labels, cmp.Or(s.label, manifest.LanguageName(s.language), "Audio"), " %d")
			sounds[s.sound] = label
		}
		s.label = label
	}
}

var renditionForm = regexp.MustCompile(`^[a-z0-9_]{1,40}$`)

// folderName is what the folder of the track is called unless another one is:
// renditions by their short side, as ladders are, and audio by its language;
// what is not H.264 or AAC in stereo says so.
func (s *source) folderName() string {
	e := s.track.Entry
	if s.isVideo() {
		if renditionForm.MatchString(s.name) {
			return "video_" + s.name
		}
		return fmt.Sprintf("video_%dp", min(e.Width, e.Height)) + formatSuffix(e.Format)
	}
	name := "audio_" + strings.ToLower(s.language) + formatSuffix(e.Format)
	if e.Channels > 2 {
		name += fmt.Sprintf("_%dch", e.Channels)
	}
	return name
}

func formatSuffix(format string) string {
	switch format {
	case "avc1", "avc3", "mp4a":
		return ""
	case "hvc1", "hev1":
		return "_hevc"
	case "av01":
		return "_av1"
	}
	return "_" + strings.ToLower(strings.Map(func(r rune) rune {
		if r < 'A' || r > 'z' {
			return -1
		}
		return r
	}, format))
}

// rangeOf is the dynamic range by the transfer characteristics of ISO/IEC
// 23091-2.
func rangeOf(c mp4.Colour) string {
	switch c.Transfer {
	case 16:
		return media.RangePQ
	case 18:
		return media.RangeHLG
	}
	return media.RangeSDR
}

// unique gives name the first time and name with a number from 2 on later, and
// never what it gave before.
func unique(seen map[string]bool, name, suffix string) string {
	out := name
	for n := 2; seen[out]; n++ {
		out = name + fmt.Sprintf(suffix, n)
	}
	seen[out] = true
	return out
}
