package doctor

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/config"
)

// skills are what the steps ask of ffmpeg. Without an optional one some
// sources are refused, or look less well.
type skill struct {
	list     string // ffmpeg's option that lists them
	name     string
	optional string // what is lost without it; empty: needed
}

func skills() []skill {
	return []skill{
		{"-encoders", "libx264", ""},
		{"-encoders", "aac", ""},
		{"-encoders", "mjpeg", ""},
		{"-encoders", "libx265", "HEVC"},
		{"-encoders", "libsvtav1", "AV1"},
		{"-encoders", "libopus", "Opus"},
		{"-encoders", "webvtt", "embedded subtitles"},
		{"-filters", "scale", ""},
		{"-filters", "split", ""},
		{"-filters", "fps", ""},
		{"-filters", "aresample", ""},
		{"-filters", "bwdif", "interlaced sources"},
		{"-filters", "zscale", "sources in HDR or wide colour"},
		{"-filters", "tonemap", "sources in HDR"},
		{"-filters", "loudnorm", "loudness to EBU R 128"},
		{"-filters", "ssim", "the measured quality of renditions"},
		{"-muxers", "mp4", ""},
		{"-muxers", "webvtt", "embedded subtitles"},
	}
}

// installFFmpeg is what to do about an ffmpeg that is missing or lacks something.
const installFFmpeg = "install a full build of ffmpeg (on Debian and Ubuntu: apt-get install ffmpeg), or name one with --ffmpeg and --ffprobe"

// Programs looks up both programs and what ffmpeg can do.
func Programs(ctx context.Context, c config.Config) []Finding {
	var all []Finding
	found := true
	for _, program := range []struct{ name, path string }{{"ffmpeg", c.FFmpeg}, {"ffprobe", c.FFprobe}} {
		out, err := ask(ctx, program.path, "-version")
		if err != nil {
			all, found = append(all, Finding{program.name, Problem, err.Error(), installFFmpeg}), false
			continue
		}
		first, _, _ := strings.Cut(out, " Copyright")
		all = append(all, Finding{program.name, OK, first, ""})
	}
	if !found {
		return all
	}
	lists := map[string]map[string]bool{}
	for _, s := range skills() {
		if lists[s.list] == nil {
			out, err := ask(ctx, c.FFmpeg, s.list)
			if err != nil {
				return append(all, Finding{"ffmpeg " + s.list, Problem, err.Error(), installFFmpeg})
			}
			lists[s.list] = secondColumn(out)
		}
		name := strings.TrimSuffix(strings.TrimPrefix(s.list, "-"), "s") + " " + s.name
		switch {
		case lists[s.list][s.name]:
			all = append(all, Finding{name, OK, "", ""})
		case s.optional != "":
			all = append(all, Finding{name, Warning, "ffmpeg was built without it; it is needed for " + s.optional, ""})
		default:
			all = append(all, Finding{name, Problem, "ffmpeg was built without it", installFFmpeg})
		}
	}
	return all
}

func ask(ctx context.Context, program, option string) (string, error) {
	out, err := exec.CommandContext(ctx, program, "-hide_banner", option).Output() //nolint:gosec // The operator names it.
	if err != nil {
		return "", fmt.Errorf("%s cannot be run: %w", program, err)
	}
	return string(out), nil
}

// secondColumn reads ffmpeg's lists, such as " V..... libx264   H.264 …". A name
// may stand for several, such as "mov,mp4".
func secondColumn(list string) map[string]bool {
	names := map[string]bool{}
	for line := range strings.Lines(list) {
		if fields := strings.Fields(line); len(fields) > 1 {
			for name := range strings.SplitSeq(fields[1], ",") {
				names[name] = true
			}
		}
	}
	return names
}
