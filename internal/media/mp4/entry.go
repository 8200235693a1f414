package mp4

// SampleEntry says how the samples of a track are coded.
type SampleEntry struct {
	Format string // four letters, such as "avc1"
	Codecs string // of RFC 6381, as HLS and DASH want it; empty if not known

	Width, Height  int // coded pixels, video only
	SARNum, SARDen int // sample aspect ratio, 1:1 unless the file says otherwise

	Channels   int // audio only
	SampleRate int
	// ChannelConfiguration is the index of ISO/IEC 23091-3, the same as
	// channelConfiguration of AAC for 1 to 7; 0 if not known.
	ChannelConfiguration int
}

// parseSampleEntry reads the only entry of an stsd payload. CMAF allows one
// entry per track here, as samples of a second one would need another header.
func parseSampleEntry(stsd []byte, handler string) (SampleEntry, error) {
	if len(stsd) < 8 {
		return SampleEntry{}, malformed("stsd is missing or broken")
	}
	list, err := boxes(stsd[8:])
	if err != nil {
		return SampleEntry{}, err
	}
	if len(list) != 1 {
		return SampleEntry{}, malformed("stsd has %d sample entries instead of one", len(list))
	}
	entry := SampleEntry{Format: list[0].kind, SARNum: 1, SARDen: 1}
	if handler == HandlerVideo {
		return entry, entry.parseVisual(list[0].data)
	}
	return entry, entry.parseAudio(list[0].data)
}

// parseVisual reads a VisualSampleEntry (ISO/IEC 14496-12, 12.1.3).
func (e *SampleEntry) parseVisual(data []byte) error {
	f := &fields{data: data}
	f.skip(24)
	e.Width, e.Height = int(f.u16()), int(f.u16())
	f.skip(50)
	if f.short {
		return malformed("the sample entry %q is cut off", e.Format)
	}
	list, err := boxes(f.data)
	if err != nil {
		return err
	}
	for _, b := range list {
		switch b.kind {
		case "pasp":
			p := &fields{data: b.data}
			num, den := int(p.u32()), int(p.u32())
			if !p.short && num > 0 && den > 0 {
				e.SARNum, e.SARDen = num, den
			}
		case "avcC":
			e.Codecs, err = avcCodecs(e.Format, b.data)
		case "hvcC":
			e.Codecs, err = hevcCodecs(e.Format, b.data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// parseAudio reads an AudioSampleEntry (ISO/IEC 14496-12, 12.2.3), of version
// 0 or of QuickTime's version 1, which has 16 bytes more.
func (e *SampleEntry) parseAudio(data []byte) error {
	f := &fields{data: data}
	f.skip(8)
	version := f.u16()
	f.skip(6)
	e.Channels = int(f.u16())
	f.skip(6)
	e.SampleRate = int(f.u32() >> 16)
	if version == 1 {
		f.skip(16)
	}
	if f.short {
		return malformed("the sample entry %q is cut off", e.Format)
	}
	list, err := boxes(f.data)
	if err != nil {
		return err
	}
	for _, b := range list {
		switch b.kind {
		case "esds":
			err = e.parseESDS(b.data)
		case "dac3":
			e.Codecs = "ac-3"
			e.parseDolby(b.data, 10)
		case "dec3":
			e.Codecs = "ec-3"
			e.parseDolby(b.data, 28)
		case "dOps":
			e.Codecs = "opus" // the case that MSE and HLS players ask for
		}
		if err != nil {
			return err
		}
	}
	return nil
}
