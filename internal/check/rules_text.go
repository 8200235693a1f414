package check

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/check/fetch"
	"github.com/via-orchestrate/orchestrate/internal/check/vtt"
	"github.com/via-orchestrate/orchestrate/internal/media/subtitle"
)

// mapTolerance is how far, in seconds, the timestamp map may move cues against
// their segment.
const mapTolerance = 0.5

// judgeText reads WebVTT, segment by segment.
func (r *run) judgeText(ctx context.Context) {
	begin := 0.0 // media time of the start, which timestamp maps refer to
	if video := r.firstOf(kindVideo); video != nil {
		begin = video.length(video.read()[0].earliest)
	}
	for _, x := range r.renditions {
		if x.kind != kindText || x.track != nil || x.header != nil {
			continue
		}
		if x.rep != nil && x.rep.MIMEType != "text/vtt" {
			r.add(ruleSkipped, shown(x.manifest)+", "+x.name, "text of type %s is not read", printable(x.rep.MIMEType))
			continue
		}
		for i, p := range x.segments {
			if ctx.Err() != nil {
				return
			}
			r.judgeVTT(ctx, x, p, i, begin)
		}
	}
}

func (r *run) judgeVTT(ctx context.Context, x *rendition, p part, i int, begin float64) {
	where := shown(p.address)
	data, err := fetch.Read(ctx, r.Source, p.address, p.span, vtt.MaxSize)
	if err != nil {
		r.fileProblem(shown(x.manifest), err)
		return
	}
	if x.whole {
		if r.Decrypt == nil {
			r.add(ruleSkipped, where, "it is encrypted, and there is no key")
			return
		}
		if data, err = r.Decrypt.Whole(data, x.iv(i)); err != nil {
			r.add(ruleVTT, where, "it cannot be decrypted: %v", err)
			return
		}
	}
	file := vtt.Parse(data)
	for _, problem := range file.Problems {
		r.add(ruleVTT, fmt.Sprintf("%s, line %d", where, problem.Line), "%s", problem.Text)
	}
	if r.Expect != nil && len(file.Problems) == 0 {
		r.judgeOwnText(data, where)
	}
	if x.from == FormatDASH {
		r.judgeCueEnds(x, file, where)
		return
	}
	if file.Map == nil {
		r.add(ruleVTTMap, where, "X-TIMESTAMP-MAP is missing")
	}
	shift := 0.0
	if file.Map != nil {
		if shift = file.Map.Offset() - begin; near(shift, 0, mapTolerance) {
			shift = 0
		}
	}
	last := i == len(x.segments)-1
	for _, cue := range file.Cues {
		start, end := cue.Start+shift, cue.End+shift
		if start >= p.start+p.duration+sameTime && !last || end <= p.start-sameTime || start >= p.start+p.duration+mapTolerance {
			r.add(ruleVTTRange, fmt.Sprintf("%s, line %d", where, cue.Line), "the cue is shown from %.3f s to %.3f s, but the segment lasts from %.3f s to %.3f s",
				start, end, p.start, p.start+p.duration)
		}
	}
}

// judgeOwnText wants WebVTT that is about to be published to be as authors may
// write it, to the last tag. Others are let off: players are.
func (r *run) judgeOwnText(data []byte, where string) {
	_, err := subtitle.ParseWebVTT(bytes.NewReader(data))
	var bad *subtitle.LineError
	if errors.As(err, &bad) {
		r.add(ruleVTT, fmt.Sprintf("%s, line %d", where, bad.Line), "%s", bad.Problem)
	}
}

// judgeCueEnds wants the cues of a whole file to start before the content ends.
func (r *run) judgeCueEnds(x *rendition, file *vtt.File, where string) {
	if x.mpd == nil || x.mpd.Duration == 0 {
		return
	}
	for _, cue := range file.Cues {
		if cue.Start > x.mpd.Duration+mapTolerance {
			r.add(ruleVTTRange, fmt.Sprintf("%s, line %d", where, cue.Line), "the cue starts at %.3f s, but the content ends at %.3f s", cue.Start, x.mpd.Duration)
			return
		}
	}
}
