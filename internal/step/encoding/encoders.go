package encoding

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/media"
)

// The encoders that are part of ffmpeg builds.
const (
	encoderX264 = "libx264"
	encoderX265 = "libx265"
	encoderSVT  = "libsvtav1"
)

// Encoder is the encoder for a codec that runs everywhere where it is built in.
func Encoder(codec string) string { return software(codec) }

// software is the encoder for a codec that runs everywhere.
func software(codec string) string {
	switch codec {
	case media.CodecHEVC:
		return encoderX265
	case media.CodecAV1:
		return encoderSVT
	}
	return encoderX264
}

// encoderName is what notes call the encoder of a rendition.
func encoderName(r media.Rendition) string {
	if r.Copy {
		return "copy"
	}
	return r.Encoder
}

// encoding are the options that encode a rendition. Keyframes stand at every GOP
// frames and nowhere else (no scene cut detection, closed GOPs), so they are at
// the same places in all renditions. Quality is constant up to the cap.
func (p plan) encoding(r media.Rendition) []string {
	colour := p.colour
	if r.VideoRange != media.RangeSDR {
		colour = p.wide
	}
	var options []string
	switch r.Encoder {
	case encoderX264:
		options = p.x264(r)
	case encoderX265:
		options = p.x265(r)
	case encoderSVT:
		options = p.svt(r)
	default:
		options = p.hardwareOptions(r)
	}
	return append(options,
		"-color_primaries", colour.Primaries, "-color_trc", colour.Transfer,
		"-colorspace", colour.Matrix, "-color_range", "tv")
}

// leanPartitions are those of x264's preset veryfast without the search for 8x8
// partitions in B frames, which takes a tenth of the whole encode: measured on
// grainy phone video, a talking head and a fractal zoom, SSIM at the same bit
// rate changes by -0.06 to 0 dB (at most 1.5 % of the bits).
const leanPartitions = "p8x8,i8x8,i4x4"

func (p plan) x264(r media.Rendition) []string {
	gop := strconv.Itoa(p.ladder.GOP)
	options := []string{
		"-c:v", encoderX264, "-preset", p.profile.Preset, "-profile:v", "high", "-level:v", r.Level,
		"-crf", number(p.profile.CRF), "-maxrate", kbit(r.Bitrate), "-bufsize", kbit(media.BufferSeconds * r.Bitrate),
		"-g", gop, "-keyint_min", gop, "-sc_threshold", "0", "-flags", "+cgop",
	}
	if p.profile.Preset == "veryfast" {
		options = append(options, "-partitions", leanPartitions)
	}
	if slices.Contains([]string{"slow", "slower", "veryslow"}, p.profile.Preset) {
		options = append(options, "-refs", strconv.Itoa(media.RefFrames))
	}
	if p.profile.Threads > 0 {
		options = append(options, "-threads", strconv.Itoa(p.profile.Threads))
	}
	return options
}

// x265 writes its parameter sets into the sample entry alone (repeat-headers=0),
// and no account of its settings into the pictures (info=0).
func (p plan) x265(r media.Rendition) []string {
	params := []string{
		"log-level=error", "info=0", "repeat-headers=0", "open-gop=0", "scenecut=0",
		fmt.Sprintf("keyint=%d", p.ladder.GOP), fmt.Sprintf("min-keyint=%d", p.ladder.GOP),
		"level-idc=" + r.Level, "high-tier=0",
	}
	if p.profile.Threads > 0 {
		params = append(params, fmt.Sprintf("pools=%d", p.profile.Threads))
	}
	if r.VideoRange == media.RangePQ {
		params = append(params, x265Mastering(p.source.Video.Mastering)...)
	}
	profile := "main"
	if r.BitDepth == 10 {
		profile = "main10"
	}
	return []string{
		"-c:v", encoderX265, "-preset", p.profile.Preset, "-profile:v", profile,
		"-crf", number(crfFor(media.CodecHEVC, p.profile.CRF)),
		"-maxrate", kbit(r.Bitrate), "-bufsize", kbit(media.BufferSeconds * r.Bitrate),
		"-g", strconv.Itoa(p.ladder.GOP), "-x265-params", strings.Join(params, ":"),
	}
}

// x265Mastering are the options for PQ: quantisation to suit its curve, and the
// source's metadata.
func x265Mastering(m *media.Mastering) []string {
	params := []string{"hdr10-opt=1"}
	if m == nil {
		return params
	}
	if m.Display() {
		params = append(params, fmt.Sprintf("master-display=G(%d,%d)B(%d,%d)R(%d,%d)WP(%d,%d)L(%d,%d)",
			m.Green[0], m.Green[1], m.Blue[0], m.Blue[1], m.Red[0], m.Red[1], m.White[0], m.White[1], m.MaxLuminance, m.MinLuminance))
	}
	if m.Light() {
		params = append(params, fmt.Sprintf("max-cll=%d,%d", m.MaxContent, m.MaxAverage))
	}
	return params
}

// svt has no closed-GOP flag; refresh type 2 is the key frame that nothing refers
// across. Its rate control counts the cap by itself and takes no buffer size.
func (p plan) svt(r media.Rendition) []string {
	params := []string{
		"irefresh-type=2", "scd=0", "enable-overlays=0",
		"level=" + strings.ReplaceAll(r.Level, ".", ""), "tier=0",
	}
	if p.profile.Threads > 0 {
		params = append(params, fmt.Sprintf("lp=%d", p.profile.Threads))
	}
	if r.VideoRange == media.RangePQ {
		params = append(params, svtMastering(p.source.Video.Mastering)...)
	}
	return []string{
		"-c:v", encoderSVT, "-preset", strconv.Itoa(svtPreset(p.profile.Preset)),
		"-crf", number(crfFor(media.CodecAV1, p.profile.CRF)), "-maxrate", kbit(r.Bitrate),
		"-g", strconv.Itoa(p.ladder.GOP), "-svtav1-params", strings.Join(params, ":"),
	}
}

func svtMastering(m *media.Mastering) []string {
	var params []string
	if m == nil {
		return nil
	}
	if m.Display() {
		at := func(c [2]int) string { return fmt.Sprintf("(%.5f,%.5f)", float64(c[0])/50000, float64(c[1])/50000) }
		params = append(params, fmt.Sprintf("mastering-display=G%sB%sR%sWP%sL(%.4f,%.4f)",
			at(m.Green), at(m.Blue), at(m.Red), at(m.White), float64(m.MaxLuminance)/10000, float64(m.MinLuminance)/10000))
	}
	if m.Light() {
		params = append(params, fmt.Sprintf("content-light=%d,%d", m.MaxContent, m.MaxAverage))
	}
	return params
}

// moreMemory is what the encoders of HEVC and AV1 may have in address space
// beyond what one run has, in bytes: they look far ahead, and in 10 bits. Measured
// at 1080p on two cores, x265 and SVT-AV1 reserve 0.5 to 1 GiB each.
func (p plan) moreMemory() uint64 {
	var sum uint64
	for _, r := range p.ladder.Renditions {
		if r.Copy || r.Codec == media.CodecH264 {
			continue
		}
		sum += 1 << 30
		if r.Area() > 1920*1080 {
			sum += 2 << 30
		}
	}
	return sum
}
