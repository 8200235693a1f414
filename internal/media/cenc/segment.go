package cenc

import (
	"bytes"
	"crypto/cipher"
	"fmt"
	"io"
)

// SegmentWriter encrypts a whole file as METHOD=AES-128 of HLS does: AES-CBC,
// padded by PKCS #7 (RFC 8216, 4.3.2.4). It holds back less than a block until
// it is closed, and does not close what it writes to.
type SegmentWriter struct {
	out  io.Writer
	mode cipher.BlockMode
	rest []byte // plain bytes that are no whole block yet
	work []byte
}

// NewSegmentWriter makes a writer of one segment.
func NewSegmentWriter(out io.Writer, key Key, iv [KeySize]byte) (*SegmentWriter, error) {
	block, err := key.block()
	if err != nil {
		return nil, err
	}
	return &SegmentWriter{out: out, mode: cipher.NewCBCEncrypter(block, iv[:])}, nil
}

// Write implements [io.Writer].
func (w *SegmentWriter) Write(p []byte) (int, error) {
	w.work = append(append(w.work[:0], w.rest...), p...)
	whole := w.work[:len(w.work)/KeySize*KeySize]
	w.rest = append(w.rest[:0], w.work[len(whole):]...)
	w.mode.CryptBlocks(whole, whole)
	if _, err := w.out.Write(whole); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Close writes the last block with its padding.
func (w *SegmentWriter) Close() error {
	pad := KeySize - len(w.rest)
	last := append(w.rest, bytes.Repeat([]byte{byte(pad)}, pad)...)
	w.mode.CryptBlocks(last, last)
	_, err := w.out.Write(last)
	return err
}

// DecryptSegment gives the plain bytes of a segment that a SegmentWriter has
// written.
func DecryptSegment(data []byte, key Key, iv [KeySize]byte) ([]byte, error) {
	block, err := key.block()
	if err != nil {
		return nil, err
	}
	if len(data) == 0 || len(data)%KeySize != 0 {
		return nil, malformed("%d bytes are no whole number of blocks", len(data))
	}
	plain := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv[:]).CryptBlocks(plain, data)
	pad := int(plain[len(plain)-1])
	if pad == 0 || pad > KeySize || !bytes.Equal(plain[len(plain)-pad:], bytes.Repeat([]byte{byte(pad)}, pad)) {
		return nil, malformed("the padding is wrong, as after decryption with another key")
	}
	return plain[:len(plain)-pad], nil
}

// SequenceIV is the vector of the segment with that media sequence number where
// the playlist names none (RFC 8216, 5.2).
func SequenceIV(number uint64) [KeySize]byte {
	var iv [KeySize]byte
	for i := range 8 {
		iv[KeySize-1-i] = byte(number >> (8 * i))
	}
	return iv
}

// KeyID is the id of a key, KID for short. It is no secret.
type KeyID [KeySize]byte

// String is the form of a UUID (RFC 9562, 4).
func (id KeyID) String() string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
