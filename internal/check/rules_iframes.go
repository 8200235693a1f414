package check

import (
	"bytes"
	"context"
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/check/bitstream"
	"github.com/via-orchestrate/orchestrate/internal/check/fetch"
	"github.com/via-orchestrate/orchestrate/internal/check/hls"
	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
)

// judgeIFrames reads what I-frame playlists name, entry by entry.
func (r *run) judgeIFrames(ctx context.Context) {
	for _, p := range r.playlists {
		for _, v := range p.IFrames {
			if m := p.byURI[v.URI]; m != nil && ctx.Err() == nil {
				r.judgeIFramePlaylist(ctx, p, v, m)
			}
		}
	}
}

func (r *run) judgeIFramePlaylist(ctx context.Context, p *playlist, v hls.Variant, m *playlist) {
	where := shown(m.address)
	if m.iframes == nil {
		if len(m.Segments) > 0 && !m.IFramesOnly {
			r.addClause(ruleHLSIFrame, apple+"6.8", where, "EXT-X-I-FRAMES-ONLY is missing")
		}
		return
	}
	x := m.iframes
	if x.whole {
		r.add(ruleSkipped, where, "I-frames of segments that are encrypted as a whole are not read")
		return
	}
	if x.header == nil {
		return
	}
	t := r.readHeader(ctx, x)
	if t == nil {
		return
	}
	for i := range t.segments {
		if ctx.Err() != nil {
			return
		}
		r.judgeIFrameEntry(ctx, t, i, fmt.Sprintf("%s, line %d", where, t.segments[i].line))
	}
	r.judgeIFrameTimes(t, where)
	line := fmt.Sprintf("%s, line %d", shown(p.address), v.Line)
	r.judgeCodecs(line, v, []*track{t}, false)
	r.judgePicture(line, v, t)
	target := max(m.TargetDuration, 1)
	r.compareIFrameRates(line, v, ratesOf(t, x.segments, target))
}

// compareIFrameRates is laxer than for variants: how much before and behind an
// I-frame counts is not fixed.
func (r *run) compareIFrameRates(where string, v hls.Variant, real rates) {
	if declared := float64(v.Bandwidth); declared > 0 && real.peak > declared*(1+rateTolerance) {
		r.add(ruleHLSBandwidth, where, "BANDWIDTH is %d, but the peak bit rate of the I-frames is %.0f", v.Bandwidth, real.peak)
	}
}

// judgeIFrameEntry wants moof and the whole of one sync sample at the range.
func (r *run) judgeIFrameEntry(ctx context.Context, t *track, i int, where string) {
	s := &t.segments[i]
	data, err := fetch.Read(ctx, r.Source, s.address, s.span, maxSegment)
	if err != nil {
		s.err = err
		r.fileProblem(where, err)
		return
	}
	s.size = int64(len(data))
	media, err := mp4.ReadMediaStart(bytes.NewReader(data), s.size, t.header)
	if err != nil || len(media.Fragments) == 0 {
		s.err = fmt.Errorf("%w: %w", mp4.ErrMalformed, err)
		r.addClause(ruleHLSIFrame, apple+"6.10", where, "entry %d, %d bytes at %d, does not begin with boxes up to a moof: %v", i+1, s.span.Length, s.span.Offset, err)
		return
	}
	samples := media.Fragments[0].Samples
	if len(samples) == 0 {
		s.err = mp4.ErrMalformed
		r.add(ruleHLSIFrame, where, "entry %d, %d bytes at %d, ends before its first sample does", i+1, s.span.Length, s.span.Offset)
		return
	}
	first := samples[0]
	s.start, s.end, s.samples = first.Decode, first.Decode+int64(first.Duration), 1
	s.earliest, s.latest = first.Present, first.Present+int64(first.Duration)
	head := data[first.Offset:min(first.Offset+int64(first.Size), first.Offset+maxPeek)]
	picture := bitstream.OfSample(t.header.Entry, head)
	switch {
	case !first.Sync || (picture.Known && !picture.Random && !t.header.Entry.Protected()):
		r.add(ruleHLSIFrame, where, "entry %d is no picture that decodes on its own", i+1)
	case s.span.Length > 0 && s.size > first.Offset+int64(first.Size):
		r.add(ruleHLSIFrame, where, "entry %d has %d bytes, but its I-frame ends after %d", i+1, s.size, first.Offset+int64(first.Size))
	}
}

// judgeIFrameTimes wants each entry to last until the next one is shown.
func (r *run) judgeIFrameTimes(t *track, where string) {
	list := t.segments
	for i := range list {
		if i == 0 || list[i].err != nil || list[i-1].err != nil {
			continue
		}
		real := t.length(list[i].earliest - list[i-1].earliest)
		frame := max(t.length(list[i].end-list[i].start), 0.001)
		if declared := list[i-1].duration; !near(declared, real, frame) {
			r.add(ruleHLSIFrame, fmt.Sprintf("%s, line %d", where, list[i-1].line),
				"EXTINF of entry %d is %.3f s, but the next I-frame is shown %.3f s later", i, declared, real)
			return
		}
	}
}
