package keys

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/media/cenc"
	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Name spaces of CPIX documents.
const (
	spaceCPIX = "urn:dashif:org:cpix"
	spacePSKC = "urn:ietf:params:xml:ns:keyprov:pskc"
)

// SystemID is the id of a DRM system as DASH-IF lists it; empty if not known.
func SystemID(system string) string {
	switch system {
	case Widevine:
		return "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed"
	case PlayReady:
		return "9a04f079-9840-4286-ab92-e65be0885f95"
	case FairPlay:
		return "94ce86fb-07ff-4f43-adb8-93d2fa968ca2"
	}
	return ""
}

// The elements of a request. Prefixes are spelled out, since some key servers
// look for them.
type outDocument struct {
	XMLName   xml.Name    `xml:"cpix:CPIX"`
	ContentID string      `xml:"contentId,attr"`
	Version   string      `xml:"version,attr"`
	CPIX      string      `xml:"xmlns:cpix,attr"`
	PSKC      string      `xml:"xmlns:pskc,attr"`
	Keys      []outKey    `xml:"cpix:ContentKeyList>cpix:ContentKey"`
	Systems   []outSystem `xml:"cpix:DRMSystemList>cpix:DRMSystem,omitempty"`
	Rules     []outRule   `xml:"cpix:ContentKeyUsageRuleList>cpix:ContentKeyUsageRule"`
}

type outKey struct {
	KID    string `xml:"kid,attr"`
	Scheme string `xml:"commonEncryptionScheme,attr"`
}

type outSystem struct {
	KID      string    `xml:"kid,attr"`
	SystemID string    `xml:"systemId,attr"`
	PSSH     struct{}  `xml:"cpix:PSSH"`
	DASH     struct{}  `xml:"cpix:ContentProtectionData"`
	HLS      []outLine `xml:"cpix:HLSSignalingData"`
}

type outLine struct {
	Playlist string `xml:"playlist,attr"`
}

type outRule struct {
	KID       string `xml:"kid,attr"`
	TrackType string `xml:"intendedTrackType,attr"`
}

// requestDocument asks for one key for all tracks.
func requestDocument(r Request, kid cenc.KeyID) ([]byte, error) {
	id := kid.String()
	d := outDocument{
		ContentID: r.AssetID, Version: versionsOf(r.Scheme).cpix, CPIX: spaceCPIX, PSKC: spacePSKC,
		Keys:  []outKey{{KID: id, Scheme: r.Scheme}},
		Rules: []outRule{{KID: id, TrackType: "ALL"}},
	}
	for _, system := range r.Systems {
		d.Systems = append(d.Systems, outSystem{
			KID: id, SystemID: SystemID(system), HLS: []outLine{{"media"}, {"master"}},
		})
	}
	out, err := xml.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("marshal CPIX document: %w", err)
	}
	return append([]byte(xml.Header), out...), nil
}

// The elements of an answer that are read; prefixes do not matter.
type inDocument struct {
	XMLName xml.Name   `xml:"urn:dashif:org:cpix CPIX"`
	Keys    []inKey    `xml:"urn:dashif:org:cpix ContentKeyList>ContentKey"`
	Systems []inSystem `xml:"urn:dashif:org:cpix DRMSystemList>DRMSystem"`
}

type inKey struct {
	KID        string `xml:"kid,attr"`
	ExplicitIV string `xml:"explicitIV,attr"`
	Scheme     string `xml:"commonEncryptionScheme,attr"`
	Secret     struct {
		Plain     string    `xml:"PlainValue"`
		Encrypted *struct{} `xml:"EncryptedValue"`
	} `xml:"Data>Secret"`
}

type inSystem struct {
	KID      string   `xml:"kid,attr"`
	SystemID string   `xml:"systemId,attr"`
	PSSH     string   `xml:"PSSH"`
	DASH     string   `xml:"ContentProtectionData"`
	HLS      []inLine `xml:"HLSSignalingData"`
}

type inLine struct {
	Playlist string `xml:"playlist,attr"`
	Data     string `xml:",chardata"`
}

