package check

import (
	"math"
	"strconv"
	"strings"
)

// judgeMPD holds the duration against the tracks.
func (r *run) judgeMPD(m *manifestMPD) {
	if m.Type == "dynamic" {
		r.add(ruleSkipped, shown(m.address), "it is dynamic: what is live is checked as it stands now")
		return
	}
	longest, allowed := 0.0, 0.1
	for _, x := range r.renditions {
		if x.mpd == m && x.track != nil && x.track.kind != kindText {
			if end := x.track.end() - x.offset; end > longest {
				longest, allowed = end, x.track.allowed()
			}
		}
	}
	switch {
	case longest == 0:
	case m.Duration == 0:
		r.add(ruleDASHSyntax, shown(m.address), "@mediaPresentationDuration is missing")
	case !near(m.Duration, longest, allowed):
		r.add(ruleDASHDuration, shown(m.address), "@mediaPresentationDuration is %.3f s, but the longest track ends at %.3f s", m.Duration, longest)
	}
}

// judgeRepresentation holds what is said of a representation against its track.
func (r *run) judgeRepresentation(x *rendition) {
	t, rep := x.track, x.rep
	where, e := shown(x.manifest)+", "+x.name, t.header.Entry
	switch {
	case rep.Codecs == "":
		r.add(ruleDASHCodecs, where, "@codecs is missing")
	case e.Codecs != "" && !sameCodec(rep.Codecs, e.Codecs):
		r.add(ruleDASHCodecs, where, "@codecs is %s, but the track is coded as %s", printable(rep.Codecs), e.Codecs)
	}
	if declared := x.set.ContentType; declared != "" && declared != t.kind && (t.kind != kindText || declared != "application") {
		r.add(ruleDASHSyntax, where, "the content type is %s, but the track holds %s", printable(declared), t.kind)
	}
	if t.kind == kindVideo {
		r.judgeSize(where, x)
	}
	if t.kind == kindAudio {
		r.judgeSound(where, x)
	}
}

func (r *run) judgeSize(where string, x *rendition) {
	t, rep := x.track, x.rep
	e := t.header.Entry
	if rep.Width > 0 && (rep.Width != e.Width || rep.Height != e.Height) {
		r.add(ruleDASHPicture, where, "@width and @height are %dx%d, but the video has %dx%d", rep.Width, rep.Height, e.Width, e.Height)
	}
	if rep.FrameRate > 0 && !sameRate(rep.FrameRate, t) {
		r.add(ruleDASHPicture, where, "@frameRate is %.3f, but the video has %.3f frames per second", rep.FrameRate, 1/t.frame())
	}
	num, den, ok := strings.Cut(rep.SAR, ":")
	n, errN := strconv.ParseFloat(num, 64)
	d, errD := strconv.ParseFloat(den, 64)
	if ok && errN == nil && errD == nil && math.Abs(n*float64(e.SARDen)-d*float64(e.SARNum)) > 0.01*n*float64(e.SARDen) {
		r.add(ruleDASHPicture, where, "@sar is %s, but the header says %d:%d", printable(rep.SAR), e.SARNum, e.SARDen)
	}
}

// judgeSound looks at rate and channels. HE-AAC may declare either of its rates.
func (r *run) judgeSound(where string, x *rendition) {
	e, rep := x.track.header.Entry, x.rep
	if rep.SamplingRate > 0 && e.SampleRate > 0 && rep.SamplingRate != e.SampleRate && rep.SamplingRate != 2*e.SampleRate {
		r.add(ruleDASHSound, where, "@audioSamplingRate is %d, but the track has %d Hz", rep.SamplingRate, e.SampleRate)
	}
	n, err := strconv.Atoi(rep.Channels.Value)
	if err != nil || n <= 0 {
		return
	}
	switch rep.Channels.Scheme {
	case "urn:mpeg:dash:23003:3:audio_channel_configuration:2011":
		// Writers put the number of channels, or the channel configuration, there.
		if n != e.Channels && n != e.ChannelConfiguration {
			r.add(ruleDASHSound, where, "AudioChannelConfiguration is %d, but the track has %d channels", n, e.Channels)
		}
	case "urn:mpeg:mpegB:cicp:ChannelConfiguration":
		if e.ChannelConfiguration > 0 && n != e.ChannelConfiguration {
			r.add(ruleDASHSound, where, "AudioChannelConfiguration is %d, but that of the track is %d", n, e.ChannelConfiguration)
		}
	}
}
