package manifest

// The schemes of [Protection].
const (
	SchemeAES128 = "aes-128" // whole segments, HLS alone
	SchemeCENC   = "cenc"
	SchemeCBCS   = "cbcs"
)

// Protection is what players have to know of the encryption. It holds no key.
type Protection struct {
	Scheme string   // SchemeAES128, SchemeCENC or SchemeCBCS
	KID    [16]byte // of all tracks
	// IV is the constant one of SchemeCBCS; the first one of SchemeAES128.
	IV [16]byte
	// KeyURI is where the key itself is to be had; empty for DRM systems only.
	KeyURI string
	// Systems are the DRM systems that a key server gave signalling for.
	Systems []System
}

// System is the signalling of one DRM system.
type System struct {
	ID                    string // UUID, lower case
	PSSH                  []byte // whole box; nil for none
	ContentProtectionData string // XML inside of DASH's ContentProtection
	HLSMultivariant       string // EXT-X-SESSION-KEY line
	HLSMedia              string // EXT-X-KEY line
}
