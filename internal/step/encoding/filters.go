package encoding

import (
	"fmt"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/media"
)

// startsLate is how much later than its file a track may start and still be
// left to start then.
const startsLate = 20 * time.Millisecond

// steady tells whether the filters of the video may stay as they are when the
// picture changes its size midway: the first of them brings it back to the size
// that the others know. ffmpeg itself turns pictures as the display matrix asks
// before that filter sees them, and would be led astray.
func (p plan) steady(v media.VideoSource) bool { return v.Rotation == 0 }

// videoFilters decode once and scale down step by step: each rendition is made
// from the next larger one, which costs a fraction of scaling each from the
// source.
func (p plan) videoFilters(v media.VideoSource) []string {
	first := append(p.timing(v), p.picture(v, p.ladder.Renditions[0].Size)...)
	chain := fmt.Sprintf("[%d:%d]%s", v.Input, v.Stream, strings.Join(first, ","))
	var chains []string
	last := len(p.ladder.Renditions) - 1
	for i := range p.ladder.Renditions {
		outs := []string{fmt.Sprintf("[v%d]", i)}
		if i < last {
			outs = append(outs, fmt.Sprintf("[d%d]", i))
		}
		if i == 0 {
			outs = append(outs, "[p]")
		}
		if len(outs) > 1 {
			chain += fmt.Sprintf(",split=%d", len(outs))
		}
		chains = append(chains, chain+strings.Join(outs, ""))
		if i < last {
			next := p.ladder.Renditions[i+1]
			chain = fmt.Sprintf("[d%d]scale=%d:%d:flags=bicubic,setsar=1", i, next.Width, next.Height)
		}
	}
	return append(chains, p.posterFilter())
}

// timing makes frames progressive and equally long, from time zero to the end
// of the longest track.
func (p plan) timing(v media.VideoSource) []string {
	filters := p.deinterlacing(v)
	filters = append(filters, fmt.Sprintf("fps=fps=%s:start_time=0:round=near", p.ladder.Rate))
	if missing := p.pad(v.End); missing > 0 {
		filters = append(filters, "tpad=stop_mode=clone:stop_duration="+seconds(missing), "trim=end="+seconds(p.source.Duration))
	}
	return filters
}

// deinterlacing makes frames progressive. Frames of another size than the first
// are scaled to that before, field by field; the others pass untouched.
func (p plan) deinterlacing(v media.VideoSource) []string {
	deint := ""
	switch {
	case v.Interlaced():
		deint = "all"
	case v.FieldOrder == "" && (v.Codec == "mpeg2video" || v.Codec == "vc1" || v.Codec == "dvvideo"):
		deint = "interlaced" // Nobody says: look at the mark of each frame.
	default:
		return nil
	}
	filters := []string{"bwdif=mode=send_frame:parity=auto:deint=" + deint}
	if p.steady(v) {
		filters = append([]string{fmt.Sprintf("scale=%d:%d:interl=-1", v.Width, v.Height)}, filters...)
	}
	return filters
}

// picture brings frames to the size and colours of the largest rendition.
func (p plan) picture(v media.VideoSource, size media.Size) []string {
	c := p.colour
	if c.Tonemap || c.Convert {
		// The nominal peak of 100 cd/m² is that of standard dynamic range.
		in := fmt.Sprintf("pin=%s:tin=%s:min=%s:rin=%s", c.InPrimaries, c.InTransfer, c.InMatrix, orTV(v.Range))
		out := "p=bt709:t=bt709:m=bt709:r=tv"
		if c.Tonemap {
			return []string{
				fmt.Sprintf("zscale=w=%d:h=%d:filter=bicubic:%s:t=linear:npl=100", size.Width, size.Height, in),
				"format=gbrpf32le", "zscale=p=bt709", "tonemap=hable:desat=0", "zscale=" + out, "format=yuv420p", "setsar=1",
			}
		}
		return []string{
			fmt.Sprintf("zscale=w=%d:h=%d:filter=bicubic:%s:%s", size.Width, size.Height, in, out),
			"format=yuv420p", "setsar=1",
		}
	}
	scale := fmt.Sprintf("scale=%d:%d:flags=bicubic", size.Width, size.Height)
	if name := scaleMatrix(c.InMatrix); name != "" {
		scale += ":in_color_matrix=" + name
	}
	return []string{scale + ":out_color_matrix=" + scaleMatrix(c.Matrix) + ":out_range=tv", "format=yuv420p", "setsar=1"}
}

// posterFilter takes one frame and lets no other through. JPEG is BT.601 in
// full range (JFIF).
func (p plan) posterFilter() string {
	size := p.ladder.Poster
	return fmt.Sprintf("[p]trim=start=%s,trim=end_frame=1,scale=%d:%d:flags=bicubic:in_color_matrix=%s:out_color_matrix=bt601:in_range=tv:out_range=pc,format=yuvj420p[poster]",
		seconds(p.posterAt()), size.Width, size.Height, scaleMatrix(p.colour.Matrix))
}

// audioFilter makes 48 kHz stereo from time zero to the end of the longest
// track; gaps from 30 ms on become silence, as shorter ones are what containers
// with coarse clocks make of none (EBU R 37 allows sound to be 40 ms early). The
// downmix is scaled so that it cannot clip; mono keeps its level.
//
// The silence before a track that starts late is filled in only where there is
// any: ffmpeg builds this graph anew when the sound changes its layout, and it
// would be filled in again, up to there.
func (p plan) audioFilter(i int, t track) string {
	var filters []string
	switch {
	case t.Channels == 1:
		filters = append(filters, "pan=stereo|c0=c0|c1=c0")
	case t.Layout == "" && !guessable(t.Channels):
		filters = append(filters, "pan=stereo|c0=c0|c1=c1")
	}
	resample := "aresample=48000:async=1:min_hard_comp=0.03:rematrix_maxval=1"
	if t.Start > startsLate {
		resample += ":first_pts=0"
	}
	filters = append(filters, resample,
		"aformat=sample_fmts=fltp:sample_rates=48000:channel_layouts=stereo")
	if missing := p.pad(t.End); missing > 0 {
		filters = append(filters, "apad=whole_dur="+seconds(p.source.Duration))
	}
	return fmt.Sprintf("[%d:%d]%s[a%d]", t.Input, t.Stream, strings.Join(filters, ","), i)
}

// guessable tells whether ffmpeg knows a usual layout for a number of channels.
func guessable(channels int) bool {
	return channels <= 8 || channels == 16 || channels == 24
}

// scaleMatrix is the name that the scale filter has for a matrix; "" if it has
// none and has to go by the frame.
func scaleMatrix(matrix string) string {
	switch matrix {
	case "bt709", "smpte170m", "smpte240m", "fcc":
		return matrix
	case "bt470bg":
		return "bt470"
	case "bt2020nc", "bt2020c":
		return "bt2020"
	}
	return ""
}

func orTV(colourRange string) string {
	if colourRange == "pc" {
		return "pc"
	}
	return "tv"
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.6f", d.Seconds()) }
