package encoding

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media"
)

// args is the command line: all inputs, the filter graphs, and one output file
// for each rendition, audio track and the poster. Picture and sound have graphs
// of their own: ffmpeg builds a graph anew when one of its streams changes, as
// broadcast sound does between stereo and 5.1, and the frames of the others in
// it would come to be late.
func (p plan) args() []string {
	var args []string
	for i, path := range p.inputs {
		if v := p.source.Video; v != nil && v.Input == i && p.steady(*v) {
			args = append(args, "-reinit_filter:"+strconv.Itoa(v.Stream), "0")
		}
		args = append(args, ffmpeg.Input(path)...)
	}
	if v := p.source.Video; v != nil {
		args = append(args, "-filter_complex", strings.Join(p.videoFilters(*v), ";"))
	}
	for i, t := range p.audio {
		args = append(args, "-filter_complex", p.audioFilter(i, t))
	}
	if p.source.Video != nil {
		for i, r := range p.ladder.Renditions {
			args = append(args, p.videoOutput(i, r)...)
		}
	}
	for i, t := range p.audio {
		args = append(args, p.audioOutput(i, t)...)
	}
	if p.source.Video != nil {
		args = append(args, p.output("[poster]", posterFile,
			"-c:v", "mjpeg", "-q:v", "3", "-frames:v", "1", "-f", "mjpeg")...)
	}
	return args
}

// output is one output file of one stream, without the metadata of the source:
// that may tell who filmed where.
func (p plan) output(label, file string, options ...string) []string {
	args := append([]string{"-map", label, "-map_metadata", "-1", "-map_chapters", "-1"}, options...)
	return append(args, ffmpeg.FileURL(filepath.Join(p.dir, file)))
}

// videoOutput encodes a rendition. Keyframes stand at every GOP frames and
// nowhere else (no scene cut detection, closed GOPs), so they are at the same
// places in all renditions. Quality is constant up to the cap.
func (p plan) videoOutput(i int, r media.Rendition) []string {
	gop := strconv.Itoa(p.ladder.GOP)
	options := []string{
		"-c:v", "libx264", "-preset", p.profile.Preset, "-profile:v", "high", "-level:v", r.Level,
		"-crf", number(p.profile.CRF), "-maxrate", kbit(r.Bitrate), "-bufsize", kbit(media.BufferSeconds * r.Bitrate),
		"-g", gop, "-keyint_min", gop, "-sc_threshold", "0", "-flags", "+cgop",
		"-color_primaries", p.colour.Primaries, "-color_trc", p.colour.Transfer,
		"-colorspace", p.colour.Matrix, "-color_range", "tv",
	}
	if slices.Contains([]string{"slow", "slower", "veryslow"}, p.profile.Preset) {
		options = append(options, "-refs", strconv.Itoa(media.RefFrames))
	}
	if p.profile.Threads > 0 {
		options = append(options, "-threads", strconv.Itoa(p.profile.Threads))
	}
	return p.output(fmt.Sprintf("[v%d]", i), videoFile(r.Name), append(options, "-f", "mp4")...)
}

func (p plan) audioOutput(i int, t track) []string {
	options := []string{"-c:a", "aac", "-profile:a", "aac_low", "-b:a", kbit(p.profile.AudioBitrate)}
	if t.tag != nil {
		options = append(options, "-metadata:s:a:0", "language="+t.Language)
	}
	return p.output(fmt.Sprintf("[a%d]", i), t.file, append(options, "-f", "mp4")...)
}

func kbit(n int) string { return strconv.Itoa(n) + "k" }

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
