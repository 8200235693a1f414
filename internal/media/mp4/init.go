package mp4

// Brands of CMAF (ISO/IEC 23000-19, 7).
const (
	brandCMAF  = "cmfc" // any CMAF track
	brandCMAF2 = "cmf2" // times without an edit list, all defaults in the fragments
	brandBase  = "iso6" // signed composition offsets, tfdt
	brandFrag  = "cmfs" // a CMAF segment
	brandDASH  = "msdh" // a DASH media segment
)

// InitSegment makes the CMAF header of the track: ftyp and moov, without
// samples (ISO/IEC 23000-19, 7). Language is of ISO 639-2/T.
//
// Where the timing asks for it, an edit list says which media time is the start
// of the presentation (ISO/IEC 14496-12, 8.6.6).
//
// With an encryptor the header tells how samples are encrypted, nil for not.
func InitSegment(t *Track, language string, timing Timing, e *Encryptor) []byte {
	b := &builder{}
	b.box("ftyp", func() {
		b.text(brandCMAF)
		b.u32(0)
		b.text(brandBase + brandCMAF)
		if timing.mediaTime() == 0 {
			b.text(brandCMAF2)
		}
	})
	b.box("moov", func() {
		b.full("mvhd", 0, 0, func() {
			b.numbers(0, 0, t.Timescale, 0, 0x10000)
			b.u16(0x100)
			b.zeros(10)
			b.raw(identityMatrix())
			b.zeros(24)
			b.u32(2) // next track
		})
		b.box("trak", func() { t.writeTrack(b, language, timing.mediaTime(), e) })
		b.box("mvex", func() {
			// All defaults stand in the fragments.
			b.full("trex", 0, 0, func() { b.numbers(1, 1, 0, 0, 0) })
		})
		e.writePSSH(b)
	})
	return b.data
}

func (t *Track) writeTrack(b *builder, language string, mediaTime int64, e *Encryptor) {
	b.full("tkhd", 0, 3, func() { // enabled, in the movie
		b.numbers(0, 0, 1, 0, 0, 0, 0, 0)
		volume := uint16(0)
		if t.Handler == HandlerAudio {
			volume = 0x100
		}
		b.u16(volume)
		b.u16(0)
		b.raw(t.Matrix[:])
		b.numbers(t.Width, t.Height)
	})
	if mediaTime > 0 {
		b.box("edts", func() {
			// Duration 0: to the end, fragments included (ISO/IEC 14496-12, 8.6.6).
			b.full("elst", 1, 0, func() {
				b.u32(1)
				b.u64(0)
				b.u64(uint64(mediaTime))
				b.u32(0x10000)
			})
		})
	}
	b.box("mdia", func() {
		b.full("mdhd", 0, 0, func() {
			b.numbers(0, 0, t.Timescale, 0)
			b.u16(packLanguage(language))
			b.u16(0)
		})
		b.full("hdlr", 0, 0, func() {
			b.u32(0)
			b.text(t.Handler)
			b.zeros(12)
			b.text(map[bool]string{true: "Video", false: "Audio"}[t.Handler == HandlerVideo])
			b.u8(0)
		})
		b.box("minf", func() { t.writeMediaInfo(b, e) })
	})
}

func (t *Track) writeMediaInfo(b *builder, e *Encryptor) {
	if t.Handler == HandlerVideo {
		b.full("vmhd", 0, 1, func() { b.zeros(8) })
	} else {
		b.full("smhd", 0, 0, func() { b.zeros(4) })
	}
	b.box("dinf", func() {
		b.full("dref", 0, 0, func() {
			b.u32(1)
			b.full("url ", 0, 1, func() {}) // in this file
		})
	})
	b.box("stbl", func() {
		b.box("stsd", func() { b.raw(e.sampleEntry(t)) })
		b.full("stts", 0, 0, func() { b.u32(0) })
		b.full("stsc", 0, 0, func() { b.u32(0) })
		b.full("stsz", 0, 0, func() { b.numbers(0, 0) })
		b.full("stco", 0, 0, func() { b.u32(0) })
	})
}

func identityMatrix() []byte {
	b := &builder{}
	b.numbers(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
	return b.data
}

// packLanguage is the reverse of unpackLanguage; anything else than three
// letters becomes "und".
func packLanguage(language string) uint16 {
	if len(language) != 3 {
		language = "und"
	}
	var packed uint16
	for i := range 3 {
		c := language[i]
		if c < 'a' || c > 'z' {
			return packLanguage("und")
		}
		packed = packed<<5 | uint16(c-0x60)
	}
	return packed
}
