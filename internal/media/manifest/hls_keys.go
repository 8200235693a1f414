package manifest

import (
	"fmt"
	"strings"
)

// The key formats of HLS where players get the key in the clear: that of RFC
// 8216, 4.3.2.4, whose address gives the 16 bytes, and the key system of
// browsers (W3C Encrypted Media Extensions, 9.1).
const (
	formatIdentity = "identity"
	formatClearKey = "org.w3.clearkey"
)

// method is METHOD of EXT-X-KEY (RFC 8216, 4.3.2.4, and rfc8216bis, 4.4.4.4).
func (p *Protection) method() string {
	switch p.Scheme {
	case SchemeAES128:
		return "AES-128"
	case SchemeCENC:
		return "SAMPLE-AES-CTR"
	}
	return "SAMPLE-AES"
}

// writeMediaKeys writes the keys of the segments that follow. It stands behind
// EXT-X-MAP, since headers are in the clear.
func (p *Protection) writeMediaKeys(b *strings.Builder) {
	if p == nil {
		return
	}
	p.writeKeys(b, "#EXT-X-KEY")
	for _, s := range p.Systems {
		writeLine(b, s.HLSMedia)
	}
}

// writeSessionKeys writes the same keys into the multivariant playlist, so that
// players can ask for them early (RFC 8216, 4.3.4.5).
func (p *Protection) writeSessionKeys(b *strings.Builder) {
	if p == nil {
		return
	}
	p.writeKeys(b, "#EXT-X-SESSION-KEY")
	for _, s := range p.Systems {
		writeLine(b, s.HLSMultivariant)
	}
}

// writeKeys writes a line for each way to get the key in the clear. AES-128 has
// no IV attribute: the vector of each segment is its media sequence number.
func (p *Protection) writeKeys(b *strings.Builder, tag string) {
	if p.KeyURI == "" {
		return
	}
	formats := []string{formatIdentity, formatClearKey}
	if p.Scheme == SchemeAES128 {
		formats = formats[:1]
	}
	for _, format := range formats {
		a := attributes{b: b}
		a.begin(tag + ":METHOD=" + p.method())
		a.quoted("URI", p.KeyURI)
		if p.Scheme == SchemeCBCS {
			a.plain("IV", fmt.Sprintf("0x%X", p.IV[:]))
		}
		if format != formatIdentity {
			a.plain("KEYID", fmt.Sprintf("0x%X", p.KID[:]))
		}
		a.quoted("KEYFORMAT", format)
		a.quoted("KEYFORMATVERSIONS", "1")
		a.end()
	}
}

func writeLine(b *strings.Builder, line string) {
	if line != "" {
		b.WriteString(line + "\n")
	}
}

// HasIFrames tells whether there are I-frame playlists: a part of a segment that
// is encrypted as a whole cannot be decrypted for itself.
func (p Presentation) HasIFrames() bool {
	return p.Protection == nil || p.Protection.Scheme != SchemeAES128
}
