package check

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/check/hls"
)

// judgeMultivariant holds what a multivariant playlist says of its renditions
// against them.
func (r *run) judgeMultivariant(p *playlist) {
	where := shown(p.address)
	if len(p.Variants) == 0 {
		r.addClause(ruleHLSSyntax, rfc+"4.3.4.2", where, "there are no variants")
	}
	groups := r.judgeGroups(p)
	video, independent := false, true
	for _, v := range p.Variants {
		r.judgeVariant(p, v, groups)
		if t := p.trackOf(v.URI); t != nil && t.kind == kindVideo {
			video = true
			for _, s := range t.read() {
				independent = independent && s.firstSample.IDR
			}
		}
	}
	r.judgeSameTarget(p)
	if !video {
		return
	}
	if independent && !p.Independent && !r.allIndependent(p) {
		r.add(ruleHLSIndependent, where, "all video segments start with an IDR picture, but EXT-X-INDEPENDENT-SEGMENTS is missing")
	}
	if len(p.IFrames) == 0 && !p.inWhole() {
		r.add(ruleHLSIFrames, where, "there is no EXT-X-I-FRAME-STREAM-INF")
	}
	r.judgeLadder(p)
}

// inWhole tells whether segments are encrypted as a whole, so that no part of one,
// such as its first picture, can be decrypted for itself.
func (p *playlist) inWhole() bool {
	whole := func(k hls.Key) bool { return k.Method == "AES-128" }
	for _, media := range p.byURI {
		if len(media.Segments) > 0 && slices.ContainsFunc(media.Segments[0].Keys, whole) {
			return true
		}
	}
	return false
}

func (r *run) allIndependent(p *playlist) bool {
	for _, v := range p.Variants {
		if m := p.byURI[v.URI]; m != nil && !m.Independent {
			return false
		}
	}
	return true
}

// trackOf is the track of the media playlist that a reference leads to, nil
// where there is none.
func (p *playlist) trackOf(uri string) *track {
	if m := p.byURI[uri]; m != nil && m.rendition != nil {
		return m.rendition.track
	}
	return nil
}

// judgeGroups applies RFC 8216, 4.3.4.1.1, and gives the groups by type and id.
func (r *run) judgeGroups(p *playlist) map[string][]hls.Media {
	groups := map[string][]hls.Media{}
	for _, m := range p.Media {
		key := m.Type + " " + m.Group
		where := fmt.Sprintf("%s, line %d", shown(p.address), m.Line)
		for _, before := range groups[key] {
			if before.Name == m.Name {
				r.add(ruleHLSGroup, where, "group %q has two renditions named %q", m.Group, m.Name)
			}
			if before.Default && m.Default {
				r.add(ruleHLSGroup, where, "group %q has two defaults: %q and %q", m.Group, before.Name, m.Name)
			}
			if before.Auto && m.Auto && before.Language == m.Language && before.Characteristics == m.Characteristics && before.Assoc == m.Assoc && before.Forced == m.Forced && before.Channels == m.Channels {
				r.add(ruleHLSChoice, where, "%q and %q of group %q have AUTOSELECT=YES, but no attribute tells a player which to take", before.Name, m.Name, m.Group)
			}
		}
		groups[key] = append(groups[key], m)
		r.judgeMedia(p, m, where)
	}
	for _, v := range p.Variants {
		for _, ref := range []struct{ kind, group string }{{"AUDIO", v.Audio}, {"SUBTITLES", v.Subtitles}, {"VIDEO", v.Video}} {
			if ref.group != "" && groups[ref.kind+" "+ref.group] == nil {
				r.add(ruleHLSGroup, fmt.Sprintf("%s, line %d", shown(p.address), v.Line), "%s names group %q, which does not exist", ref.kind, ref.group)
			}
		}
	}
	return groups
}

// judgeMedia looks at one EXT-X-MEDIA.
func (r *run) judgeMedia(p *playlist, m hls.Media, where string) {
	if m.Type != "VIDEO" && !m.HasLanguage {
		r.add(ruleHLSLanguage, where, "%q has no LANGUAGE", m.Name)
	}
	if m.HasLanguage {
		r.judgeTag(m.Language, where)
	}
	access := strings.Contains(m.Characteristics, "describes-video") || strings.Contains(m.Characteristics, "transcribes-spoken-dialog")
	if access && !m.Auto && !m.Default {
		r.add(ruleHLSAccess, where, "%q has %s, but AUTOSELECT is not YES", m.Name, m.Characteristics)
	}
	t := p.trackOf(m.URI)
	if m.Type != "AUDIO" || t == nil || m.Channels == "" {
		return
	}
	count, _, _ := strings.Cut(m.Channels, "/")
	if n, err := strconv.Atoi(count); err != nil || n != t.header.Entry.Channels {
		r.add(ruleHLSChannels, where, "CHANNELS of %q is %q, but the track has %d", m.Name, m.Channels, t.header.Entry.Channels)
	}
}

