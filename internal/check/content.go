package check

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/via-orchestrate/orchestrate/internal/check/fetch"
	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// between is how many segments are decoded, spread over the track, beside the
// first and the last where the content is looked at.
const between = 1

// sample is what is decoded of a track.
type sample struct {
	track   *track
	numbers []int
	looked  bool // at the content: black, frozen, silent
}

// decode has ffmpeg decode samples of all tracks, one on each processor:
// starting ffmpeg takes longer than decoding two segments.
func (r *run) decode(ctx context.Context) error {
	if r.Tools == nil {
		r.add(ruleSkipped, "content", "nothing is decoded: ffmpeg is not there")
		return nil
	}
	samples := r.samples()
	var done atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.NumCPU())
	for i, s := range samples {
		group.Go(func() error {
			err := r.decodeSample(ctx, s, filepath.Join(r.Scratch, fmt.Sprintf("sample%d", i)))
			r.Progress(0.5 + 0.5*float64(done.Add(1))/float64(len(samples)))
			return err
		})
	}
	return group.Wait()
}

// samples chooses what is decoded. The content is looked at where that is cheap:
// in the smallest rendition of the picture, and in all sound.
func (r *run) samples() []sample {
	var smallest *track
	for _, t := range r.tracks {
		if e := t.header.Entry; t.kind == kindVideo && (smallest == nil || e.Width*e.Height < smallest.header.Entry.Width*smallest.header.Entry.Height) {
			smallest = t
		}
	}
	var out []sample
	for _, t := range r.tracks {
		if t.kind == kindText || len(t.read()) == 0 {
			continue
		}
		s := sample{track: t, looked: t == smallest || t.kind == kindAudio}
		for i := range t.segments {
			if t.segments[i].err == nil && !t.segments[i].part.gap && (r.Deep || s.wanted(i, len(t.segments))) {
				s.numbers = append(s.numbers, i)
			}
		}
		out = append(out, s)
	}
	return out
}

// wanted tells whether a segment is among the sampled ones.
func (s sample) wanted(i, n int) bool {
	if i == 0 || i == n-1 {
		return true
	}
	for k := 1; s.looked && k <= between; k++ {
		if i == k*(n-1)/(between+1) {
			return true
		}
	}
	return false
}

func (r *run) decodeSample(ctx context.Context, s sample, dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // The scratch folder goes anyway.
	joined := filepath.Join(dir, "joined.mp4")
	readable, err := r.join(ctx, s, joined)
	if err != nil || !readable {
		return err
	}
	args := append([]string{"-xerror", "-err_detect", "explode"}, ffmpeg.Input(joined)...)
	args = append(args, "-map", "0:"+selector(s.track.kind))
	args = append(args, s.filters()...)
	err = r.Tools.Run(ctx, ffmpeg.Command{
		Args: append(args, "-fps_mode", "passthrough", "-f", "null", "-"), Dir: dir, Trace: r.Trace,
	})
	var failed *vod.StepError
	if errors.As(err, &failed) && (failed.Class == vod.ClassMedia || failed.Reason == vod.ReasonEncoder) {
		r.add(ruleDecode, s.track.name, "segments %s of %d do not decode: %s", numbersOf(s.numbers), len(s.track.segments), failed.Message)
		return nil
	}
	if err != nil {
		return err
	}
	return r.judgeContent(s, dir)
}

func selector(kind string) string {
	if kind == kindVideo {
		return "v:0"
	}
	return "a:0"
}

func numbersOf(numbers []int) string {
	if len(numbers) > 6 {
		return fmt.Sprintf("%d to %d", numbers[0]+1, numbers[len(numbers)-1]+1)
	}
	out := ""
	for i, n := range numbers {
		if i > 0 {
			out += ", "
		}
		out += fmt.Sprint(n + 1)
	}
	return out
}

// join writes header and segments one after the other, in the clear. False means
// that they are encrypted and there is no key.
func (r *run) join(ctx context.Context, s sample, path string) (readable bool, err error) {
	t := s.track
	header, err := fetch.Read(ctx, r.Source, t.first.header.address, t.first.header.span, maxHeader)
	if err != nil {
		return false, err
	}
	if t.header.Entry.Protected() && r.Decrypt == nil {
		r.add(ruleSkipped, t.name, "it is encrypted (%s), and there is no key to decode it with", printable(t.header.Entry.Scheme))
		return false, nil
	}
	out, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	for i, n := range s.numbers {
		segment := t.segments[n]
		data, err := fetch.Read(ctx, r.Source, segment.address, segment.span, maxSegment)
		if err != nil {
			return false, err
		}
		clearHeader, clear, err := r.clear(t, n, header, data)
		if err != nil {
			r.add(ruleDecode, t.name, "segment %d cannot be decrypted: %v", n+1, err)
			return false, nil
		}
		if i == 0 {
			if _, err := out.Write(clearHeader); err != nil {
				return false, err
			}
		}
		if _, err := io.Copy(out, bytes.NewReader(clear)); err != nil {
			return false, err
		}
	}
	return true, nil
}

// clear gives header and segment in the clear.
func (r *run) clear(t *track, number int, header, segment []byte) (clearHeader, clearSegment []byte, err error) {
	switch {
	case t.first.whole:
		if clear, err := r.Decrypt.Whole(segment, t.first.iv(number)); err == nil {
			return header, clear, nil
		}
		return nil, nil, errors.New("the key does not fit")
	case t.header.Entry.Protected():
		return r.Decrypt.Samples(header, segment)
	}
	return header, segment, nil
}
