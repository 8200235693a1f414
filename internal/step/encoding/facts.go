package encoding

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// facts are what people want to know of the files that an encode starts from:
// of the chosen video stream, and of all tracks. They are for reading; the
// encode decides by [media.Source].
func facts(inputs []inputFile, probes []*ffmpeg.Probe, source media.Source) *vod.SourceReport {
	f := &vod.SourceReport{Duration: source.Duration.Milliseconds(), Audio: []vod.SourceAudio{}, Subtitles: []vod.SourceSubtitle{}}
	var containers []string
	for i, p := range probes {
		f.Size += p.Size
		if c := container(inputs[i].path, p.Formats); c != "" && !slices.Contains(containers, c) {
			containers = append(containers, c)
		}
	}
	f.Container = strings.Join(containers, " + ")
	if v := source.Video; v != nil {
		f.Video = videoFacts(*v, stream(probes, v.StreamRef))
	}
	for _, a := range source.Audio {
		s := stream(probes, a.StreamRef)
		f.Audio = append(f.Audio, vod.SourceAudio{
			Codec: a.Codec, Profile: s.CodecProfile, Channels: a.Channels, Layout: a.Layout, SampleRate: a.SampleRate,
			Language: a.Language, Title: a.Title, Bitrate: s.BitRate,
		})
	}
	for _, t := range source.Subtitles[:min(len(source.Subtitles), maxAudio)] {
		f.Subtitles = append(f.Subtitles, vod.SourceSubtitle{
			Codec: t.Codec, Language: t.Language, Title: t.Title, Forced: t.Forced, SDH: stream(probes, t.StreamRef).HearingImpair,
		})
	}
	return f
}

func videoFacts(v media.VideoSource, s ffmpeg.Stream) *vod.SourceVideo {
	rate, variable := frameRate(v)
	return &vod.SourceVideo{
		Codec: v.Codec, Profile: s.CodecProfile, Level: level(v.Codec, s.Level), Width: v.Width, Height: v.Height,
		Aspect: aspect(v), FrameRate: rate, Variable: variable, Interlaced: v.Interlaced(), Rotation: int(math.Round(v.Rotation)),
		BitDepth: v.BitDepth, PixelFormat: v.PixelFormat, VideoRange: v.VideoRange(),
		Primaries: v.Primaries, Transfer: v.Transfer, Matrix: v.Matrix, Bitrate: s.BitRate,
	}
}

func stream(probes []*ffmpeg.Probe, ref media.StreamRef) ffmpeg.Stream {
	for _, s := range probes[ref.Input].Streams {
		if s.Index == ref.Stream {
			return s
		}
	}
	return ffmpeg.Stream{}
}

// container is the one of a demuxer's names that the file's name has, or else
// the first.
func container(path string, formats []string) string {
	if ext := strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), "."); slices.Contains(formats, ext) {
		return ext
	}
	if len(formats) == 0 {
		return ""
	}
	return formats[0]
}

// frameRate is exact, and the average where it varies. In interlaced streams
// times can often be told by field: twice the rate of the frames is no variable
// rate.
func frameRate(v media.VideoSource) (rate string, variable bool) {
	real, average := v.RealRate, v.AverageRate
	switch {
	case !real.Valid() && !average.Valid():
		return "", false
	case !average.Valid() || real.Valid() && !v.Variable:
		return real.String(), v.Variable
	}
	twice := v.Interlaced() && math.Abs(real.Float()/average.Float()-2) < 0.02
	return average.String(), v.Variable && !twice
}

// aspect is the ratio of the sides of the picture as it is shown, in lowest
// terms.
func aspect(v media.VideoSource) string {
	size := media.DisplaySize(v)
	w, h := int64(v.Width), int64(v.Height)
	if v.SAR.Valid() {
		w, h = w*v.SAR.Num, h*v.SAR.Den
	}
	switch shown := float64(size.Width) / float64(size.Height); {
	case alike(float64(w)/float64(max(h, 1)), shown):
	case alike(float64(h)/float64(max(w, 1)), shown):
		w, h = h, w // turned
	default:
		w, h = int64(size.Width), int64(size.Height) // Its sample aspect ratio is an error.
	}
	a, b := w, h
	for b != 0 {
		a, b = b, a%b
	}
	if a == 0 || w/a > 9999 || h/a > 9999 {
		return fmt.Sprintf("%.2f:1", float64(size.Width)/float64(size.Height))
	}
	return fmt.Sprintf("%d:%d", w/a, h/a)
}

// alike tells whether two ratios are the same but for rounding to pixels.
func alike(a, b float64) bool { return math.Abs(a/b-1) < 0.02 }

// level is the number of a level as the standard of the codec writes it: H.264
// counts in tenths (A.3.1), HEVC in thirtieths (A.4.1), AV1 in quarters from 2
// on (A.3). Other codecs' are left out.
func level(codec string, n int) string {
	switch {
	case n <= 0 && codec != "av1" || n < 0:
		return ""
	case codec == "h264" && n == 9:
		return "1b"
	case codec == "h264":
		return tenths(n)
	case codec == "hevc":
		return tenths(n / 3)
	case codec == "av1" && n < 24:
		return fmt.Sprintf("%d.%d", 2+n>>2, n&3)
	}
	return ""
}

func tenths(n int) string { return strconv.Itoa(n/10) + "." + strconv.Itoa(n%10) }
