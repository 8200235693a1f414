package check

import (
	"math"
)

// sameTime is how far apart, in seconds, two times may be that are the same
// instant in tracks of different timescales.
const sameTime = 0.001

// switchable lists the groups of video tracks among which players switch: the
// variants of one multivariant playlist, and the representations of a set whose
// segments are said to be aligned. A track may be in several.
func (r *run) switchable() [][]*track {
	var out [][]*track
	add := func(list []*track) {
		if len(list) > 1 {
			out = append(out, list)
		}
	}
	for _, p := range r.playlists {
		var list []*track
		seen := map[*track]bool{}
		for _, v := range p.Variants {
			if t := p.trackOf(v.URI); t != nil && t.kind == kindVideo && !seen[t] {
				list = append(list, t)
				seen[t] = true
			}
		}
		add(list)
	}
	for _, m := range r.mpds {
		for p := range m.Periods {
			for s := range m.Periods[p].Sets {
				set := &m.Periods[p].Sets[s]
				var list []*track
				for _, x := range r.renditions {
					if x.set == set && set.Aligned && x.track != nil && x.track.kind == kindVideo {
						list = append(list, x.track)
					}
				}
				add(list)
			}
		}
	}
	return out
}

// judgeAlignment wants segments of what players switch among to start at the
// same times: else a frame is shown twice, or never.
func (r *run) judgeAlignment() {
	for _, group := range r.switchable() {
		for _, t := range group[1:] {
			r.alignTo(t, group[0])
		}
	}
	video := r.firstOf(kindVideo)
	if video == nil {
		return
	}
	for _, t := range r.tracks {
		if n := t.offBoundary(video); t.kind == kindAudio && n >= 0 {
			r.add(ruleAlignAudio, t.where(n), "segment %d of %s starts at %.3f s, more than a frame from any of %s",
				n+1, t.name, t.seconds(t.segments[n].earliest), video.name)
		}
	}
}

func (r *run) firstOf(kind string) *track {
	for _, t := range r.tracks {
		if t.kind == kind && len(t.read()) > 0 {
			return t
		}
	}
	return nil
}

func (r *run) alignTo(t, first *track) {
	if len(t.segments) != len(first.segments) {
		r.add(ruleAlign, t.where(0), "%s has %d segments, but %s has %d", t.name, len(t.segments), first.name, len(first.segments))
		return
	}
	for i, s := range t.segments {
		other := first.segments[i]
		if s.err != nil || other.err != nil || s.part.gap || other.part.gap {
			continue
		}
		a, b := t.seconds(s.earliest), first.seconds(other.earliest)
		if math.Abs(a-b) > sameTime {
			r.add(ruleAlign, t.where(i), "segment %d of %s starts at %.3f s, that of %s at %.3f s", i+1, t.name, a, first.name, b)
			return
		}
	}
}

// offBoundary gives the first segment, but the very first, that starts more than
// a frame from all segments of the video, while there is video; -1 for none.
func (t *track) offBoundary(video *track) int {
	frame, end := t.frame()+sameTime, video.end()
	k := 0
	list := video.read()
	if len(list) < len(video.segments) {
		return -1 // what cannot be read has been told
	}
	for i, s := range t.segments {
		if i == 0 || s.err != nil || s.part.gap {
			continue
		}
		start := t.seconds(s.earliest)
		if start > end-frame {
			break
		}
		for k+1 < len(list) && video.seconds(list[k+1].earliest) <= start+frame {
			k++
		}
		if k >= len(list) || math.Abs(video.seconds(list[k].earliest)-start) > frame {
			return i
		}
	}
	return -1
}

// judgeTogether compares when picture and sound start and end.
func (r *run) judgeTogether() {
	video := r.firstOf(kindVideo)
	for _, t := range r.tracks {
		if video == nil || t == video || t.kind == kindText || len(t.read()) == 0 {
			continue
		}
		allowed := max(t.allowed(), video.allowed())
		if d := t.start() - video.start(); math.Abs(d) > allowed {
			r.add(ruleStart, t.name, "it starts at %.3f s, but %s at %.3f s; %.3f s apart are possible", t.start(), video.name, video.start(), allowed)
		}
		if d := t.end() - video.end(); math.Abs(d) > allowed {
			r.add(ruleEnd, t.name, "it ends at %.3f s, but %s at %.3f s; %.3f s apart are possible", t.end(), video.name, video.end(), allowed)
		}
	}
}
