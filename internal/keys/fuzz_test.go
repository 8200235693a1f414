package keys

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/media/cenc"
)

// Whatever a key server answers, what goes into manifests is one line, or one
// well-formed element.
func FuzzParseDocument(f *testing.F) {
	kid := IngestKID("a", "b")
	f.Add([]byte(`<CPIX xmlns="urn:dashif:org:cpix"><ContentKeyList><ContentKey kid="` + kid.String() + `"><Data><Secret><PlainValue>ASNFZ4mrze8BI0VniavN7w==</PlainValue></Secret></Data></ContentKey></ContentKeyList><DRMSystemList><DRMSystem kid="` + kid.String() + `" systemId="edef8ba9-79d6-4ace-a3c8-27dcd51d21ed"><ContentProtectionData>PGEvPg==</ContentProtectionData><HLSSignalingData>I0VYVC1YLUtFWTpNRVRIT0Q9Tk9ORQ==</HLSSignalingData></DRMSystem></DRMSystemList></CPIX>`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := parseDocument(text, kid, Request{Scheme: SchemeCBCS, Systems: []string{Widevine}})
		if err != nil {
			return
		}
		if c.Key.IsZero() || len(c.Systems) != 1 {
			t.Fatalf("accepted without key or system")
		}
		for _, line := range []string{c.Systems[0].HLSMedia, c.Systems[0].HLSMultivariant} {
			if strings.ContainsAny(line, "\r\n") || line != "" && !strings.HasPrefix(line, "#EXT-X-") {
				t.Fatalf("accepted line %q", line)
			}
		}
		var any struct {
			Inner string `xml:",innerxml"`
		}
		if data := c.Systems[0].ContentProtectionData; xml.Unmarshal([]byte("<x>"+data+"</x>"), &any) != nil || any.Inner != data {
			t.Fatalf("accepted fragment %q", data)
		}
	})
}

func FuzzParseFile(f *testing.F) {
	f.Add([]byte(`{"*": {"kid": "00000000000000000000000000000001", "key": "0123456789abcdef0123456789abcdef"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := parseFile(text, "1")
		if err == nil && (c.Key.IsZero() || c.Key.Equal(cenc.Key{})) {
			t.Fatal("accepted without a key")
		}
	})
}
