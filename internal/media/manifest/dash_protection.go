package manifest

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// Name spaces of what ContentProtection holds.
const (
	spaceCENC      = "urn:mpeg:cenc:2013"
	spacePlayReady = "urn:microsoft:playready"
	spaceDASHIF    = "https://dashif.org/CPS"
)

// contentProtection is one element of that name (ISO/IEC 23009-1, 5.8.4.1).
type contentProtection struct {
	Scheme  string      `xml:"schemeIdUri,attr"`
	Value   string      `xml:"value,attr,omitempty"`
	KID     string      `xml:"cenc:default_KID,attr,omitempty"`
	License *licenseURL `xml:"dashif:Laurl"`
	Inner   string      `xml:",innerxml"`
}

// licenseURL is where players ask for licenses (DASH-IF IOP, part 6).
type licenseURL struct {
	Type    string `xml:"licenseType,attr"`
	Address string `xml:",chardata"`
}

// contentProtections says how a set is encrypted (ISO/IEC 23001-7, 11): the
// scheme with the id of the key, and each system that can get it.
func (p *Protection) contentProtections() []contentProtection {
	if p == nil {
		return nil
	}
	kid := uuidText(p.KID)
	out := []contentProtection{{Scheme: "urn:mpeg:dash:mp4protection:2011", Value: p.Scheme, KID: kid}}
	if p.KeyURI != "" {
		out = append(out, contentProtection{
			Scheme: "urn:uuid:e2719d58-a985-b3c9-781a-b030af78d30e", Value: "ClearKey1.0", KID: kid,
			License: &licenseURL{Type: "EME-1.0", Address: p.KeyURI},
		})
	}
	for _, s := range p.Systems {
		c := contentProtection{Scheme: "urn:uuid:" + s.ID, KID: kid, Inner: s.ContentProtectionData}
		if len(s.PSSH) > 0 && !strings.Contains(c.Inner, "pssh") {
			// Marshalled by hand, as raw XML takes the place of other elements.
			c.Inner = "<cenc:pssh>" + base64.StdEncoding.EncodeToString(s.PSSH) + "</cenc:pssh>" + c.Inner
		}
		out = append(out, c)
	}
	return out
}

func uuidText(id Octets) string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// declare declares the prefixes of name spaces that the protection uses.
func (m *mpd) declare(p *Protection) {
	if p == nil {
		return
	}
	m.CENC, m.PlayReady, m.DASHIF = spaceCENC, spacePlayReady, spaceDASHIF
}

// HasDASH tells whether there is a DASH manifest: what AES-128 of HLS encrypts,
// no DASH player decrypts.
func (p Presentation) HasDASH() bool {
	return p.Protection == nil || p.Protection.Scheme != SchemeAES128 && !p.Protection.HLSOnly
}
