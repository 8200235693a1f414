package keys

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// isPSSH tells whether the data are exactly one pssh box of the system
// (ISO/IEC 23001-7, 8.1).
func isPSSH(data []byte, systemID string) bool {
	const head = 12 // size, type, version and flags
	id, err := hex.DecodeString(strings.ReplaceAll(systemID, "-", ""))
	return err == nil && len(data) >= head+len(id)+4 &&
		binary.BigEndian.Uint32(data) == uint32(len(data)) && string(data[4:8]) == "pssh" &&
		bytes.Equal(data[head:head+len(id)], id)
}

// checkLine takes one line of a playlist with that tag, and nothing beside it:
// a key server must not be able to write other tags into playlists.
func checkLine(text, tag string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", nil
	}
	for _, c := range text {
		if c < ' ' || c == 0x7f || c == utf8.RuneError {
			return "", errors.New("HLSSignalingData is not one line of text")
		}
	}
	if !strings.HasPrefix(text, tag+"METHOD=") {
		return "", fmt.Errorf("HLSSignalingData is no line with %s", strings.TrimSuffix(tag, ":"))
	}
	return text, nil
}

// checkFragment takes the elements that go into ContentProtection of a DASH
// manifest: well-formed, without anything else than elements and text, and with
// prefixes that are declared in them or in the manifest.
func checkFragment(data []byte) (string, error) {
	const wrapped = `<x xmlns:cenc="urn:mpeg:cenc:2013" xmlns:mspr="urn:microsoft:playready">%s</x>`
	text := strings.TrimSpace(string(data))
	if !utf8.ValidString(text) {
		return "", errBadFragment
	}
	dec := xml.NewDecoder(strings.NewReader(fmt.Sprintf(wrapped, text)))
	depth, roots := 0, 0
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", errBadFragment
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			depth++
			// The decoder leaves a prefix that is not declared as it is.
			if t.Name.Space != "" && !strings.Contains(t.Name.Space, ":") {
				return "", errBadFragment
			}
		case xml.EndElement:
			depth--
		case xml.CharData:
			if depth == 1 && len(bytes.TrimSpace(t)) > 0 {
				return "", errBadFragment
			}
		default: // comments, processing instructions, directives
			return "", errBadFragment
		}
	}
	if roots != 1 {
		return "", errBadFragment
	}
	return text, nil
}

var errBadFragment = errors.New("ContentProtectionData is not well-formed XML for a DASH manifest")
