package mp4

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/media/cenc"
)

// Decryptor turns an encrypted CMAF track into a clear one. It goes by what the
// header and the segments say alone: tenc, saiz, saio and what they lead to. It
// is safe for concurrent use.
type Decryptor struct {
	track  *Track
	cipher *cenc.Cipher
	init   []byte
}

// NewDecryptor reads the header of a track that is encrypted with the key.
func NewDecryptor(init []byte, key cenc.Key) (*Decryptor, error) {
	track, err := ReadInit(bytes.NewReader(init), int64(len(init)))
	if err != nil {
		return nil, err
	}
	p := track.Entry.Protection
	if !p.Protected() {
		return nil, malformed("the track is not encrypted")
	}
	if n := len(p.ConstantIV); p.IVSize != 8 && p.IVSize != 16 && (p.IVSize != 0 || n != 8 && n != 16) {
		return nil, malformed("tenc has vectors of %d bytes, and a constant one of %d", p.IVSize, n)
	}
	d := &Decryptor{track: track}
	pattern := cenc.Pattern{Crypt: uint8(p.CryptBlocks), Skip: uint8(p.SkipBlocks)}
	if d.cipher, err = cenc.NewCipher(key, cenc.Scheme(p.Scheme), pattern); err != nil {
		return nil, err
	}
	d.init, err = clearInit(init, track.Entry.Format)
	return d, err
}

// KID is the id of the key that the track says it is encrypted with.
func (d *Decryptor) KID() cenc.KeyID { return d.track.Entry.DefaultKID }

// Init is the header of the clear track.
func (d *Decryptor) Init() []byte { return bytes.Clone(d.init) }

// clearInit gives the sample entry its own name back, and makes free space of
// all that is said of encryption, so that nothing changes its place.
func clearInit(init []byte, format string) ([]byte, error) {
	out := bytes.Clone(init)
	moov, _ := find(out, "moov")
	if err := rename(moov, "free", "pssh"); err != nil {
		return nil, err
	}
	stsd, _ := find(moov, "trak", "mdia", "minf", "stbl", "stsd")
	if len(stsd) < 8 {
		return nil, malformed("stsd is missing or broken")
	}
	entry := stsd[8:]
	for kind, head := range map[string]int{"encv": 8 + 78, "enca": 8 + 28} {
		if string(entry[4:8]) != kind || len(entry) < head {
			continue
		}
		if err := rename(entry[head:], "free", "sinf"); err != nil {
			return nil, err
		}
	}
	return out, rename(entry, format, "encv", "enca")
}

// rename gives the boxes of these kinds another one, in place.
func rename(data []byte, to string, kinds ...string) error {
	list, err := boxes(data)
	if err != nil {
		return err
	}
	at := 0
	for _, b := range list {
		if slices.Contains(kinds, b.kind) {
			copy(data[at+4:], to)
		}
		head := 8
		if binary.BigEndian.Uint32(data[at:]) == 1 {
			head = 16
		}
		at += head + len(b.data)
	}
	return nil
}

