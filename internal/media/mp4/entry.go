package mp4

// SampleEntry says how the samples of a track are coded.
type SampleEntry struct {
	// Format is four letters, such as "avc1". Of a protected entry ("encv",
	// "enca") it is the format underneath, which frma names.
	Format string
	Codecs string // of RFC 6381, as HLS and DASH want it; empty if not known
	// Config is the payload of the box that configures the decoder: avcC, hvcC,
	// av1C, esds, dOps, dac3 or dec3. It holds the parameter sets of video.
	Config []byte

	Width, Height  int // coded pixels, video only
	SARNum, SARDen int // sample aspect ratio, 1:1 unless the file says otherwise
	BitDepth       int // of luma, video only; 0 if not known
	Colour         Colour

	Channels   int // audio only
	SampleRate int
	// ChannelConfiguration is the index of ISO/IEC 23091-3, the same as
	// channelConfiguration of AAC for 1 to 7; 0 if not known.
	ChannelConfiguration int

	Protection
}

// Colour is what colr of type nclx or nclc says, in the code points of ISO/IEC
// 23091-2. Zeros, which that reserves, mean that there is no such box.
type Colour struct {
	Primaries, Transfer, Matrix int
	FullRange                   bool
}

// Protection is what sinf says of an encrypted entry (ISO/IEC 23001-7, 8.2).
type Protection struct {
	Scheme     string   // four letters of schm, such as "cenc"; empty in the clear
	DefaultKID [16]byte // of tenc
	IVSize     int      // bytes of the IV of each sample; 0 where ConstantIV is used
	ConstantIV []byte
	// CryptBlocks of 16 bytes are encrypted and SkipBlocks left alone, by turns;
	// both 0 without a pattern.
	CryptBlocks, SkipBlocks int
}

// Protected tells whether samples are encrypted.
func (p Protection) Protected() bool { return p.Scheme != "" }

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
	switch handler {
	case HandlerVideo:
		err = entry.parseVisual(list[0].data)
	case HandlerAudio:
		err = entry.parseAudio(list[0].data)
	default:
		err = entry.parseText(list[0].data)
	}
	return entry, err
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
	if err := e.parseProtection(list); err != nil {
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
		case "colr":
			e.parseColour(b.data)
		}
	}
	for _, b := range list {
		switch b.kind {
		case "avcC":
			err = e.parseAVC(b.data)
		case "hvcC":
			err = e.parseHEVC(b.data)
		case "av1C":
			err = e.parseAV1(b.data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// parseColour reads ColourInformationBox (ISO/IEC 14496-12, 12.1.5), or its
// form in QuickTime files, which has no flag of full range.
func (e *SampleEntry) parseColour(colr []byte) {
	f := &fields{data: colr}
	kind := string(f.bytes(4))
	c := Colour{Primaries: int(f.u16()), Transfer: int(f.u16()), Matrix: int(f.u16())}
	if kind == "nclx" {
		c.FullRange = f.u8()&0x80 != 0
	}
	if !f.short && (kind == "nclx" || kind == "nclc") {
		e.Colour = c
	}
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
	if err := e.parseProtection(list); err != nil {
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
			err = e.parseOpus(b.data)
		default:
			continue
		}
		if err != nil {
			return err
		}
		e.Config = b.data
	}
	return nil
}

// parseText takes the codecs of timed text (ISO/IEC 14496-30), which are the
// format alone; those of other formats are not known.
func (e *SampleEntry) parseText([]byte) error {
	if e.Format == "wvtt" || e.Format == "stpp" {
		e.Codecs = e.Format
	}
	return nil
}
