package cenc

import (
	"crypto/cipher"
	"errors"
	"fmt"
)

// Scheme is a scheme of Common Encryption, by its four letters.
type Scheme string

// The schemes.
const (
	CENC Scheme = "cenc" // AES-CTR (ISO/IEC 23001-7, 10.1)
	CBCS Scheme = "cbcs" // AES-CBC in a pattern, constant vector (10.4)
)

var (
	// ErrMalformed is wrapped by errors about what a sample holds.
	ErrMalformed = errors.New("malformed bitstream")
	// ErrUnsupported is wrapped by errors about what is not encrypted here.
	ErrUnsupported = errors.New("cannot be encrypted")
)

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}

func unsupported(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrUnsupported, fmt.Sprintf(format, args...))
}

// Subsample is a run of clear bytes and the run of protected ones after it.
type Subsample struct {
	Clear     uint16
	Protected uint32
}

// Pattern is how many of how many blocks are encrypted: Crypt ones, then Skip
// ones in the clear, and so on. The zero pattern is all blocks.
type Pattern struct{ Crypt, Skip uint8 }

// Cipher encrypts and decrypts samples in place. It is safe for concurrent use.
type Cipher struct {
	block   cipher.Block
	scheme  Scheme
	pattern Pattern
}

// NewCipher makes a cipher. The pattern is for CBCS only.
func NewCipher(key Key, scheme Scheme, pattern Pattern) (*Cipher, error) {
	block, err := key.block()
	if err != nil {
		return nil, err
	}
	switch {
	case scheme != CENC && scheme != CBCS:
		return nil, unsupported("scheme %q", scheme)
	case scheme == CENC && pattern != Pattern{}, pattern.Crypt == 0 && pattern.Skip > 0:
		return nil, unsupported("scheme %q with pattern %d:%d", scheme, pattern.Crypt, pattern.Skip)
	}
	return &Cipher{block, scheme, pattern}, nil
}

// Encrypt encrypts the protected bytes of a sample; without subsamples all of
// them are. The IV has 16 bytes; one of 8 bytes is followed by as many zeros,
// which count the blocks (ISO/IEC 23001-7, 9.3).
func (c *Cipher) Encrypt(sample []byte, iv [KeySize]byte, subsamples []Subsample) error {
	return c.apply(sample, iv, subsamples, cipher.NewCBCEncrypter)
}

// Decrypt is the inverse of Encrypt.
func (c *Cipher) Decrypt(sample []byte, iv [KeySize]byte, subsamples []Subsample) error {
	return c.apply(sample, iv, subsamples, cipher.NewCBCDecrypter)
}

func (c *Cipher) apply(sample []byte, iv [KeySize]byte, subsamples []Subsample, cbc func(cipher.Block, []byte) cipher.BlockMode) error {
	// The key stream goes on from one subsample to the next (9.5), while the
	// chain of blocks starts anew with each (9.6).
	stream := cipher.NewCTR(c.block, iv[:])
	protect := func(data []byte) {
		if c.scheme == CENC {
			stream.XORKeyStream(data, data)
			return
		}
		c.pattern.chain(cbc(c.block, iv[:]), data)
	}
	if len(subsamples) == 0 {
		protect(sample)
		return nil
	}
	for _, s := range subsamples {
		clear, protected := int64(s.Clear), int64(s.Protected)
		if clear+protected > int64(len(sample)) {
			return malformed("subsamples of a sample go beyond its end")
		}
		protect(sample[clear : clear+protected])
		sample = sample[clear+protected:]
	}
	if len(sample) > 0 {
		return malformed("subsamples leave out %d bytes of a sample", len(sample))
	}
	return nil
}

// chain runs the pattern over the data. What is no whole block stays clear.
func (p Pattern) chain(mode cipher.BlockMode, data []byte) {
	if p.Skip == 0 {
		whole := data[:len(data)/KeySize*KeySize]
		mode.CryptBlocks(whole, whole)
		return
	}
	crypt, skip := KeySize*int(p.Crypt), KeySize*int(p.Skip)
	for len(data) >= crypt {
		mode.CryptBlocks(data[:crypt], data[:crypt])
		data = data[min(crypt+skip, len(data)):]
	}
}