// Segment gives the clear form of a segment.
func (d *Decryptor) Segment(segment []byte) ([]byte, error) {
	out := bytes.Clone(segment)
	media, err := ReadMedia(bytes.NewReader(out), int64(len(out)), d.track)
	if err != nil {
		return nil, err
	}
	for _, f := range media.Fragments {
		traf, err := d.traf(out, f.Offset)
		if err != nil {
			return nil, err
		}
		plan, err := d.auxiliary(out, traf, f)
		if err != nil {
			return nil, err
		}
		for i, s := range f.Samples {
			if err := d.cipher.Decrypt(out[s.Offset:s.Offset+int64(s.Size)], plan[i].iv, plan[i].subsamples); err != nil {
				return nil, malformed("sample %d: %v", i+1, err)
			}
		}
		if err := rename(traf, "free", "senc", "saiz", "saio"); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// traf finds the part of the track in the moof that begins there.
func (d *Decryptor) traf(segment []byte, moof int64) ([]byte, error) {
	data, found := find(segment[moof:], "moof")
	list, err := boxes(data)
	if !found || err != nil {
		return nil, malformed("the fragment at %d is broken", moof)
	}
	for _, b := range list {
		if b.kind != "traf" {
			continue
		}
		tfhd, _ := find(b.data, "tfhd")
		f := &fields{data: tfhd}
		_, flags := f.full()
		if f.u32() != d.track.ID || f.short {
			continue
		}
		if flags&headBase != 0 {
			return nil, malformed("offsets are counted from elsewhere than the fragment")
		}
		return b.data, nil
	}
	return nil, malformed("the fragment at %d has no part of track %d", moof, d.track.ID)
}

// auxiliary reads what saiz and saio lead to: vector and subsamples of each
// sample (ISO/IEC 23001-7, 7.1). Where they are missing, all samples have the
// constant vector and are encrypted as a whole.
func (d *Decryptor) auxiliary(segment, traf []byte, fragment MediaFragment) ([]encryptedSample, error) {
	p := d.track.Entry.Protection
	plan := make([]encryptedSample, len(fragment.Samples))
	for i := range plan {
		copy(plan[i].iv[:], p.ConstantIV)
	}
	saiz, sized := find(traf, "saiz")
	saio, placed := find(traf, "saio")
	if !sized && !placed {
		senc, _ := find(traf, "senc")
		f := &fields{data: senc}
		if _, flags := f.full(); p.IVSize > 0 || flags&useSubsamples != 0 {
			return nil, malformed("saiz and saio are missing")
		}
		return plan, nil
	}
	sizes, err := parseSampleSizes(saiz, len(plan))
	if err != nil {
		return nil, err
	}
	at, err := parseAuxiliaryOffset(saio)
	if err != nil {
		return nil, err
	}
	if at += fragment.Offset; at < 0 || at > int64(len(segment)) {
		return nil, malformed("saio leads out of the segment")
	}
	f := &fields{data: segment[at:]}
	for i, size := range sizes {
		info := &fields{data: f.bytes(size)}
		if f.short {
			return nil, malformed("what saio leads to is cut off")
		}
		copy(plan[i].iv[:], info.bytes(p.IVSize))
		if len(info.data) == 0 {
			continue
		}
		for range info.u16() {
			plan[i].subsamples = append(plan[i].subsamples, cenc.Subsample{Clear: info.u16(), Protected: info.u32()})
		}
		if info.short || len(info.data) > 0 {
			return nil, malformed("the subsamples of sample %d do not fill their %d bytes", i+1, size)
		}
	}
	return plan, nil
}

// parseSampleSizes reads saiz (ISO/IEC 14496-12, 8.7.8).
func parseSampleSizes(saiz []byte, samples int) ([]int, error) {
	f := &fields{data: saiz}
	if _, flags := f.full(); flags&1 != 0 {
		f.skip(8) // type
	}
	common := int(f.u8())
	if n := f.u32(); f.short || uint64(n) != uint64(samples) || common == 0 && len(f.data) < samples {
		return nil, malformed("saiz is broken, or not of %d samples", samples)
	}
	out := make([]int, samples)
	for i := range out {
		if out[i] = common; common == 0 {
			out[i] = int(f.u8())
		}
	}
	return out, nil
}

// parseAuxiliaryOffset reads saio with one offset (8.7.9).
func parseAuxiliaryOffset(saio []byte) (int64, error) {
	f := &fields{data: saio}
	version, flags := f.full()
	if flags&1 != 0 {
		f.skip(8) // type
	}
	n := f.u32()
	at := f.word(version)
	if f.short || n != 1 || at > maxTime {
		return 0, malformed("saio is broken, or has not one offset")
	}
	return int64(at), nil
}
