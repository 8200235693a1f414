package keytest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Authorization is what requests have to carry.
const Authorization = "Bearer keytest-credentials"

// Server is a key server.
type Server struct {
	// Packagers is where packagers ask, over HTTPS; its Client trusts it.
	Packagers *httptest.Server
	// Fault answers a packager instead of the server where it is not nil.
	Fault func(w http.ResponseWriter, r *http.Request)

	mu       sync.Mutex
	requests []string // documents received
}

// New starts a key server that ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{}
	s.Packagers = httptest.NewTLSServer(http.HandlerFunc(s.packager))
	t.Cleanup(s.Packagers.Close)
	return s
}

// Requests are the documents that packagers have sent.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.requests...)
}

// Key is the key of the id, of 32 hexadecimal digits: always the same.
func (s *Server) Key(kid string) []byte {
	mac := hmac.New(sha256.New, []byte("keytest"))
	mac.Write([]byte(kid))
	return mac.Sum(nil)[:16]
}

// The elements of a request that the server looks at.
type request struct {
	XMLName xml.Name `xml:"urn:dashif:org:cpix CPIX"`
	Version string   `xml:"version,attr"`
	Content string   `xml:"contentId,attr"`
	Keys    []struct {
		KID    string `xml:"kid,attr"`
		Scheme string `xml:"commonEncryptionScheme,attr"`
	} `xml:"ContentKeyList>ContentKey"`
	Systems []struct {
		KID string `xml:"kid,attr"`
		ID  string `xml:"systemId,attr"`
	} `xml:"DRMSystemList>DRMSystem"`
	Rules []struct {
		KID   string `xml:"kid,attr"`
		Track string `xml:"intendedTrackType,attr"`
	} `xml:"ContentKeyUsageRuleList>ContentKeyUsageRule"`
}

func (s *Server) packager(w http.ResponseWriter, r *http.Request) {
	if s.Fault != nil {
		s.Fault(w, r)
		return
	}
	if r.Header.Get("Authorization") != Authorization {
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.requests = append(s.requests, string(body))
	s.mu.Unlock()
	answer, err := s.answer(r.Header, body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("X-Speke-Version", r.Header.Get("X-Speke-Version"))
	w.Header().Set("X-Speke-User-Agent", "keytest")
	_, _ = io.WriteString(w, answer)
}

// answer refuses what SPEKE calls malformed, and answers anything else.
func (s *Server) answer(header http.Header, body []byte) (string, error) {
	var q request
	if err := xml.Unmarshal(body, &q); err != nil {
		return "", err
	}
	version := header.Get("X-Speke-Version")
	switch {
	case header.Get("Content-Type") != "application/xml":
		return "", fmt.Errorf("wrong Content-Type")
	case q.Version != map[string]string{"2.0": "2.3", "2.1": "2.4"}[version] || q.Version == "":
		return "", fmt.Errorf("unsupported CPIX@version %q with SPEKE %q", q.Version, version)
	case q.Content == "":
		return "", fmt.Errorf("missing CPIX@contentId")
	case len(q.Keys) == 0 || len(q.Rules) != len(q.Keys):
		return "", fmt.Errorf("%d keys with %d usage rules", len(q.Keys), len(q.Rules))
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?><cpix:CPIX contentId="%s" version=%q xmlns:cpix="urn:dashif:org:cpix" xmlns:pskc="urn:ietf:params:xml:ns:keyprov:pskc"><cpix:ContentKeyList>`, escaped(q.Content), q.Version)
	for _, k := range q.Keys {
		if k.Scheme == "" {
			return "", fmt.Errorf("missing ContentKey@commonEncryptionScheme")
		}
		fmt.Fprintf(&b, `<cpix:ContentKey kid=%q commonEncryptionScheme=%q explicitIV="T2JrV3FuVFdQc1ZCa1hTUA=="><cpix:Data><pskc:Secret><pskc:PlainValue>%s</pskc:PlainValue></pskc:Secret></cpix:Data></cpix:ContentKey>`,
			k.KID, k.Scheme, base64.StdEncoding.EncodeToString(s.Key(digits(k.KID))))
	}
	b.WriteString(`</cpix:ContentKeyList><cpix:DRMSystemList>`)
	for _, d := range q.Systems {
		b.WriteString(signalling(d.KID, d.ID, q.Keys[0].Scheme))
	}
	b.WriteString(`</cpix:DRMSystemList></cpix:CPIX>`)
	return b.String(), nil
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder never fails
	return b.String()
}

func digits(kid string) string { return strings.ToLower(strings.ReplaceAll(kid, "-", "")) }

// signalling is what a DRM system would say.
func signalling(kid, id, scheme string) string {
	system, err := hex.DecodeString(digits(id))
	if err != nil {
		return ""
	}
	data := []byte("license data of " + id)
	pssh := append([]byte{0, 0, 0, byte(32 + len(data)), 'p', 's', 's', 'h', 0, 0, 0, 0}, system...)
	pssh = append(append(pssh, 0, 0, 0, byte(len(data))), data...)
	method := map[string]string{"cenc": "SAMPLE-AES-CTR", "cbcs": "SAMPLE-AES"}[scheme]
	line := fmt.Sprintf(`METHOD=%s,URI="data:text/plain;base64,%s",KEYID=0x%s,KEYFORMAT="urn:uuid:%s",KEYFORMATVERSIONS="1"`,
		method, base64.StdEncoding.EncodeToString(pssh), digits(kid), id)
	encode := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	return fmt.Sprintf(`<cpix:DRMSystem kid=%q systemId=%q><cpix:PSSH>%s</cpix:PSSH><cpix:ContentProtectionData>%s</cpix:ContentProtectionData><cpix:HLSSignalingData playlist="media">%s</cpix:HLSSignalingData><cpix:HLSSignalingData playlist="master">%s</cpix:HLSSignalingData></cpix:DRMSystem>`,
		kid, id, base64.StdEncoding.EncodeToString(pssh),
		encode(`<pssh xmlns="urn:mpeg:cenc:2013">`+base64.StdEncoding.EncodeToString(pssh)+`</pssh>`),
		encode("#EXT-X-KEY:"+line), encode("#EXT-X-SESSION-KEY:"+line))
}
