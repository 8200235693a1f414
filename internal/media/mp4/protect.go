package mp4

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/media/cenc"
)

// Encryption says how a track is to be encrypted.
type Encryption struct {
	Scheme cenc.Scheme
	Key    cenc.Key
	KID    cenc.KeyID
	// IV is the constant vector of cbcs. Of cenc it is that of the first sample,
	// of which the first 8 bytes are used; they must not be used again with the
	// same key, and neither may those that follow, one for each sample.
	IV [cenc.KeySize]byte
	// PSSH are whole boxes for the DRM systems (ISO/IEC 23001-7, 8.1).
	PSSH [][]byte
}

// Encryptor encrypts one track while it is written. It is for one goroutine;
// segments are written in their order, each once.
type Encryptor struct {
	encryption Encryption
	pattern    cenc.Pattern
	cipher     *cenc.Cipher
	mapper     cenc.Mapper
	next       uint64 // vector of the next sample, cenc only
}

// ivSize is the number of bytes of a sample's own vector in cenc: with 8 of
// them the others count blocks, and no two samples ever share a block of the
// key stream (ISO/IEC 23001-7, 9.3).
const ivSize = 8

// maxSubsamples is how many fit the 8 bits that saiz has for the bytes that tell
// of a sample.
const maxSubsamples = (0xff - ivSize - 2) / 6

// maxSampleSize bounds what is read into memory at once.
const maxSampleSize = 256 << 20

// NewEncryptor makes an encryptor for the track. Its error wraps
// [cenc.ErrUnsupported] where the track's codec is not encrypted here.
func NewEncryptor(t *Track, p Encryption) (*Encryptor, error) {
	video := t.Handler == HandlerVideo
	e := &Encryptor{encryption: p, pattern: cenc.PatternOf(p.Scheme, video), next: binary.BigEndian.Uint64(p.IV[:])}
	var err error
	if e.cipher, err = cenc.NewCipher(p.Key, p.Scheme, e.pattern); err != nil {
		return nil, err
	}
	e.mapper, err = cenc.NewMapper(t.Entry.Format, t.Entry.Config, p.Scheme)
	return e, err
}

// sampleEntry is the payload of stsd with the entry as it is when encrypted: under
// another name, with a sinf that tells the original one (ISO/IEC 14496-12,
// 8.12). Without an encryptor it is that of the track.
func (e *Encryptor) sampleEntry(t *Track) []byte {
	if e == nil {
		return t.stsd
	}
	b := &builder{data: slices.Clone(t.stsd)}
	const entry = 8 // version, flags and count come before
	format := string(b.data[entry+4 : entry+8])
	kind := "enca"
	if t.Handler == HandlerVideo {
		kind = "encv"
	}
	copy(b.data[entry+4:], kind)
	b.box("sinf", func() {
		b.box("frma", func() { b.text(format) })
		b.full("schm", 0, 0, func() {
			b.text(string(e.encryption.Scheme))
			b.u32(0x10000)
		})
		b.box("schi", func() { e.writeTrackEncryption(b) })
	})
	binary.BigEndian.PutUint32(b.data[entry:], uint32(len(b.data)-entry))
	return b.data
}

// writeTrackEncryption writes tenc (ISO/IEC 23001-7, 8.2), of version 1 where
// there is a pattern.
func (e *Encryptor) writeTrackEncryption(b *builder) {
	version := uint8(0)
	if e.pattern.Skip > 0 {
		version = 1
	}
	b.full("tenc", version, 0, func() {
		b.u8(0)
		b.u8(e.pattern.Crypt<<4 | e.pattern.Skip)
		b.u8(1) // protected
		if e.encryption.Scheme == cenc.CENC {
			b.u8(ivSize)
			b.raw(e.encryption.KID[:])
			return
		}
		b.u8(0)
		b.raw(e.encryption.KID[:])
		b.u8(uint8(len(e.encryption.IV)))
		b.raw(e.encryption.IV[:])
	})
}

// writePSSH writes the boxes of DRM systems.
func (e *Encryptor) writePSSH(b *builder) {
	if e == nil {
		return
	}
	for _, box := range e.encryption.PSSH {
		b.raw(box)
	}
}

