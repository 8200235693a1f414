package manifest

import (
	"encoding/hex"
	"fmt"
)

// The schemes of [Protection].
const (
	SchemeAES128 = "aes-128" // whole segments, HLS alone
	SchemeCENC   = "cenc"
	SchemeCBCS   = "cbcs"
)

// Protection is what players have to know of the encryption. It holds no key.
type Protection struct {
	Scheme string `json:"scheme"` // SchemeAES128, SchemeCENC or SchemeCBCS
	KID    Octets `json:"kid"`    // of all tracks
	// IV is the constant one of SchemeCBCS. The others have one for each sample or
	// segment.
	IV Octets `json:"iv"`
	// KeyURI is where the key itself is to be had; empty for DRM systems only.
	KeyURI string `json:"keyUri,omitempty"`
	// Systems are the DRM systems that a key server gave signalling for.
	Systems []System `json:"systems,omitempty"`
	// HLSOnly is for segments that no DASH manifest is to be written for.
	HLSOnly bool `json:"hlsOnly,omitempty"`
}

// System is the signalling of one DRM system.
type System struct {
	ID                    string `json:"id"`                              // UUID, lower case
	PSSH                  []byte `json:"pssh,omitempty"`                  // whole box; nil for none
	ContentProtectionData string `json:"contentProtectionData,omitempty"` // XML inside of DASH's ContentProtection
	HLSMultivariant       string `json:"hlsMultivariant,omitempty"`       // EXT-X-SESSION-KEY line
	HLSMedia              string `json:"hlsMedia,omitempty"`              // EXT-X-KEY line
}

// Octets are 16 bytes, 32 hexadecimal digits as text.
type Octets [16]byte

// MarshalText implements [encoding.TextMarshaler].
func (o Octets) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, o[:]), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (o *Octets) UnmarshalText(text []byte) error {
	if hex.DecodedLen(len(text)) != len(o) {
		return fmt.Errorf("%d hexadecimal digits instead of %d", len(text), hex.EncodedLen(len(o)))
	}
	_, err := hex.Decode(o[:], text)
	return err
}
