package keytest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
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

// Server is a key server. The key of an id is always the same.
type Server struct {
	// Packagers is where packagers ask, over HTTPS; its Client trusts it.
	Packagers *httptest.Server
	// Fault answers a packager instead of the server where it is not nil.
	Fault func(w http.ResponseWriter, r *http.Request)

	mu       sync.Mutex
	keys     map[string][]byte // by id in hexadecimal digits
	requests []string          // documents received
}

// New starts a key server that ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{keys: map[string][]byte{}}
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

// Key is the key of the id, of 32 hexadecimal digits.
func (s *Server) Key(kid string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if key, ok := s.keys[kid]; ok {
		return key
	}
	mac := hmac.New(sha256.New, []byte("keytest"))
	mac.Write([]byte(kid))
	return mac.Sum(nil)[:16]
}

// SetKey makes another key that of the id.
func (s *Server) SetKey(kid string, key []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys[kid] = key
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

// Players is what players ask at an address that ends with the id of the key:
// with GET for the key of HLS, with POST for a license of the clear key system.
func (s *Server) Players() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = w.Write(s.Key(r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]))
			return
		}
		var ask struct {
			KIDs []string `json:"kids"`
			Type string   `json:"type"`
		}
		if err := json.NewDecoder(io.LimitReader(r.Body, 1<<16)).Decode(&ask); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		type key struct {
			Type  string `json:"kty"`
			KID   string `json:"kid"`
			Value string `json:"k"`
		}
		answer := struct {
			Keys []key  `json:"keys"`
			Type string `json:"type"`
		}{Type: ask.Type}
		for _, kid := range ask.KIDs {
			id, err := base64.RawURLEncoding.DecodeString(kid)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			value := base64.RawURLEncoding.EncodeToString(s.Key(hex.EncodeToString(id)))
			answer.Keys = append(answer.Keys, key{"oct", kid, value})
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(answer) // nobody is left to tell
	})
}