// encryptedSample is how one sample is encrypted.
type encryptedSample struct {
	iv         [cenc.KeySize]byte
	subsamples []cenc.Subsample
}

// plan reads the samples and finds out how each is encrypted. Without an
// encryptor there is no plan.
func (e *Encryptor) plan(source io.ReaderAt, s Segment) ([]encryptedSample, error) {
	if e == nil {
		return nil, nil
	}
	out := make([]encryptedSample, len(s.Samples))
	var buffer []byte
	for i, sample := range s.Samples {
		var err error
		if buffer, err = readSample(buffer, source, sample); err != nil {
			return nil, err
		}
		if out[i].subsamples, err = e.mapper.Map(buffer); err != nil {
			return nil, fmt.Errorf("sample %d of segment %d: %w", i+1, s.Number, err)
		}
		if n := len(out[i].subsamples); n > maxSubsamples {
			return nil, fmt.Errorf("%w: frame %d of segment %d has %d slices or tiles; at most %d are possible",
				cenc.ErrUnsupported, i+1, s.Number, n, maxSubsamples)
		}
		out[i].iv = e.encryption.IV
		if e.encryption.Scheme == cenc.CENC {
			out[i].iv = [cenc.KeySize]byte{}
			binary.BigEndian.PutUint64(out[i].iv[:], e.next)
			e.next++
		}
	}
	return out, nil
}

func readSample(buffer []byte, source io.ReaderAt, s Sample) ([]byte, error) {
	if s.Size > maxSampleSize {
		return nil, malformed("a sample has %d bytes", s.Size)
	}
	buffer = slices.Grow(buffer[:0], int(s.Size))[:s.Size]
	if n, err := source.ReadAt(buffer, s.Offset); err != nil && n < len(buffer) {
		return nil, fmt.Errorf("read a sample: %w", err)
	}
	return buffer, nil
}

// writeSamples writes the samples encrypted as planned.
func (e *Encryptor) writeSamples(w io.Writer, source io.ReaderAt, s Segment, plan []encryptedSample) (written int64, err error) {
	var buffer []byte
	for i, sample := range s.Samples {
		if buffer, err = readSample(buffer, source, sample); err != nil {
			return written, err
		}
		if err := e.cipher.Encrypt(buffer, plan[i].iv, plan[i].subsamples); err != nil {
			return written, err
		}
		n, err := w.Write(buffer)
		written += int64(n)
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// useSubsamples is the flag of senc that says so (ISO/IEC 23001-7, 7.2).
const useSubsamples = 2

// writeAuxiliary writes senc, and saiz and saio that lead to what is in it
// (ISO/IEC 14496-12, 8.7.8 and 8.7.9), counted from the start of moof. A
// track without vectors and subsamples, which is sound in cbcs, has none.
func (e *Encryptor) writeAuxiliary(b *builder, moof int, plan []encryptedSample) {
	if e == nil {
		return
	}
	video := e.pattern.Skip > 0 || slices.ContainsFunc(plan, func(s encryptedSample) bool { return len(s.subsamples) > 0 })
	iv := 0
	if e.encryption.Scheme == cenc.CENC {
		iv = ivSize
	}
	if !video && iv == 0 {
		return
	}
	sizes := make([]uint8, len(plan))
	for i, s := range plan {
		size := iv
		if video {
			size += 2 + 6*len(s.subsamples)
		}
		sizes[i] = uint8(size)
	}
	b.full("saiz", 0, 0, func() {
		b.u8(0) // sizes follow
		b.u32(uint32(len(sizes)))
		b.raw(sizes)
	})
	offsetAt := 0
	b.full("saio", 0, 0, func() {
		b.u32(1)
		offsetAt = len(b.data)
		b.u32(0)
	})
	flags := uint32(0)
	if video {
		flags = useSubsamples
	}
	b.full("senc", 0, flags, func() {
		b.u32(uint32(len(plan)))
		binary.BigEndian.PutUint32(b.data[offsetAt:], uint32(len(b.data)-moof))
		for _, s := range plan {
			b.raw(s.iv[:iv])
			if !video {
				continue
			}
			b.u16(uint16(len(s.subsamples)))
			for _, sub := range s.subsamples {
				b.u16(sub.Clear)
				b.u32(sub.Protected)
			}
		}
	})
}
