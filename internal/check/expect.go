package check

import "slices"

// Expect is what the one who made the presentation knows of it.
type Expect struct {
	Tracks []ExpectedTrack
	// Formats are the manifests that have to name each track: "HLS", "DASH".
	Formats []string
}

// ExpectedTrack is a track that has to be there.
type ExpectedTrack struct {
	Name     string // the folder of its segments
	Kind     string // "video" or "audio"
	Codecs   string // empty where it does not matter
	Start    float64
	Duration float64 // seconds
	// Formats replaces that of Expect where it is not empty.
	Formats []string
}

// judgeExpected compares with what is known.
func (r *run) judgeExpected() {
	if r.Expect == nil {
		return
	}
	video := r.firstOf(kindVideo)
	for _, want := range r.Expect.Tracks {
		i := slices.IndexFunc(r.tracks, func(t *track) bool { return t.name == want.Name })
		if i < 0 {
			r.add(ruleExpectTrack, want.Name, "the track is missing, or could not be read")
			continue
		}
		t := r.tracks[i]
		r.judgeNamed(t, want)
		if t.kind != want.Kind {
			r.add(ruleExpectTrack, want.Name, "it holds %s instead of %s", t.kind, want.Kind)
			continue
		}
		if codecs := t.header.Entry.Codecs; want.Codecs != "" && !sameCodec(codecs, want.Codecs) {
			r.add(ruleExpectTrack, want.Name, "it is coded as %s instead of %s", codecs, want.Codecs)
		}
		if len(t.read()) == 0 {
			continue
		}
		if actual := t.end() - t.start(); !near(actual, want.Duration, t.allowed()) {
			r.add(ruleExpectDuration, want.Name, "it lasts %.3f s, but %.3f s are expected, give or take %.3f s", actual, want.Duration, t.allowed())
		}
		if !near(t.start(), want.Start, t.allowed()) {
			r.add(ruleExpectStart, want.Name, "it starts at %.3f s, but %.3f s are expected, give or take %.3f s", t.start(), want.Start, t.allowed())
		}
		if video != nil && t.kind == kindAudio {
			if n := t.offBoundary(video); n >= 0 {
				r.add(ruleExpectBounds, t.where(n), "segment %d of %s starts at %.3f s, more than a frame from any of %s",
					n+1, t.name, t.seconds(t.segments[n].earliest), video.name)
			}
		}
	}
}

// judgeNamed wants the manifests to name the track.
func (r *run) judgeNamed(t *track, want ExpectedTrack) {
	formats := want.Formats
	if len(formats) == 0 {
		formats = r.Expect.Formats
	}
	for _, from := range formats {
		if !slices.ContainsFunc(r.renditions, func(x *rendition) bool { return x.track == t && x.from == from }) {
			r.add(ruleExpectTrack, want.Name, "%s does not name the track", from)
		}
	}
}
