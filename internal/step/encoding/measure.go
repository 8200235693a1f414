package encoding

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// measure looks at what came out and writes it down. It refuses a source that
// ended before it said it would, which ffmpeg itself takes for success.
func (e *encode) measure(ctx context.Context, p plan) (media.EncodingNotes, error) {
	notes := media.EncodingNotes{
		Source: p.source, SegmentDuration: decimal(p.profile.SegmentDuration),
		Video: []media.VideoNotes{}, Audio: []media.AudioNotes{}, Remarks: p.remarks(),
	}
	streams, err := e.streams(ctx, p)
	if err != nil {
		return media.EncodingNotes{}, err
	}
	if p.source.Video != nil {
		if err := measureVideo(p, streams, &notes); err != nil {
			return media.EncodingNotes{}, err
		}
	}
	for _, t := range p.audio {
		s := streams[t.file]
		if err := p.checkEnd("sound", t.AudioSource.StreamRef, t.End, s.Duration); err != nil {
			return media.EncodingNotes{}, err
		}
		if err := p.checkSound(t, s); err != nil {
			return media.EncodingNotes{}, err
		}
		notes.Audio = append(notes.Audio, media.AudioNotes{
			File: t.file, Track: t.number, Codec: t.form.Codec, Name: t.name, Language: t.tag, Default: t.initial, Commentary: t.Commentary, Described: t.Described,
			SampleRate: s.SampleRate, Channels: s.Channels, SourceChannels: t.Channels,
			Duration: s.Duration.Seconds(), Bitrate: s.BitRate,
		})
	}
	return notes, nil
}

// streams looks into all outputs, one on each processor: starting ffprobe is
// what takes the time.
func (e *encode) streams(ctx context.Context, p plan) (map[string]ffmpeg.Stream, error) {
	var files []string
	if p.source.Video != nil {
		for _, r := range p.ladder.Renditions {
			files = append(files, videoFile(r.Name))
		}
	}
	for _, t := range p.audio {
		files = append(files, t.file)
	}
	found := make([]ffmpeg.Stream, len(files))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.NumCPU())
	for i, file := range files {
		group.Go(func() (err error) {
			found[i], err = e.only(ctx, file)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	streams := make(map[string]ffmpeg.Stream, len(files))
	for i, file := range files {
		streams[file] = found[i]
	}
	return streams, nil
}

func measureVideo(p plan, streams map[string]ffmpeg.Stream, notes *media.EncodingNotes) error {
	rate := p.ladder.Rate
	notes.FrameRate, notes.SegmentFrames = rate, p.ladder.GOP
	notes.SegmentDuration = media.Rational{Num: int64(p.ladder.GOP) * rate.Den, Den: rate.Num}
	var first *media.VideoNotes // of those that were encoded
	for _, r := range p.ladder.Renditions {
		file := videoFile(r.Name)
		s := streams[file]
		if err := p.checkEnd("picture", p.source.Video.StreamRef, p.source.Video.End, s.Duration); err != nil {
			return err
		}
		if !r.Copy {
			if first == nil {
				first = &media.VideoNotes{File: file, Frames: s.Frames}
			}
			if s.Frames != first.Frames {
				return verifyError(fmt.Sprintf("%s has %d frames, %s has %d.", file, s.Frames, first.File, first.Frames))
			}
		}
		notes.Video = append(notes.Video, media.VideoNotes{
			File: file, Name: r.Name, Codec: r.Codec, BitDepth: r.BitDepth, VideoRange: r.VideoRange, Encoder: encoderName(r), Width: s.Width, Height: s.Height, Frames: s.Frames,
			Duration: float64(s.Frames) / rate.Float(), Bitrate: s.BitRate, MaxBitrate: int64(r.Bitrate) * 1000,
		})
	}
	notes.Poster = &media.PosterNotes{File: posterFile, Width: p.ladder.Poster.Width, Height: p.ladder.Poster.Height}
	if first == nil {
		first = &notes.Video[0]
	}
	var err error
	notes.Thumbnails, err = p.thumbnailNotes(first.Frames)
	return err
}

// only gives the one stream of an output file.
func (e *encode) only(ctx context.Context, file string) (ffmpeg.Stream, error) {
	p, err := e.tools.Probe(ctx, filepath.Join(e.dir, file))
	if err != nil {
		se := vod.AsStepError(err)
		if se.Class != vod.ClassMedia {
			return ffmpeg.Stream{}, err
		}
		return ffmpeg.Stream{}, ffmpeg.BadMedia(filepath.Base(e.inputs[0].path), "holds a stream of which nothing could be decoded ("+file+" stayed empty)", err)
	}
	if len(p.Streams) != 1 || p.Streams[0].Duration <= 0 || p.Streams[0].Frames <= 0 {
		return ffmpeg.Stream{}, verifyError(file + " is not the one-stream file that ffmpeg was asked for.")
	}
	return p.Streams[0], nil
}

// checkEnd compares the duration of an output with the one that its source
// declares.
func (p plan) checkEnd(what string, ref media.StreamRef, end, got time.Duration) error {
	if p.source.Tolerance == 0 || end == 0 {
		return nil
	}
	want := end + p.pad(end)
	missing := want - got
	if missing <= p.source.Tolerance {
		return nil
	}
	name := filepath.Base(p.inputs[ref.Input])
	return ffmpeg.BadMedia(name, fmt.Sprintf("is cut off or damaged: by its own account the %s lasts %.2f s, but only %.2f s of it could be decoded",
		what, end.Seconds(), max(end-missing, 0).Seconds()), nil)
}

// checkSound refuses a track with more frames than fit into its duration: ffmpeg
// squeezes in what it fills up twice where the sound changes its layout midway
// and starts late or ends early.
func (p plan) checkSound(t track, s ffmpeg.Stream) error {
	frame := int64(1024) // samples of AAC-LC
	if t.form.Codec == media.CodecOpus {
		frame = 960 // 20 ms
	}
	if surplus := float64(s.Frames*frame)/float64(max(s.SampleRate, 1)) - s.Duration.Seconds(); surplus < 0.5 {
		return nil
	}
	return ffmpeg.BadMedia(filepath.Base(p.inputs[t.Input]),
		"has sound that changes its layout midway, and is not as long as the picture; that cannot be kept in time", nil)
}

func verifyError(message string) error {
	return &vod.StepError{
		Class: vod.ClassInfra, Reason: vod.ReasonVerify, Message: "The encode went wrong: " + message,
		Hint: "Read ffmpeg's log on the task's page; the next attempt starts afresh.",
	}
}

// decimal is a duration in seconds as a fraction of milliseconds.
func decimal(seconds float64) media.Rational {
	return media.Rational{Num: int64(math.Round(seconds * 1000)), Den: 1000}
}
