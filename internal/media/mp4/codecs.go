package mp4

import (
	"fmt"
	"strconv"

	"github.com/via-orchestrate/orchestrate/internal/media/bitio"
)

// Tags of descriptors in esds (ISO/IEC 14496-1, 7.2.2.1) and the object type
// of MPEG-4 audio.
const (
	tagES              = 3
	tagDecoderConfig   = 4
	tagDecoderSpecific = 5
	objectMPEG4Audio   = 0x40
)

// parseESDS finds the AudioSpecificConfig and takes codec, channels and rate
// from it: what the sample entry says of them is often a placeholder.
func (e *SampleEntry) parseESDS(esds []byte) error {
	f := &fields{data: esds}
	f.full()
	es := f.descriptor(tagES)
	es.skip(2)
	flags := es.u8()
	if flags&0x80 != 0 {
		es.skip(2)
	}
	if flags&0x40 != 0 {
		es.skip(int(es.u8()))
	}
	if flags&0x20 != 0 {
		es.skip(2)
	}
	config := es.descriptor(tagDecoderConfig)
	object := config.u8()
	config.skip(12)
	if f.short || es.short || config.short {
		return malformed("esds is broken")
	}
	if object != objectMPEG4Audio {
		e.Codecs = fmt.Sprintf("mp4a.%02x", object)
		return nil
	}
	specific := config.descriptor(tagDecoderSpecific)
	if config.short || len(specific.data) == 0 {
		return malformed("esds has no decoder configuration")
	}
	return e.parseAudioConfig(specific.data)
}

// descriptor reads a descriptor with the tag and gives its payload.
func (f *fields) descriptor(tag uint8) *fields {
	if f.u8() != tag {
		f.short = true
	}
	size := 0
	for range 4 { // seven bits in each of at most four bytes
		b := f.u8()
		size = size<<7 | int(b&0x7f)
		if b&0x80 == 0 {
			break
		}
	}
	if size > len(f.data) {
		f.short = true
		return &fields{short: true}
	}
	return &fields{data: f.bytes(size)}
}

// parseAudioConfig reads an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1).
func (e *SampleEntry) parseAudioConfig(config []byte) error {
	b := bitio.New(config)
	object := objectType(b)
	rate := sampleRate(b)
	channels := b.U(4)
	if object == 5 || object == 29 { // SBR, PS: the rate that comes out follows
		rate = sampleRate(b)
	}
	if b.Short {
		return malformed("the AudioSpecificConfig is cut off")
	}
	e.Codecs = "mp4a.40." + strconv.Itoa(object)
	if rate > 0 {
		e.SampleRate = rate
	}
	// ISO/IEC 14496-3, table 1.19: channels for each channelConfiguration.
	counts := [...]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 8, 11: 7, 12: 8, 14: 8}
	if channels < len(counts) && counts[channels] > 0 {
		e.Channels, e.ChannelConfiguration = counts[channels], channels
	}
	return nil
}

// parseDolby takes the channels from acmod and lfeon, which stand at that bit of
// dac3 or dec3 (ETSI TS 102 366, F.4 and F.6); sample entries always say 2.
func (e *SampleEntry) parseDolby(data []byte, at int) {
	b := bitio.New(data)
	b.Skip(at)
	channels := [...]int{2, 1, 2, 3, 3, 4, 4, 5}[b.U(3)] + b.U(1)
	if !b.Short {
		e.Channels = channels
	}
}

// parseOpus takes the channels from OpusSpecificBox (Encapsulation of Opus in
// ISO Base Media File Format, 4.3.2). What is decoded always has 48 kHz. The
// codec is written as MSE and HLS players ask for it.
func (e *SampleEntry) parseOpus(dOps []byte) error {
	if len(dOps) < 11 {
		return malformed("dOps is cut off")
	}
	e.Codecs, e.SampleRate, e.Channels = "opus", 48000, int(dOps[1])
	// Mapping family 0 and 1 have the layouts of Vorbis (RFC 7845, 5.1.1).
	if family := dOps[10]; family <= 1 {
		layouts := [...]int{1: 1, 2: 2, 3: 3, 5: 5, 6: 6, 8: 12}
		if e.Channels < len(layouts) {
			e.ChannelConfiguration = layouts[e.Channels]
		}
	}
	return nil
}

// objectType reads the audio object type (1.6.2.1).
func objectType(b *bitio.Reader) int {
	if v := b.U(5); v != 31 {
		return v
	}
	return 32 + b.U(6)
}

// sampleRate reads samplingFrequencyIndex, or the frequency itself.
func sampleRate(b *bitio.Reader) int {
	index := b.U(4)
	if index == 15 {
		return b.U(24)
	}
	rates := [...]int{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}
	if index >= len(rates) {
		return 0
	}
	return rates[index]
}
