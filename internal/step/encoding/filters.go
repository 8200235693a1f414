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

// picture brings frames to a size, in the colours of standard dynamic range.
func (p plan) picture(v media.VideoSource, size media.Size, format string) []string {
	c := p.colour
	if c.Tonemap || c.Convert {
		// The nominal peak of 100 cd/m² is that of standard dynamic range.
		in := fmt.Sprintf("pin=%s:tin=%s:min=%s:rin=%s", c.InPrimaries, c.InTransfer, c.InMatrix, orTV(v.Range))
		out := "p=bt709:t=bt709:m=bt709:r=tv"
		if c.Tonemap {
			return []string{
				fmt.Sprintf("zscale=w=%d:h=%d:filter=bicubic:%s:t=linear:npl=100", size.Width, size.Height, in),
				"format=gbrpf32le", "zscale=p=bt709", "tonemap=hable:desat=0", "zscale=" + out, "format=" + format, "setsar=1",
			}
		}
		return []string{
			fmt.Sprintf("zscale=w=%d:h=%d:filter=bicubic:%s:%s", size.Width, size.Height, in, out),
			"format=" + format, "setsar=1",
		}
	}
	return scaled(c, size, format)
}

// scaled brings frames to a size, and at most from one matrix to another.
func scaled(c media.Colour, size media.Size, format string) []string {
	scale := fmt.Sprintf("scale=%d:%d:flags=bicubic", size.Width, size.Height)
	if name := scaleMatrix(c.InMatrix); name != "" {
		scale += ":in_color_matrix=" + name
	}
	return []string{scale + ":out_color_matrix=" + scaleMatrix(c.Matrix) + ":out_range=tv", "format=" + format, "setsar=1"}
}

// audioFilters make 48 kHz from time zero to the end of the longest track, in
// stereo or 5.1; gaps from 30 ms on become silence, as shorter ones are what
// containers with coarse clocks make of none (EBU R 37 allows sound to be 40 ms
// early). The downmix is scaled so that it cannot clip; mono keeps its level.
//
// The silence before a track that starts late is filled in only where there is
// any: ffmpeg builds this graph anew when the sound changes its layout, and it
// would be filled in again, up to there.
func (p plan) audioFilters(t track) string {
	var filters []string
	layout := "stereo"
	if t.form.Channels == surround {
		layout = "5.1"
	}
	switch channels := t.Channels; {
	case channels == 1:
		filters = append(filters, "pan=stereo|c0=c0|c1=c0")
	case t.Layout == "" && !guessable(channels) && layout == "5.1":
		filters = append(filters, "pan=5.1|c0=c0|c1=c1|c2=c2|c3=c3|c4=c4|c5=c5")
	case t.Layout == "" && !guessable(channels):
		filters = append(filters, "pan=stereo|c0=c0|c1=c1")
	}
	resample := "aresample=48000:async=1:min_hard_comp=0.03:rematrix_maxval=1"
	if t.Start > startsLate {
		resample += ":first_pts=0"
	}
	filters = append(filters, resample,
		"aformat=sample_fmts=fltp:sample_rates=48000:channel_layouts="+layout)
	if t.gain != 0 {
		filters = append(filters, fmt.Sprintf("volume=%.2fdB", t.gain))
	}
	if missing := p.pad(t.End); missing > 0 {
		filters = append(filters, "apad=whole_dur="+seconds(p.source.Duration))
	}
	return strings.Join(filters, ",")
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
