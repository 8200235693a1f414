package check

import (
	"math"

	"github.com/via-orchestrate/orchestrate/internal/check/hls"
)

// tolerance of bit rates in HLS (Apple, 1.26 and 1.27).
const rateTolerance = 0.10

// maxRun is how many segments of a run are added up at most: enough for 1.5 target
// durations, unless somebody declares them to last no time.
const maxRun = 1000

// rates of a playlist in bit/s. The peak has two readings: the largest rate of
// any run of segments that lasts 0.5 to 1.5 target durations (RFC 8216, 4.1), or
// of any single segment, which is what packagers often write.
type rates struct{ peak, single, average float64 }

func ratesOf(t *track, declared []part, target int) rates {
	var out rates
	list := t.segments
	length := func(i int) float64 { return declared[i].duration }
	var bits, seconds float64
	for i, s := range list {
		if s.err != nil || length(i) <= 0 {
			continue
		}
		bits += t.bits(s)
		seconds += length(i)
		out.single = max(out.single, t.bits(s)/length(i))
		var runBits, runSeconds float64
		for k := i; k < min(len(list), i+maxRun); k++ {
			runBits += t.bits(list[k])
			runSeconds += length(k)
			if runSeconds > 1.5*float64(target) {
				break
			}
			if runSeconds >= 0.5*float64(target) {
				out.peak = max(out.peak, runBits/runSeconds)
			}
		}
	}
	if seconds > 0 {
		out.average = bits / seconds
	}
	out.peak = max(out.peak, out.average)
	out.single = max(out.single, out.peak)
	return out
}

// judgeRates holds BANDWIDTH and AVERAGE-BANDWIDTH of a variant against the most
// demanding combination of its renditions.
func (r *run) judgeRates(where string, v hls.Variant, main *playlist, sound []*track) {
	for _, t := range append([]*track{main.rendition.track}, sound...) {
		if len(t.read()) < len(t.segments) {
			return // what cannot be read has been told
		}
	}
	target := max(main.TargetDuration, 1)
	total := ratesOf(main.rendition.track, main.rendition.segments, target)
	var most rates
	for _, t := range sound {
		own := ratesOf(t, t.measuredParts(), target)
		most = rates{max(most.peak, own.peak), max(most.single, own.single), max(most.average, own.average)}
	}
	sum := rates{total.peak + most.peak, total.single + most.single, total.average + most.average}
	if main.rendition.track.kind == kindAudio { // one of the group is played, not two
		sum = rates{max(total.peak, most.peak), max(total.single, most.single), max(total.average, most.average)}
	}
	r.compareRates(where, v, sum)
}

// measuredParts are the segments with the durations that they really have.
func (t *track) measuredParts() []part {
	out := make([]part, len(t.segments))
	for i, s := range t.segments {
		out[i] = s.part
		if s.err == nil {
			out[i].duration = t.shown(s)
		}
	}
	return out
}

func (r *run) compareRates(where string, v hls.Variant, real rates) {
	declared := float64(v.Bandwidth)
	switch {
	case declared <= 0 || real.peak == 0:
	case real.peak > declared*(1+rateTolerance):
		r.add(ruleHLSBandwidth, where, "BANDWIDTH is %d, but the peak bit rate is %.0f", v.Bandwidth, math.Ceil(real.peak))
	case declared > real.single*(1+rateTolerance):
		r.add(ruleHLSOverstated, where, "BANDWIDTH is %d, but the peak bit rate is %.0f only", v.Bandwidth, math.Ceil(real.single))
	}
	average := float64(v.Average)
	switch {
	case v.Average == 0:
		r.addClause(ruleHLSAverage, apple+"9.14", where, "AVERAGE-BANDWIDTH is missing")
	case real.average > 0 && math.Abs(average/real.average-1) > rateTolerance:
		r.add(ruleHLSAverage, where, "AVERAGE-BANDWIDTH is %d, but the average bit rate is %.0f", v.Average, math.Ceil(real.average))
	}
}

// judgeBandwidth applies ISO/IEC 23009-1, 5.3.5.2: a player that starts at any
// segment once it has @minBufferTime x @bandwidth bits, and goes on receiving at
// @bandwidth, never runs dry.
func (r *run) judgeBandwidth(x *rendition) {
	t, bandwidth := x.track, float64(x.rep.Bandwidth)
	if bandwidth <= 0 {
		return
	}
	where := shown(x.manifest) + ", " + x.name
	buffered := bandwidth * x.mpd.MinBuffer
	var lacking, worst, highest, bits, seconds float64
	for _, s := range t.read() {
		d := t.shown(s)
		if d <= 0 {
			continue
		}
		bits += t.bits(s)
		seconds += d
		highest = max(highest, t.bits(s)/d)
		lacking = max(0, lacking+t.bits(s)-bandwidth*d)
		worst = max(worst, lacking)
	}
	switch {
	case seconds == 0:
	case worst > buffered*1.001+8 || bits/seconds > bandwidth*(1+rateTolerance):
		r.add(ruleDASHBandwidth, where, "@bandwidth is %d with @minBufferTime %.3f s, but segments have %.0f bit/s on average and %.0f at most",
			x.rep.Bandwidth, x.mpd.MinBuffer, math.Ceil(bits/seconds), math.Ceil(highest))
	case bandwidth > 2*highest:
		r.add(ruleDASHOverstated, where, "@bandwidth is %d, but the largest segment has %.0f bit/s", x.rep.Bandwidth, math.Ceil(highest))
	}
}
