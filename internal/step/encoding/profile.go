package encoding

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Type is the step type under which profiles name this step.
const Type = "FFMPEG"

// Profile is the encodingProfile of an FFMPEG step. Every field but
// TargetLocation may be left out; zero means the default that the field names.
type Profile struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	VersionID int64  `json:"versionId,omitempty"`
	// TargetLocation is where the renditions are written.
	TargetLocation vod.Location `json:"targetLocation"`

	// SegmentDuration is the distance of keyframes in seconds, 1 to 10, default
	// 4. It is rounded to whole frames.
	SegmentDuration float64 `json:"segmentDuration,omitempty"`
	// Preset is the x264 preset, "ultrafast" to "veryslow", default "veryfast".
	Preset string `json:"preset,omitempty"`
	// CRF is the x264 rate factor, 10 (best) to 40, default 23. The bit rate
	// that it leads to is capped by each rendition's VideoBitrate.
	CRF float64 `json:"crf,omitempty"`
	// Ladder lists the renditions to make, default 1080, 720, 480, 360 and 240.
	// Those larger than the source are left out.
	Ladder []Rung `json:"ladder,omitempty"`
	// Codecs are those of every rung that names none, default [media.CodecH264].
	Codecs []string `json:"codecs,omitempty"`
	// BitDepth is that of HEVC and AV1, 8 or 10; 0: 10 for sources with more than
	// 8 bits, else 8. H.264 is always in 8 bits.
	BitDepth int `json:"bitDepth,omitempty"`
	// DynamicRange is SOURCE, the default, which keeps HDR10 and HLG in HEVC and
	// AV1, or SDR, which maps them to BT.709 there, too. H.264 is always SDR.
	DynamicRange string `json:"dynamicRange,omitempty"`
	// PerTitle lets a quick encode of samples decide which rungs are worth their
	// bits, and how many they need.
	PerTitle bool `json:"perTitle,omitempty"`
	// PassThrough takes the source itself as the top rendition, where it fits;
	// nil means true.
	PassThrough *bool `json:"passThrough,omitempty"`
	// Hardware uses the encoder of a graphics processor where there is one that
	// works.
	Hardware bool `json:"hardware,omitempty"`
	// Quality measures the SSIM of samples of every rendition; nil means true.
	Quality *bool `json:"quality,omitempty"`
	// Thumbnails makes sheets for scrubbing; nil means true.
	Thumbnails *bool `json:"thumbnails,omitempty"`
	// AudioBitrate is the bit rate of each AAC stereo track in kbit/s, 32 to 320,
	// default 128, where Audio is left out.
	AudioBitrate int `json:"audioBitrate,omitempty"`
	// Audio is what is made of each audio track, default AAC in stereo.
	Audio []AudioRendition `json:"audio,omitempty"`
	// Loudness brings every track to one loudness; nil leaves it as it is.
	Loudness *Loudness `json:"loudness,omitempty"`
	// Threads limits the threads of each encoder, 1 to 64, default as many as
	// the encoder finds useful on the machine.
	Threads int `json:"threads,omitempty"`
}

// Rung is one entry of a profile's ladder.
type Rung struct {
	// Height is the size of the picture's short side in pixels, 16 to 4320, even:
	// 720 is 1280x720, or 720x1280 for a portrait source.
	Height int `json:"height"`
	// VideoBitrate is the highest bit rate in kbit/s at up to 30 frames per
	// second, 16 to 100000. 0: the default for the height.
	VideoBitrate int `json:"videoBitrate,omitempty"`
	// Codec is the only one of this rung; "": each of [Profile.Codecs].
	Codec string `json:"codec,omitempty"`
}

// AudioRendition is one form in which every audio track is put out.
type AudioRendition struct {
	Codec string `json:"codec"` // media.CodecAAC or media.CodecOpus
	// Channels is 2, the default, or 6 for 5.1, which is made only of tracks that
	// have as many.
	Channels int `json:"channels,omitempty"`
	// Bitrate is in kbit/s, 32 to 1024; 0: 128 for AAC and 96 for Opus in stereo,
	// three times that in 5.1.
	Bitrate int `json:"bitrate,omitempty"`
}

// Loudness is what tracks are brought to, in the terms of EBU R 128.
type Loudness struct {
	Target   *float64 `json:"target,omitempty"`   // LUFS, -31 to -9, default -23
	TruePeak *float64 `json:"truePeak,omitempty"` // dBTP, -9 to 0, default -1
}

// Presets lists the accepted values of [Profile.Preset], fastest first.
func Presets() []string {
	return []string{
		"ultrafast", "superfast", "veryfast", "faster", "fast",
		"medium", "slow", "slower", "veryslow",
	}
}

// ParseProfile reads an encodingProfile and checks its values. Keys that it
// does not know are left alone: profile documents are checked as a whole when
// they are applied.
func ParseProfile(raw json.RawMessage) (Profile, error) {
	var p Profile
	if err := json.Unmarshal(raw, &p); err != nil {
		return Profile{}, fmt.Errorf("encoding profile: %w", err)
	}
	return p, p.check()
}

