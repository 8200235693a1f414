package packaging

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
	"github.com/via-orchestrate/orchestrate/internal/step"
)

// declared is a track that the package must hold.
type declared struct {
	folder   string
	video    bool
	codecs   string
	expected float64 // seconds
	frame    float64 // mean duration of a frame in seconds
}

// measured is what stands in the segments of a track.
type measured struct {
	declared
	starts []float64 // of the segments, in seconds of presentation
	end    float64   // in seconds of presentation
}

func (in *inputs) declared() []declared {
	var out []declared
	for _, s := range in.sources {
		out = append(out, declared{s.folder, s.isVideo(), s.track.Entry.Codecs, s.expected, s.frame()})
	}
	return out
}

// verify reads the package back from the folder, trusting nothing that was
// known while writing but what the tracks should be.
func (r *runner) verify(ctx context.Context, job step.Job, folder string, tracks []declared) error {
	all := make([]measured, len(tracks))
	for i, d := range tracks {
		m, err := measure(ctx, folder, d)
		if err != nil {
			return err
		}
		all[i] = m
	}
	if err := r.decodeAll(ctx, job, folder, all); err != nil {
		return err
	}
	if err := checkBoundaries(all); err != nil {
		return err
	}
	return checkManifests(folder, all)
}

// decodeAll decodes a track on each processor: starting ffmpeg takes longer
// than decoding two segments.
func (r *runner) decodeAll(ctx context.Context, job step.Job, folder string, all []measured) error {
	var done atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.NumCPU())
	for _, m := range all {
		group.Go(func() error {
			err := r.decode(ctx, job, folder, m)
			job.Progress(shareWritten + (1-shareWritten)*float64(done.Add(1))/float64(len(all)))
			return err
		})
	}
	return group.Wait()
}

// measure reads header and segments of a track, and holds its duration against
// the expected one.
func measure(ctx context.Context, folder string, d declared) (measured, error) {
	dir := filepath.Join(folder, d.folder)
	header, err := readBack(filepath.Join(dir, manifest.InitName), mp4.ReadInit)
	if err != nil {
		return measured{}, d.broken(manifest.InitName, err)
	}
	if header.Track.Entry.Codecs != d.codecs {
		return measured{}, unverified("Track %s is coded as %s instead of %s.", d.folder, header.Track.Entry.Codecs, d.codecs)
	}
	m := measured{declared: d}
	scale := float64(header.Track.Timescale)
	var end, shown int64 // of the segment before, in decoding and in presentation
	count, err := segmentCount(dir)
	if err != nil {
		return measured{}, err
	}
	for i := 1; i <= count; i++ {
		if err := ctx.Err(); err != nil {
			return measured{}, err
		}
		f, err := readBack(filepath.Join(dir, manifest.SegmentName(i)), mp4.ReadSegment)
		if err != nil {
			return measured{}, d.broken(manifest.SegmentName(i), err)
		}
		switch {
		case i > 1 && f.Start != end:
			return measured{}, unverified("Track %s: segment %d starts at %.3f s, but the one before ends at %.3f s.",
				d.folder, i, float64(f.Start)/scale, float64(end)/scale)
		case int(f.Sequence) != i:
			return measured{}, unverified("Track %s: segment %d has sequence number %d.", d.folder, i, f.Sequence)
		case !f.StartSync:
			return measured{}, unverified("Track %s: segment %d does not begin with a keyframe.", d.folder, i)
		}
		m.starts = append(m.starts, max(0, float64(f.Earliest-header.MediaTime)/scale))
		end, shown = f.Start+f.Duration, f.Earliest+f.Duration-header.MediaTime
	}
	if count == 0 {
		return measured{}, unverified("Track %s has no segments.", d.folder)
	}
	m.end = float64(shown) / scale
	return m, m.checkDuration(m.end - m.starts[0])
}

// checkDuration allows a tenth of a second, or two frames if that is more.
func (m measured) checkDuration(actual float64) error {
	if allowed := max(0.1, 2*m.frame); math.Abs(actual-m.expected) > allowed {
		return unverified("Track %s lasts %.3f s, but %.3f s are expected, give or take %.3f s.",
			m.folder, actual, m.expected, allowed)
	}
	return nil
}

// segmentCount is the number of segments in the folder of a track.
func segmentCount(dir string) (int, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, unreadable(filepath.Base(dir), err)
	}
	n := 0
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "seg_") {
			n++
		}
	}
	return n, nil
}

// broken is the error for a file of the track that cannot be read back.
func (d declared) broken(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return unverified("Track %s: %s is missing.", d.folder, name)
	}
	if errors.Is(err, mp4.ErrMalformed) {
		return unverified("Track %s: %s is broken: %v.", d.folder, name, err)
	}
	return unreadable(d.folder+"/"+name, err)
}

// checkBoundaries wants segments of all renditions to start at the same times,
// or a player that switches shows a frame twice or never (@segmentAlignment of
// ISO/IEC 23009-1, 5.3.3), and audio segments to start within a frame of those.
func checkBoundaries(tracks []measured) error {
	var video *measured
	for i, m := range tracks {
		if !m.video {
			continue
		}
		if video == nil {
			video = &tracks[i]
			continue
		}
		if len(m.starts) != len(video.starts) {
			return unverified("Track %s has %d segments, but %s has %d.", m.folder, len(m.starts), video.folder, len(video.starts))
		}
		for n, start := range m.starts {
			if math.Abs(start-video.starts[n]) > sameTime {
				return unverified("Segment %d of track %s starts at %.3f s, that of %s at %.3f s.",
					n+1, m.folder, start, video.folder, video.starts[n])
			}
		}
	}
	if video == nil {
		return nil
	}
	for _, m := range tracks {
		if err := m.checkAudioBoundaries(video); err != nil {
			return err
		}
	}
	return nil
}

func (m measured) checkAudioBoundaries(video *measured) error {
	for n, start := range m.starts {
		if m.video || n == 0 {
			continue
		}
		if n >= len(video.starts) {
			if start < video.end-m.frame {
				return unverified("Segment %d of track %s starts at %.3f s, where %s has no segment; it ends at %.3f s.",
					n+1, m.folder, start, video.folder, video.end)
			}
			continue // sound without a picture
		}
		if math.Abs(start-video.starts[n]) > m.frame {
			return unverified("Segment %d of track %s starts at %.3f s, more than a frame from that of %s at %.3f s.",
				n+1, m.folder, start, video.folder, video.starts[n])
		}
	}
	return nil
}

// readBack opens a file and reads it with one of package mp4's readers.
func readBack[T any](path string, read func(r io.ReaderAt, size int64) (T, error)) (T, error) {
	var none T
	f, err := os.Open(path)
	if err != nil {
		return none, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return none, err
	}
	return read(f, info.Size())
}
