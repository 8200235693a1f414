package check

import (
	"fmt"
	"math"
)

// judgePlaylist applies what concerns one playlist alone.
func (r *run) judgePlaylist(p *playlist) {
	where := shown(p.address)
	r.judgeVersion(p)
	if p.Multivariant || len(p.Segments) == 0 {
		return
	}
	if !p.End {
		if p.Type == "VOD" {
			r.add(ruleHLSEnd, where, "EXT-X-PLAYLIST-TYPE is VOD, but EXT-X-ENDLIST is missing: players wait for more")
		} else {
			r.add(ruleSkipped, where, "there is no EXT-X-ENDLIST: what is live is checked as it stands now")
		}
	} else if p.Type == "" {
		r.add(ruleHLSType, where, "EXT-X-PLAYLIST-TYPE is missing")
	}
	for i, s := range p.Segments {
		if p.TargetDuration > 0 && math.Round(s.Duration) > float64(p.TargetDuration) {
			r.add(ruleHLSTarget, fmt.Sprintf("%s, line %d", where, s.Line), "segment %d lasts %.3f s, but the target duration is %d s", i+1, s.Duration, p.TargetDuration)
		}
	}
}

// judgeVersion holds EXT-X-VERSION against RFC 8216, 7.
func (r *run) judgeVersion(p *playlist) {
	needed, because := 1, ""
	need := func(version int, is bool, what string) {
		if is && version > needed {
			needed, because = version, what
		}
	}
	need(3, p.UsesFloat, "EXTINF with decimals")
	need(4, p.UsesByteRange, "EXT-X-BYTERANGE")
	need(4, p.IFramesOnly, "EXT-X-I-FRAMES-ONLY")
	need(5, p.UsesMap, "EXT-X-MAP")
	need(6, p.UsesMap && !p.IFramesOnly, "EXT-X-MAP in a playlist that is not of I-frames")
	for _, s := range p.Segments {
		for _, k := range s.Keys {
			need(2, k.IV != "", "IV of EXT-X-KEY")
			need(5, k.KeyFormat != "", "KEYFORMAT of EXT-X-KEY")
		}
	}
	if needed > p.Version {
		r.add(ruleHLSVersion, shown(p.address), "EXT-X-VERSION is %d, but %s needs %d", p.Version, because, needed)
	}
}

// judgeRendition holds declared times against measured ones.
func (r *run) judgeRendition(x *rendition) {
	if x.language != "" {
		r.judgeTag(x.language, x.manifest+", "+x.name)
	}
	if x.track == nil {
		return
	}
	if x.from == FormatHLS {
		r.judgeExtinf(x)
		return
	}
	r.judgeTimes(x)
	r.judgeRepresentation(x)
	r.judgeBandwidth(x)
}

// judgeExtinf wants each EXTINF, and their sum at any place, to be true to a
// frame. Priming that the edit list hides may count or not.
func (r *run) judgeExtinf(x *rendition) {
	t := x.track
	list := t.segments
	tolerance := max(t.frame(), 0.001)
	drift := 0.0
	for i, s := range list {
		if s.err != nil || s.part.gap {
			return
		}
		real := t.length(s.end - s.start)
		alternative := t.shown(s)
		declared := x.segments[i].duration
		if !near(declared, real, tolerance) && !near(declared, alternative, tolerance) {
			r.add(ruleHLSExtinf, fmt.Sprintf("%s, line %d", shown(x.manifest), x.segments[i].line),
				"EXTINF of segment %d is %.3f s, but it lasts %.3f s", i+1, declared, alternative)
			return
		}
		if near(declared, alternative, tolerance) {
			real = alternative
		}
		drift += declared - real
		if math.Abs(drift) > tolerance {
			r.add(ruleHLSExtinf, fmt.Sprintf("%s, line %d", shown(x.manifest), x.segments[i].line),
				"at the end of segment %d the sum of EXTINF is off by %.3f s, more than a frame", i+1, drift)
			return
		}
	}
}

// judgeTimes holds the timeline, index or nominal times of DASH against the
// segments.
func (r *run) judgeTimes(x *rendition) {
	t := x.track
	frame := max(t.frame(), 0.001)
	for i, s := range t.segments {
		if s.err != nil {
			continue
		}
		declared, start := x.segments[i], t.seconds(s.earliest)
		wanted := declared.start + x.offset
		tolerance := frame
		if !declared.exact {
			// Times from @duration may be half a segment off (7.2.1).
			tolerance = max(tolerance, declared.duration/2)
		}
		// What an edit list hides may count or not.
		if !near(max(start, 0), wanted, tolerance) && !near(start, wanted, tolerance) && !near(t.length(s.earliest), wanted, tolerance) {
			r.add(ruleDASHTimes, t.where(i), "%s declares the start of segment %d at %.3f s, but it is at %.3f s", x.name, i+1, wanted, start)
			return
		}
		length := t.shown(s)
		if declared.exact && declared.duration > 0 && !near(declared.duration, length, frame) && !near(declared.duration, t.length(s.end-s.start), frame) {
			r.add(ruleDASHTimes, t.where(i), "%s declares %.3f s for segment %d, but it lasts %.3f s", x.name, declared.duration, i+1, length)
			return
		}
	}
}