// judgeVariant holds a variant against the tracks that it is made of.
func (r *run) judgeVariant(p *playlist, v hls.Variant, groups map[string][]hls.Media) {
	where := fmt.Sprintf("%s, line %d", shown(p.address), v.Line)
	main := p.trackOf(v.URI)
	if main == nil {
		return
	}
	var sound []*track
	whole := true // of the group
	for _, m := range groups["AUDIO "+v.Audio] {
		t := p.trackOf(m.URI)
		whole = whole && (m.URI == "" || t != nil)
		if v.Audio != "" && t != nil && t != main {
			sound = append(sound, t)
		}
	}
	if whole { // what cannot be read has been told
		r.judgeCodecs(where, v, append([]*track{main}, sound...), v.Subtitles != "")
		r.judgeRates(where, v, p.byURI[v.URI], sound)
	}
	if main.kind == kindVideo {
		r.judgePicture(where, v, main)
		if v.FrameRate == 0 {
			r.addClause(ruleHLSFrameRate, apple+"9.15", where, "FRAME-RATE is missing")
		} else if !sameRate(v.FrameRate, main) {
			r.add(ruleHLSFrameRate, where, "FRAME-RATE is %.3f, but the video has %.3f frames per second", v.FrameRate, 1/main.frame())
		}
	}
}

// judgeCodecs wants CODECS to list each codec in use, and no other.
func (r *run) judgeCodecs(where string, v hls.Variant, tracks []*track, text bool) {
	if len(v.Codecs) == 0 {
		r.addClause(ruleHLSCodecs, apple+"9.1, 9.3", where, "CODECS is missing")
		return
	}
	used := map[string]bool{}
	for _, t := range tracks {
		codec := t.header.Entry.Codecs
		if codec == "" {
			return
		}
		used[canonical(codec)] = true
		if !slices.ContainsFunc(v.Codecs, func(c string) bool { return sameCodec(c, codec) }) {
			r.add(ruleHLSCodecs, where, "CODECS is %q, but %s is coded as %s", printableList(v.Codecs), t.name, codec)
		}
	}
	for _, c := range v.Codecs {
		isText := strings.HasPrefix(c, "wvtt") || strings.HasPrefix(c, "stpp")
		if !used[canonical(c)] && (!text || !isText) {
			r.add(ruleHLSCodecs, where, "CODECS lists %s, which none of its renditions is coded as", printable(c))
		}
	}
}

func printableList(list []string) string {
	out := strings.Join(list, ",")
	if len(out) > 120 {
		out = out[:120] + "…"
	}
	return out
}

// judgePicture looks at RESOLUTION and VIDEO-RANGE.
func (r *run) judgePicture(where string, v hls.Variant, t *track) {
	width, height := t.display()
	switch {
	case v.Width == 0:
		r.addClause(ruleHLSResolution, apple+"9.2, 9.4", where, "RESOLUTION is missing")
	case !near(float64(v.Width), float64(width), 1) || !near(float64(v.Height), float64(height), 1):
		r.add(ruleHLSResolution, where, "RESOLUTION is %dx%d, but the picture is shown at %dx%d", v.Width, v.Height, width, height)
	}
	want := t.videoRange()
	switch {
	case v.VideoRange == "" && want != "SDR":
		r.addClause(ruleHLSVideoRange, apple+"9.16", where, "VIDEO-RANGE is missing; the video is %s (transfer characteristics %d)", want, t.transfer())
	case v.VideoRange != "" && v.VideoRange != want:
		r.add(ruleHLSVideoRange, where, "VIDEO-RANGE is %s, but the video is %s (transfer characteristics %d)", printable(v.VideoRange), want, t.transfer())
	}
}

// sameRate tells whether a declared frame rate is that of the track, to half a
// percent. Of variable ones the mean is measured and the highest declared.
func sameRate(declared float64, t *track) bool {
	f := t.frame()
	if f == 0 || math.Abs(declared*f-1) <= 0.005 {
		return true
	}
	shortest := math.Inf(1)
	longest := 0.0
	for _, s := range t.read() {
		mean := t.length(s.end-s.start) / float64(s.samples)
		shortest, longest = min(shortest, mean), max(longest, mean)
	}
	return longest > 1.05*shortest && declared >= 0.95/longest
}

// judgeSameTarget wants one target duration (Apple, 8.2).
func (r *run) judgeSameTarget(p *playlist) {
	first := map[string]int{}
	for _, v := range p.Variants {
		m := p.byURI[v.URI]
		if m == nil || m.TargetDuration == 0 {
			continue
		}
		if before, ok := first[""]; ok && before != m.TargetDuration {
			r.add(ruleHLSSameTarget, shown(m.address), "the target duration is %d s; that of another variant is %d s", m.TargetDuration, before)
			return
		}
		first[""] = m.TargetDuration
	}
	for _, media := range p.Media {
		m := p.byURI[media.URI]
		if m == nil || media.Type != "AUDIO" || m.TargetDuration == 0 {
			continue
		}
		if before, ok := first[""]; ok && before != m.TargetDuration {
			r.add(ruleHLSSameTarget, shown(m.address), "the target duration is %d s; that of the video is %d s", m.TargetDuration, before)
			return
		}
	}
}

// judgeLadder looks at the variants as a whole.
func (r *run) judgeLadder(p *playlist) {
	ratio, sizes := 0.0, map[string]bool{}
	for _, v := range p.Variants {
		t := p.trackOf(v.URI)
		if t == nil || t.kind != kindVideo {
			continue
		}
		sizes[v.URI] = true
		w, h := t.display()
		own := float64(w) / float64(max(h, 1))
		if ratio > 0 && math.Abs(own/ratio-1) > 0.03 {
			r.addClause(ruleHLSLadder, apple+"1.33", shown(p.address), "%s has the aspect ratio %.3f, another variant %.3f", t.name, own, ratio)
		}
		ratio = own
	}
	if len(sizes) == 1 {
		r.addClause(ruleHLSLadder, apple+"9.9", shown(p.address), "there is one bit rate of video only")
	}
}
