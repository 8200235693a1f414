package quality

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Tools is what this package needs of [ffmpeg.Tools].
type Tools interface {
	Run(ctx context.Context, c ffmpeg.Command) error
}

// Comparison says what is compared with what.
type Comparison struct {
	Source string // path
	Stream int    // number of the video stream in it
	// Timing are the filters that make the source's frames those of the
	// renditions in number and time: the nth is shown at n/Rate seconds.
	Timing []string
	Rate   media.Rational
	GOP    int   // frames from keyframe to keyframe in the renditions
	Frames int64 // of the renditions

	// Lead is how much earlier than a window the source is opened: long enough
	// for filters that look back, and in formats without an index for the next
	// keyframe.
	Lead       time.Duration
	Size       media.Size // at which frames are compared
	References []Reference
	// Windows are what is compared; nil for some that suit Frames.
	Windows []Window
	Scratch string // an existing folder for ffmpeg's results, which stay there
}

// Reference is the source in the colours of some renditions.
type Reference struct {
	Picture []string // filters that bring frames to Size and Format
	Format  string   // pixel format, "yuv420p" or "yuv420p10le"
	Files   []string // paths of the renditions to compare with it
}

// Size is that at which renditions of a source that is shown at display are
// compared: its own, at most 1080 lines.
func Size(display media.Size) media.Size {
	const most = 1080
	scale := min(1, most/float64(display.Short()))
	side := func(n int) int { return max(int(float64(n)*scale/2+0.5)*2, 2) }
	return media.Size{Width: side(display.Width), Height: side(display.Height)}
}

// Measure compares the renditions and gives the quality of each, by path. Its
// errors are those of [ffmpeg.Tools.Run], or tell that frames are missing.
func Measure(ctx context.Context, tools Tools, c Comparison) (map[string]vod.Quality, error) {
	sums := map[string]*sum{}
	if c.Windows == nil {
		c.Windows = plan(c.Frames, c.Rate, c.GOP)
	}
	for _, w := range c.Windows {
		if err := tools.Run(ctx, ffmpeg.Command{Args: c.args(w), Dir: c.Scratch}); err != nil {
			return nil, err
		}
		for i, file := range c.files() {
			if sums[file] == nil {
				sums[file] = &sum{worst: 1}
			}
			if err := sums[file].read(filepath.Join(c.Scratch, statsFile(i)), w.Count); err != nil {
				return nil, fmt.Errorf("compare %s from frame %d on: %w", filepath.Base(file), w.Rendition, err)
			}
		}
	}
	out := map[string]vod.Quality{}
	for file, s := range sums {
		out[file] = vod.Quality{SSIM: s.total / float64(s.frames), Worst: s.worst, Frames: s.frames}
	}
	return out, nil
}

func (c Comparison) files() []string {
	var files []string
	for _, r := range c.References {
		files = append(files, r.Files...)
	}
	return files
}

func statsFile(i int) string { return fmt.Sprintf("ssim_%d.txt", i) }

// args is the command line for a window. Renditions are opened at the very time
// of its first frame, rounded to a microsecond as ffmpeg does: half a frame
// earlier, and all of the GOP before would be decoded, too.
func (c Comparison) args(w Window) []string {
	lead := min(int64(c.Lead.Seconds()*c.Rate.Float()), w.Source)
	args := c.input(c.Source, w.Source-lead, w.Count+lead)
	for _, file := range c.files() {
		args = append(args, c.input(file, w.Rendition, w.Count)...)
	}
	args = append(args, "-filter_complex", strings.Join(c.filters(w, lead), ";"))
	for i := range c.files() {
		args = append(args, "-map", fmt.Sprintf("[o%d]", i), "-f", "null", "-")
	}
	return args
}

// input opens a file at a frame, for so many frames and a few more.
func (c Comparison) input(path string, first, frames int64) []string {
	const spare = 4
	at := func(frames int64) string { return strconv.FormatFloat(float64(frames)/c.Rate.Float(), 'f', 6, 64) }
	options := []string{"-t", at(frames + spare)}
	if first > 0 {
		options = append(options, "-ss", at(first))
	}
	return append(options, ffmpeg.Input(path)...)
}

// filters number the frames of both sides and compare their luma. The scaler is
// told that grey is in full range on both sides: it would take it for limited
// range that has to become full, and nothing would look like the source.
func (c Comparison) filters(w Window, lead int64) []string {
	number := "settb=1/1000,setpts=N*1000"
	source := append([]string{fmt.Sprintf("[0:%d]", c.Stream)}, c.Timing...)
	source = append(source, fmt.Sprintf("trim=start_frame=%d:end_frame=%d", lead, lead+w.Count), number)
	var chains []string
	start := source[0] + strings.Join(source[1:], ",")
	if len(c.References) > 1 {
		start += fmt.Sprintf(",split=%d", len(c.References))
		for g := range c.References {
			start += fmt.Sprintf("[s%d]", g)
		}
		chains = append(chains, start)
	}
	i := 0
	for g, r := range c.References {
		reference := strings.Join(append(r.Picture, "extractplanes=y"), ",") + fmt.Sprintf(",split=%d", len(r.Files))
		if len(c.References) > 1 {
			reference = fmt.Sprintf("[s%d]", g) + reference
		} else {
			reference = start + "," + reference
		}
		var compared []string
		for range r.Files {
			reference += fmt.Sprintf("[r%d]", i)
			compared = append(compared, fmt.Sprintf("[%d:0]trim=end_frame=%d,%s,format=%s,extractplanes=y,scale=%d:%d:flags=bicubic:in_range=pc:out_range=pc,setsar=1[c%d]",
				i+1, w.Count, number, r.Format, c.Size.Width, c.Size.Height, i),
				fmt.Sprintf("[c%d][r%d]ssim=stats_file=%s[o%d]", i, i, statsFile(i), i))
			i++
		}
		chains = append(append(chains, reference), compared...)
	}
	return chains
}