// parseDocument takes the key and the signalling out of an answer. Its errors
// quote nothing of it.
func parseDocument(text []byte, kid cenc.KeyID, r Request) (Content, error) {
	if err := refuseDirectives(text); err != nil {
		return Content{}, err
	}
	var d inDocument
	if err := xml.Unmarshal(text, &d); err != nil {
		return Content{}, errors.New("it is no CPIX document")
	}
	content := Content{KID: kid}
	at := slices.IndexFunc(d.Keys, func(k inKey) bool { return sameID(k.KID, kid.String()) })
	if at < 0 {
		return Content{}, errors.New("it has no key with the id that was asked for")
	}
	if err := content.take(d.Keys[at], r.Scheme); err != nil {
		return Content{}, err
	}
	for _, name := range r.Systems {
		id := SystemID(name)
		at := slices.IndexFunc(d.Systems, func(s inSystem) bool { return sameID(s.SystemID, id) && sameID(s.KID, kid.String()) })
		if at < 0 {
			return Content{}, fmt.Errorf("it has no signalling for %s", name)
		}
		system, err := d.Systems[at].signalling(id)
		if err != nil {
			return Content{}, fmt.Errorf("its signalling for %s is not usable: %w", name, err)
		}
		content.Systems = append(content.Systems, system)
	}
	return content, nil
}

// refuseDirectives refuses a document type, and with it entities of its own.
func refuseDirectives(text []byte) error {
	dec := xml.NewDecoder(bytes.NewReader(text))
	for {
		token, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errors.New("it is no XML")
		}
		if _, bad := token.(xml.Directive); bad {
			return errors.New("it has a document type, which is not accepted")
		}
	}
}

func sameID(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), b) }

// take takes over the key.
func (c *Content) take(k inKey, scheme string) error {
	if k.Scheme != "" && !strings.EqualFold(k.Scheme, scheme) {
		return serverConfig(vod.ReasonConfig, "The key server gives a key for scheme %.20q, but the profile encrypts with %s.", k.Scheme, scheme)
	}
	if k.Secret.Encrypted != nil {
		return serverConfig(vod.ReasonConfig, "The key server gives its key encrypted for a certificate, which is not supported; let it give plain keys over HTTPS.")
	}
	value, err := decodeBase64(k.Secret.Plain)
	if err != nil {
		return errors.New("the key is not base64")
	}
	if c.Key, err = cenc.NewKey(value); err != nil {
		return err
	}
	if k.ExplicitIV == "" {
		return nil
	}
	iv, err := decodeBase64(k.ExplicitIV)
	if err != nil || len(iv) != cenc.KeySize {
		return errors.New("its explicitIV is not 16 bytes in base64")
	}
	c.IV = (*[cenc.KeySize]byte)(iv)
	return nil
}

// decodeBase64 allows for the white space that XML is written with.
func decodeBase64(text string) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
}

// signalling checks what the system wants to have said.
func (s inSystem) signalling(id string) (manifest.System, error) {
	out := manifest.System{ID: id}
	pssh, err := decodeBase64(s.PSSH)
	if err != nil || len(pssh) > 0 && !isPSSH(pssh, id) {
		return manifest.System{}, errors.New("the PSSH is no pssh box of that system")
	}
	out.PSSH = pssh
	dash, err := decodeBase64(s.DASH)
	if err != nil {
		return manifest.System{}, errors.New("ContentProtectionData is not base64")
	}
	if out.ContentProtectionData, err = checkFragment(dash); err != nil {
		return manifest.System{}, err
	}
	for _, line := range s.HLS {
		text, err := decodeBase64(line.Data)
		if err != nil {
			return manifest.System{}, errors.New("HLSSignalingData is not base64")
		}
		tag, to := "#EXT-X-KEY:", &out.HLSMedia
		if line.Playlist == "master" {
			tag, to = "#EXT-X-SESSION-KEY:", &out.HLSMultivariant
		}
		if *to, err = checkLine(string(text), tag); err != nil {
			return manifest.System{}, err
		}
	}
	return out, nil
}
