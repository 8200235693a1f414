package complexity

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
	"github.com/via-orchestrate/orchestrate/internal/step/encoding/quality"
)

// How much of a title is sampled.
const (
	sampleSeconds = 2.0
	mostSamples   = 5
	leastShare    = 8 // of the title, one part of so many at most
)

// Title is what is probed.
type Title struct {
	Source string // path
	Stream int    // number of the video stream in it
	Timing []string
	Rate   media.Rational
	Frames int64 // of the output
	Lead   time.Duration

	Picture func(size media.Size) []string // filters that bring frames to a size, in 8 bit 4:2:0
	Sizes   []media.Size                   // to probe, largest first
	Display media.Size                     // at which the source is shown
	Preset  string                         // of x264
	CRF     float64
	Scratch string // an existing folder, in which the samples stay
}

// Probe encodes the samples with one run of ffmpeg, and gives the need of every
// size. Its errors are those of [ffmpeg.Tools.Run] and [quality.Measure].
func Probe(ctx context.Context, tools quality.Tools, t Title) ([]media.Need, error) {
	samples := t.samples()
	if len(samples) == 0 {
		return nil, nil
	}
	if err := tools.Run(ctx, ffmpeg.Command{Args: t.args(samples), Dir: t.Scratch}); err != nil {
		return nil, err
	}
	size := quality.Size(t.Display)
	reference := quality.Reference{Picture: t.Picture(size), Format: "yuv420p"}
	for i := range t.Sizes {
		reference.Files = append(reference.Files, t.file(i))
	}
	// A quarter of each sample is enough to tell sizes apart.
	compared := make([]quality.Window, len(samples))
	for i, s := range samples {
		compared[i] = s
		compared[i].Count = max(s.Count/4, 1)
	}
	found, err := quality.Measure(ctx, tools, quality.Comparison{
		Source: t.Source, Stream: t.Stream, Timing: t.Timing, Rate: t.Rate, Lead: t.Lead,
		Size: size, References: []quality.Reference{reference}, Windows: compared, Scratch: t.Scratch,
	})
	if err != nil {
		return nil, err
	}
	var needs []media.Need
	for i, size := range t.Sizes {
		average, hardest, err := t.bits(t.file(i), int(samples[0].Count))
		if err != nil {
			return nil, fmt.Errorf("samples of %dx%d: %w", size.Width, size.Height, err)
		}
		needs = append(needs, media.Need{Size: size, Kbit: average, Hardest: hardest, SSIM: found[t.file(i)].SSIM})
	}
	return needs, nil
}

// samples are spread evenly over the title, and stand one after the other in
// the files of samples.
func (t Title) samples() []quality.Window {
	count := min(int64(math.Round(sampleSeconds*t.Rate.Float())), t.Frames)
	if count < 1 {
		return nil
	}
	n := min(max(t.Frames/(leastShare*count), 1), mostSamples)
	out := make([]quality.Window, n)
	for i := range out {
		middle := t.Frames * int64(2*i+1) / (2 * n)
		out[i] = quality.Window{Source: min(max(middle-count/2, 0), t.Frames-count), Rendition: int64(i) * count, Count: count}
	}
	return out
}

func (t Title) file(i int) string {
	return filepath.Join(t.Scratch, fmt.Sprintf("sample_%d.mp4", i))
}

// args is the command line. Every sample begins with a keyframe.
func (t Title) args(samples []quality.Window) []string {
	var args, chains []string
	joined := ""
	for i, s := range samples {
		lead := min(int64(t.Lead.Seconds()*t.Rate.Float()), s.Source)
		args = append(args, "-ss", t.at(s.Source-lead), "-t", t.at(lead+s.Count+4))
		args = append(args, ffmpeg.Input(t.Source)...)
		chains = append(chains, fmt.Sprintf("[%d:%d]%s,trim=start_frame=%d:end_frame=%d,setpts=PTS-STARTPTS[s%d]",
			i, t.Stream, strings.Join(t.Timing, ","), lead, lead+s.Count, i))
		joined += fmt.Sprintf("[s%d]", i)
	}
	chain := joined + fmt.Sprintf("concat=n=%d:v=1,settb=%d/%d,setpts=N,", len(samples), t.Rate.Den, t.Rate.Num) +
		strings.Join(t.Picture(t.Sizes[0]), ",")
	for i := range t.Sizes {
		if i == len(t.Sizes)-1 {
			chains = append(chains, fmt.Sprintf("%s[v%d]", chain, i))
			break
		}
		chains = append(chains, fmt.Sprintf("%s,split[v%d][d%d]", chain, i, i))
		chain = fmt.Sprintf("[d%d]scale=%d:%d:flags=bicubic,setsar=1", i, t.Sizes[i+1].Width, t.Sizes[i+1].Height)
	}
	args = append(args, "-filter_complex", strings.Join(chains, ";"))
	gop := strconv.FormatInt(samples[0].Count, 10)
	for i := range t.Sizes {
		args = append(args, "-map", fmt.Sprintf("[v%d]", i), "-c:v", "libx264", "-preset", t.Preset,
			"-crf", strconv.FormatFloat(t.CRF, 'f', -1, 64), "-g", gop, "-keyint_min", gop, "-sc_threshold", "0", "-flags", "+cgop",
			"-f", "mp4", ffmpeg.FileURL(t.file(i)))
	}
	return args
}

func (t Title) at(frame int64) string {
	return strconv.FormatFloat(float64(frame)/t.Rate.Float(), 'f', 6, 64)
}

// bits are what the samples in a file take in kbit/s, on average and the most.
func (t Title) bits(path string, frames int) (average, hardest float64, err error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return 0, 0, err
	}
	movie, err := mp4.ReadMovie(file, info.Size())
	if err != nil {
		return 0, 0, err
	}
	if len(movie.Tracks) != 1 || len(movie.Tracks[0].Samples) == 0 {
		return 0, 0, fmt.Errorf("there is no picture in them: %w", mp4.ErrMalformed)
	}
	all := movie.Tracks[0].Samples
	var total, part float64
	for i, s := range all {
		total += float64(s.Size)
		part += float64(s.Size)
		if (i+1)%frames == 0 {
			hardest = max(hardest, part)
			part = 0
		}
	}
	kbit := 8.0 / 1000 * t.Rate.Float()
	average = total * kbit / float64(len(all))
	return average, max(hardest*kbit/float64(frames), average), nil
}
