package encoding

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// deviceKinds are the families of encoders of graphics processors: NVIDIA's, Intel's, and
// the interface that AMD's and Intel's share on Linux. The first that works is
// taken.
func deviceKinds() []string { return []string{"nvenc", "qsv", "vaapi"} }

func isDevice(encoder string) bool {
	return slices.ContainsFunc(deviceKinds(), func(kind string) bool { return strings.HasSuffix(encoder, "_"+kind) })
}

// onDevice tells whether frames have to be brought to the device before.
func onDevice(encoder string) bool { return strings.HasSuffix(encoder, "_vaapi") }

// chooseDevices gives each rendition the encoder of a graphics processor that
// works on this machine, and tells which codecs there is none for.
func (e *encode) chooseDevices(ctx context.Context, p *plan) error {
	for _, codec := range media.VideoCodecs() {
		of := func(r media.Rendition) bool { return r.Codec == codec && !r.Copy }
		if !slices.ContainsFunc(p.ladder.Renditions, of) {
			continue
		}
		found, why, err := e.device(ctx, codec)
		if err != nil {
			return err
		}
		if found == "" {
			p.told = append(p.told, fmt.Sprintf("Hardware encoding was asked for, but none works on this machine for %s: %s; %s was used.", codec, why, software(codec)))
			continue
		}
		for i, r := range p.ladder.Renditions {
			if of(r) {
				p.ladder.Renditions[i].Encoder = found
			}
		}
	}
	return nil
}

// device is the first encoder for a codec that works; "", and why not, if none
// does.
func (e *encode) device(ctx context.Context, codec string) (encoder, why string, err error) {
	var reasons []string
	for _, encoder = range DeviceEncoders(codec) {
		reason := e.tools.Works(ctx, encoder)
		if reason == nil {
			return encoder, "", nil
		}
		if ctx.Err() != nil {
			return "", "", &vod.StepError{Class: vod.ClassCancelled, Reason: vod.ReasonCancelled, Message: "Encoding was stopped.", Cause: context.Cause(ctx)}
		}
		reasons = append(reasons, encoder+": "+reason.Error())
	}
	return "", strings.Join(reasons, "; "), nil
}

// DeviceEncoders are the encoders of graphics processors for a codec, in the
// order in which they are tried.
func DeviceEncoders(codec string) (all []string) {
	for _, kind := range deviceKinds() {
		all = append(all, deviceNames()[codec]+"_"+kind)
	}
	return all
}

// deviceNames are the first parts of the encoders' names.
func deviceNames() map[string]string {
	return map[string]string{media.CodecH264: "h264", media.CodecHEVC: "hevc", media.CodecAV1: "av1"}
}

// toSoftware takes the graphics processor out of the plan, and tells whether it
// was in it. why is what went wrong with it.
func (p *plan) toSoftware(why *vod.StepError) bool {
	changed := false
	for i, r := range p.ladder.Renditions {
		if isDevice(r.Encoder) && !r.Copy {
			p.ladder.Renditions[i].Encoder, changed = software(r.Codec), true
		}
	}
	if changed {
		p.told = append(p.told, fmt.Sprintf("Hardware encoding failed (%s), so software was used.", strings.TrimSuffix(why.Message, ".")))
	}
	return changed
}

// hardwareOptions are those of the graphics processors' encoders: quality like
// that of the rate factor, up to the cap, and IDR frames every GOP alone.
func (p plan) hardwareOptions(r media.Rendition) []string {
	gop, quality := strconv.Itoa(p.ladder.GOP), strconv.Itoa(min(int(crfFor(hardwareScale(r.Codec), p.profile.CRF)), 51))
	options := []string{"-c:v", r.Encoder}
	if profile := hardwareProfile(r); profile != "" {
		options = append(options, "-profile:v", profile)
	}
	capped := []string{"-maxrate", kbit(r.Bitrate), "-bufsize", kbit(media.BufferSeconds * r.Bitrate), "-g", gop}
	switch {
	case strings.HasSuffix(r.Encoder, "_nvenc"):
		options = append(options, "-preset", nvencPreset(p.profile.Preset), "-rc", "vbr", "-cq", quality, "-b:v", "0")
		options = append(options, capped...)
		return append(options, "-keyint_min", gop, "-no-scenecut", "1", "-forced-idr", "1", "-strict_gop", "1")
	case strings.HasSuffix(r.Encoder, "_qsv"):
		options = append(options, "-preset", qsvPreset(p.profile.Preset), "-global_quality", quality)
		options = append(options, capped...)
		options = append(options, "-flags", "+cgop")
		switch r.Codec {
		case media.CodecAV1:
			return options
		case media.CodecH264:
			options = append(options, "-look_ahead", "0", "-adaptive_i", "0")
		}
		return append(options, "-idr_interval", "0", "-forced_idr", "1")
	}
	// Quality-defined variable bit rate wants an average, too.
	options = append(options, "-rc_mode", "QVBR", "-global_quality", quality, "-b:v", kbit(r.Bitrate*2/3))
	options = append(options, capped...)
	return append(options, "-idr_interval", "0", "-bf", "0")
}

// hardwareScale is the codec on whose scale the quality of graphics processors
// is: that of HEVC is H.264's.
func hardwareScale(codec string) string {
	if codec == media.CodecAV1 {
		return codec
	}
	return media.CodecH264
}

func hardwareProfile(r media.Rendition) string {
	switch {
	case r.Codec == media.CodecH264:
		return "high"
	case r.Codec == media.CodecAV1:
		return "" // Main is the only one for 4:2:0
	case r.BitDepth == 10:
		return "main10"
	}
	return "main"
}

// nvencPreset is p1 (fastest) to p7 for one of x264's presets.
func nvencPreset(preset string) string {
	return "p" + strconv.Itoa(min(1+slices.Index(Presets(), preset)*3/4, 7))
}

// qsvPreset is the one of x264's presets that Intel's encoders have: they know
// none of the two fastest.
func qsvPreset(preset string) string {
	if slices.Index(Presets(), preset) < 2 {
		return "veryfast"
	}
	return preset
}
