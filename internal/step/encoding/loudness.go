package encoding

import (
	"context"
	"fmt"
	"math"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
)

// Where the profile does not say: EBU R 128, and its true peak limit.
const (
	defaultTarget   = -23.0 // LUFS
	defaultTruePeak = -1.0  // dBTP
)

// mostGain is how much a track is raised at most, in dB. What needs more is room
// noise rather than programme.
const mostGain = 24.0

// peakStep is what the measured true peak may be off by rounding, in dB.
const peakStep = 0.05

// level measures every track as it will be put out, and sets the gain that
// brings it to the loudness that the profile wants. It is one run over all
// tracks: their sound alone is decoded.
func (e *encode) level(ctx context.Context, p *plan) error {
	if p.profile.Loudness == nil || len(p.audio) == 0 {
		return nil
	}
	var measured map[string][]ffmpeg.Loudness
	err := e.tools.Run(ctx, ffmpeg.Command{
		Args: p.loudnessArgs(), Trace: e.job.Trace,
		Report: func(log string) { measured = ffmpeg.ParseLoudness(log) },
	})
	if err != nil {
		return err
	}
	for i := range p.audio {
		t := &p.audio[i]
		gain, remark := p.profile.Loudness.gain(measured[t.sound()])
		t.gain = gain
		if remark != "" {
			p.told = append(p.told, fmt.Sprintf("%s: %s.", t.file, remark))
		}
	}
	return nil
}

// sound names what is heard: files that differ in their codec alone have the
// same.
func (t track) sound() string { return fmt.Sprintf("t%dc%d", t.number, t.form.Channels) }

// loudnessArgs measure each sound once.
func (p plan) loudnessArgs() []string {
	var args, outputs []string
	for _, path := range p.inputs {
		args = append(args, ffmpeg.Input(path)...)
	}
	done := map[string]bool{}
	for _, t := range p.audio {
		name := t.sound()
		if done[name] {
			continue
		}
		done[name] = true
		args = append(args, "-filter_complex", fmt.Sprintf("[%d:%d]%s,ebur128@%s=peak=true:framelog=verbose[%s]",
			t.Input, t.Stream, p.audioFilters(t), name, name))
		outputs = append(outputs, "-map", "["+name+"]", "-f", "null", "-")
	}
	return append(args, outputs...)
}

// gain is what brings a sound to the target in dB, and what is to be said of it:
// a part of a sentence, or "". The gain is the same all along, so that nothing
// of the mix changes; where it would take the true peak over its limit, it is
// less.
func (l Loudness) gain(measured []ffmpeg.Loudness) (gain float64, remark string) {
	switch len(measured) {
	case 0:
		return 0, "the loudness was left alone, as the track is silent"
	case 1:
	default:
		return 0, "the loudness was left alone, as the sound changes its layout midway"
	}
	m, target, peak := measured[0], defaultTarget, defaultTruePeak
	if l.Target != nil {
		target = *l.Target
	}
	if l.TruePeak != nil {
		peak = *l.TruePeak
	}
	wanted := target - m.Integrated
	gain = math.Round(min(wanted, peak-m.TruePeak-peakStep, mostGain)*100) / 100
	if wanted-gain < 0.1 {
		return gain, ""
	}
	reason := fmt.Sprintf("its true peak would have gone above %g dBTP", peak)
	if gain == mostGain {
		reason = fmt.Sprintf("it is not raised by more than %g dB", mostGain)
	}
	return gain, fmt.Sprintf("the loudness came to %.1f LUFS instead of %g, as %s", m.Integrated+gain, target, reason)
}
