package mp4

// parseProtection reads sinf (ISO/IEC 14496-12, 8.12) among the boxes of a
// protected sample entry, and puts the original format in place of "encv" or
// "enca". Without sinf the entry stays as it is.
func (e *SampleEntry) parseProtection(list []box) error {
	for _, b := range list {
		if b.kind != "sinf" {
			continue
		}
		frma, _ := find(b.data, "frma")
		schm, _ := find(b.data, "schm")
		tenc, _ := find(b.data, "schi", "tenc")
		if len(frma) < 4 || len(schm) < 8 {
			return malformed("sinf of the sample entry %q lacks frma or schm", e.Format)
		}
		e.Format, e.Scheme = string(frma[:4]), string(schm[4:8])
		return e.parseTrackEncryption(tenc)
	}
	return nil
}

// parseTrackEncryption reads TrackEncryptionBox (ISO/IEC 23001-7, 8.2).
func (e *SampleEntry) parseTrackEncryption(tenc []byte) error {
	f := &fields{data: tenc}
	version, _ := f.full()
	f.skip(1)
	pattern := f.u8()
	if version > 0 {
		e.CryptBlocks, e.SkipBlocks = int(pattern>>4), int(pattern&15)
	}
	protected := f.u8()
	e.IVSize = int(f.u8())
	copy(e.DefaultKID[:], f.bytes(16))
	if protected == 1 && e.IVSize == 0 {
		e.ConstantIV = f.bytes(int(f.u8()))
	}
	if f.short {
		return malformed("tenc of the sample entry %q is missing or broken", e.Format)
	}
	return nil
}
