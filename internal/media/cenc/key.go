package cenc

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// KeySize is the number of bytes of a key, of a key id and of an AES block.
const KeySize = aes.BlockSize

// redacted is what is printed instead of a key.
const redacted = "[key]"

// Key is a content key. However it is printed, logged or marshalled, its bytes
// do not show: they stand within a function, which package fmt cannot look into
// either where the Key is an unexported field, of which it calls no methods. The
// zero Key is none.
type Key struct{ reveal func() [KeySize]byte }

// NewKey makes a key of 16 bytes, which it copies.
func NewKey(value []byte) (Key, error) {
	if len(value) != KeySize {
		return Key{}, errors.New("a key has 16 bytes")
	}
	bytes := [KeySize]byte(value)
	return Key{reveal: func() [KeySize]byte { return bytes }}, nil
}

// IsZero tells whether there is no key.
func (k Key) IsZero() bool { return k.reveal == nil }

// Equal compares in constant time.
func (k Key) Equal(other Key) bool {
	if k.IsZero() || other.IsZero() {
		return k.IsZero() && other.IsZero()
	}
	a, b := k.reveal(), other.reveal()
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// block is AES with the key.
func (k Key) block() (cipher.Block, error) {
	if k.IsZero() {
		return nil, errors.New("there is no key")
	}
	bytes := k.reveal()
	return aes.NewCipher(bytes[:])
}

// Format implements [fmt.Formatter] for all verbs.
func (Key) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redacted) }

// String implements [fmt.Stringer].
func (Key) String() string { return redacted }

// GoString implements [fmt.GoStringer].
func (Key) GoString() string { return redacted }

// MarshalText implements [encoding.TextMarshaler], and with it JSON and XML.
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue implements [slog.LogValuer].
func (Key) LogValue() slog.Value { return slog.StringValue(redacted) }
