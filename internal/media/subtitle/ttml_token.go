package subtitle

import (
	"io"
)

// Bounds of XML.
const (
	maxDepth = 64      // of elements within each other
	maxToken = 1 << 20 // bytes of a tag, comment or text
)

// tokenReader gives an XML decoder at most maxToken bytes of each token, since
// what it makes of a tag with many attributes is larger than that by far.
type tokenReader struct {
	rest string
	used int // bytes of the current token
}

// ReadByte implements io.ByteReader, which is what the decoder reads with.
func (t *tokenReader) ReadByte() (byte, error) {
	if t.rest == "" {
		return 0, io.EOF
	}
	if t.used++; t.used > maxToken {
		return 0, badLine(0, "a tag or text is larger than %d MiB", maxToken>>20)
	}
	b := t.rest[0]
	t.rest = t.rest[1:]
	return b, nil
}

// Read implements io.Reader.
func (t *tokenReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := t.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	return 1, nil
}
