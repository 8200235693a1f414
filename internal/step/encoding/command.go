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
// for each rendition and audio track, and for the frames of stills. Picture and sound have graphs
// of their own: ffmpeg builds a graph anew when one of its streams changes, as
// broadcast sound does between stereo and 5.1, and the frames of the others in
// it would come to be late.
func (p plan) args() []string {
	var args []string
	if i := slices.IndexFunc(p.ladder.Renditions, func(r media.Rendition) bool { return onDevice(r.Encoder) }); i >= 0 {
		args = ffmpeg.DeviceArgs(p.ladder.Renditions[i].Encoder)
	}
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
		args = append(args, "-filter_complex", fmt.Sprintf("[%d:%d]%s[a%d]", t.Input, t.Stream, p.audioFilters(t), i))
	}
	if p.source.Video != nil {
		for i, r := range p.ladder.Renditions {
			args = append(args, p.videoOutput(i, r)...)
		}
	}
	for i, t := range p.audio {
		args = append(args, p.audioOutput(i, t)...)
	}
	return append(args, p.stillOutputs()...)
}

// output is one output file of one stream, without the metadata of the source:
// that may tell who filmed where.
func (p plan) output(label, file string, options ...string) []string {
	return outputTo(filepath.Join(p.dir, file), label, options...)
}

func outputTo(path, label string, options ...string) []string {
	args := append([]string{"-map", label, "-map_metadata", "-1", "-map_chapters", "-1"}, options...)
	return append(args, ffmpeg.FileURL(path))
}

// videoOutput encodes a rendition, or takes it as it is.
func (p plan) videoOutput(i int, r media.Rendition) []string {
	var options []string
	if r.Codec == media.CodecHEVC {
		options = []string{"-tag:v", "hvc1"} // parameter sets in the sample entry alone, which Apple asks for
	}
	label := fmt.Sprintf("[v%d]", i)
	if r.Copy {
		v := p.source.Video
		label, options = fmt.Sprintf("%d:%d", v.Input, v.Stream), append([]string{"-c:v", "copy"}, options...)
	} else {
		options = append(p.encoding(r), options...)
	}
	return p.output(label, videoFile(r.Name), append(options, "-f", "mp4")...)
}

func (p plan) audioOutput(i int, t track) []string {
	options := []string{"-c:a", t.form.encoder(), "-b:a", kbit(t.form.Bitrate)}
	if t.form.Codec == media.CodecAAC {
		options = append(options, "-profile:a", "aac_low")
	}
	if t.tag != nil {
		options = append(options, "-metadata:s:a:0", "language="+t.Language)
	}
	return p.output(fmt.Sprintf("[a%d]", i), t.file, append(options, "-f", "mp4")...)
}

func kbit(n int) string { return strconv.Itoa(n) + "k" }

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
