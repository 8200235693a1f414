package encoding

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/step/encoding/quality"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// How much earlier than a window the source is opened for its quality: a few
// frames where the file has an index, else so much that a keyframe lies between.
const (
	leadIndexed   = 300 * time.Millisecond
	leadUnindexed = 6 * time.Second
)

// report tells of the renditions, with their quality where that is wanted. An
// encode whose quality cannot be measured is good for all that: a remark tells
// why.
func (e *encode) report(ctx context.Context, p plan, notes media.EncodingNotes) (vod.Report, error) {
	report := vod.Report{Remarks: notes.Remarks, Source: e.facts}
	measured, err := e.quality(ctx, p, notes)
	if err != nil {
		if ctx.Err() != nil {
			return vod.Report{}, err
		}
		e.job.Log.Warn("the quality of the renditions was not measured", "error", err)
		report.Remarks = append(report.Remarks, "The quality of the renditions could not be measured: "+plainly(err)+".")
	}
	for _, v := range notes.Video {
		r := vod.RenditionReport{
			Name: v.Name, Codec: v.Codec, Width: v.Width, Height: v.Height, VideoRange: v.VideoRange,
			Encoder: v.Encoder, Bitrate: v.Bitrate, MaxBitrate: v.MaxBitrate,
		}
		if q, ok := measured[filepath.Join(e.dir, v.File)]; ok {
			r.Quality = &q
		}
		report.Renditions = append(report.Renditions, r)
	}
	return report, nil
}

// plainly is an error in a few words: that of a program has its log as cause.
func plainly(err error) string {
	var failed *vod.StepError
	if errors.As(err, &failed) {
		return failed.Message
	}
	return err.Error()
}

// quality compares all renditions but one that is the source itself.
func (e *encode) quality(ctx context.Context, p plan, notes media.EncodingNotes) (map[string]vod.Quality, error) {
	references := p.references()
	if !on(e.profile.Quality) || len(references) == 0 {
		return nil, nil
	}
	scratch := filepath.Join(e.job.Scratch, "quality")
	if err := os.MkdirAll(scratch, 0o750); err != nil {
		return nil, err
	}
	v := p.source.Video
	return quality.Measure(ctx, e.tools, quality.Comparison{
		Source: p.inputs[v.Input], Stream: v.Stream, Timing: p.timing(*v),
		Rate: p.ladder.Rate, GOP: p.ladder.GOP, Frames: p.pictured(notes.Video[0].Frames), Lead: p.lead(),
		Size: quality.Size(media.DisplaySize(*v)), References: references, Scratch: scratch,
	})
}

// pictured is how many of the frames are the source's own, and not its last one
// that stays while there is sound.
func (p plan) pictured(frames int64) int64 {
	missing := p.pad(p.source.Video.End).Seconds() * p.ladder.Rate.Float()
	return max(frames-int64(missing+0.5), 1)
}

// references are the source in the dynamic ranges that renditions have.
func (p plan) references() []quality.Reference {
	if p.source.Video == nil {
		return nil
	}
	v := *p.source.Video
	var out []quality.Reference
	for _, b := range p.branches(v) {
		if len(b.renditions) == 0 {
			continue
		}
		r := quality.Reference{Picture: p.colours(v, b, quality.Size(media.DisplaySize(v))), Format: pixelFormat(b.depth)}
		for _, n := range b.renditions {
			r.Files = append(r.Files, filepath.Join(p.dir, videoFile(p.ladder.Renditions[n].Name)))
		}
		out = append(out, r)
	}
	return out
}

// lead is how much earlier than a window the source is opened.
func (p plan) lead() time.Duration {
	if p.source.Tolerance == 0 {
		return leadUnindexed
	}
	return leadIndexed
}

// on is the value of a switch that is on where a profile leaves it out.
func on(b *bool) bool { return b == nil || *b }
