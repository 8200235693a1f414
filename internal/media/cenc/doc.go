// Package cenc encrypts and decrypts coded frames by Common Encryption
// (ISO/IEC 23001-7), and whole segments as AES-128 of HLS (RFC 8216, 4.3.2.4).
//
// [NewMapper] makes what finds the bytes of a sample that are encrypted: those
// of slices and tiles, behind their headers, so that demultiplexers, decoders
// and DRM systems still read what they have to. [Cipher] then encrypts or
// decrypts exactly these bytes. The boxes that tell players about it are
// written and read by package mp4.
//
// Two schemes are known. [CENC] is AES in counter mode with another
// initialization vector for each sample (10.1). [CBCS] is AES-CBC with the
// same vector for all, on one of every ten blocks of video and on all blocks of
// sound (10.4).
//
// The mappers read outside bytes: what they cannot read is an error that wraps
// [ErrMalformed], what they do not know one that wraps [ErrUnsupported].
package cenc