func (p Profile) check() error {
	if p.SegmentDuration != 0 && !(p.SegmentDuration >= 1 && p.SegmentDuration <= 10) {
		return fmt.Errorf("segmentDuration is %g, but must be 1 to 10 seconds", p.SegmentDuration)
	}
	if p.Preset != "" && !slices.Contains(Presets(), p.Preset) {
		return fmt.Errorf("preset %q is not one of x264's: %v", p.Preset, Presets())
	}
	if p.CRF != 0 && !(p.CRF >= 10 && p.CRF <= 40) {
		return fmt.Errorf("crf is %g, but must be 10 to 40", p.CRF)
	}
	if err := p.checkFormats(); err != nil {
		return err
	}
	if p.AudioBitrate != 0 && (p.AudioBitrate < 32 || p.AudioBitrate > 320) {
		return fmt.Errorf("audioBitrate is %d, but must be 32 to 320 kbit/s", p.AudioBitrate)
	}
	if p.Threads < 0 || p.Threads > 64 {
		return fmt.Errorf("threads is %d, but must be 1 to 64", p.Threads)
	}
	for i, r := range p.Ladder {
		if err := r.check(); err != nil {
			return fmt.Errorf("ladder entry %d: %w", i+1, err)
		}
		if slices.ContainsFunc(p.Ladder[:i], r.same) {
			return fmt.Errorf("ladder entry %d: height %d is listed twice", i+1, r.Height)
		}
	}
	return nil
}

// rangeSource is the DynamicRange that keeps the source's, rangeSDR the other.
const rangeSource, rangeSDR = "SOURCE", "SDR"

func (p Profile) checkFormats() error {
	for _, codec := range p.Codecs {
		if !slices.Contains(media.VideoCodecs(), codec) {
			return fmt.Errorf("codec %q is not one of %v", codec, media.VideoCodecs())
		}
	}
	if p.BitDepth != 0 && p.BitDepth != 8 && p.BitDepth != 10 {
		return fmt.Errorf("bitDepth is %d, but must be 8 or 10", p.BitDepth)
	}
	if p.DynamicRange != "" && p.DynamicRange != rangeSource && p.DynamicRange != rangeSDR {
		return fmt.Errorf("dynamicRange %q is not SOURCE or SDR", p.DynamicRange)
	}
	for i, a := range p.Audio {
		if err := a.check(); err != nil {
			return fmt.Errorf("audio entry %d: %w", i+1, err)
		}
		if slices.ContainsFunc(p.Audio[:i], func(b AudioRendition) bool { return a.suffix() == b.suffix() }) {
			return fmt.Errorf("audio entry %d: the same codec and channels are listed twice", i+1)
		}
	}
	return p.Loudness.check()
}

func (a AudioRendition) check() error {
	if a.Codec != media.CodecAAC && a.Codec != media.CodecOpus {
		return fmt.Errorf("codec %q is not AAC or OPUS", a.Codec)
	}
	if a.Channels != 0 && a.Channels != stereo && a.Channels != surround {
		return fmt.Errorf("channels is %d, but must be 2 or 6", a.Channels)
	}
	if a.Bitrate != 0 && (a.Bitrate < 32 || a.Bitrate > 1024) {
		return fmt.Errorf("bitrate is %d, but must be 32 to 1024 kbit/s", a.Bitrate)
	}
	return nil
}

func (l *Loudness) check() error {
	if l == nil {
		return nil
	}
	if l.Target != nil && !(*l.Target >= -31 && *l.Target <= -9) {
		return fmt.Errorf("loudness target is %g, but must be -31 to -9 LUFS", *l.Target)
	}
	if l.TruePeak != nil && !(*l.TruePeak >= -9 && *l.TruePeak <= 0) {
		return fmt.Errorf("loudness truePeak is %g, but must be -9 to 0 dBTP", *l.TruePeak)
	}
	return nil
}

func (r Rung) check() error {
	if r.Codec != "" && !slices.Contains(media.VideoCodecs(), r.Codec) {
		return fmt.Errorf("codec %q is not one of %v", r.Codec, media.VideoCodecs())
	}
	if r.Height < 16 || r.Height > 4320 || r.Height%2 != 0 {
		return fmt.Errorf("height is %d, but must be an even number from 16 to 4320", r.Height)
	}
	if r.VideoBitrate != 0 && (r.VideoBitrate < 16 || r.VideoBitrate > 100000) {
		return fmt.Errorf("videoBitrate is %d, but must be 16 to 100000 kbit/s", r.VideoBitrate)
	}
	return nil
}

// same tells whether two rungs lead to a rendition of the same name.
func (r Rung) same(b Rung) bool {
	return r.Height == b.Height && (r.Codec == b.Codec || r.Codec == "" || b.Codec == "")
}
