package keys_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/keys"
	"github.com/via-orchestrate/orchestrate/internal/keys/keytest"
	"github.com/via-orchestrate/orchestrate/internal/media/cenc"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// secrets are those of tenant acme.
type secrets map[string]string

func (s secrets) Resolve(tenant, reference string) ([]byte, error) {
	value, ok := s[reference]
	if tenant != "acme" || !ok {
		return nil, &vod.StepError{Class: vod.ClassConfig, Message: "no such secret"}
	}
	return []byte(value), nil
}

const (
	kid1 = "00000000000000000000000000000001"
	key1 = "0123456789abcdef0123456789abcdef"
	key2 = "fedcba9876543210fedcba9876543210"
)

func TestFromFile(t *testing.T) {
	t.Parallel()
	source := keys.New(http.DefaultClient, secrets{
		"file:keys": fmt.Sprintf(`{"4711": {"kid": %q, "key": %q}, "*": {"kid": %q, "key": %q}}`, kid1, key1, kid1, strings.ToUpper(key2)),
		"file:one":  fmt.Sprintf(`{"4711": {"kid": %q, "key": %q}}`, kid1, key1),
		"file:odd":  fmt.Sprintf(`{"*": {"kid": %q, "key": %q}}`, kid1, key1+"00"),
		"file:list": `["` + key1 + `"]`,
	})
	for asset, want := range map[string]string{"4711": key1, "4712": key2} {
		c, err := source.FromFile("acme", asset, "file:keys")
		if err != nil || !c.Key.Equal(newKey(t, want)) || hex.EncodeToString(c.KID[:]) != kid1 {
			t.Errorf("asset %s: %+v, %v", asset, c, err)
		}
	}
	for _, tc := range []struct{ tenant, asset, reference, says string }{
		{"acme", "4712", "file:one", `no key for asset "4712"`},
		{"acme", "4711", "file:odd", "32 hexadecimal digits"},
		{"acme", "4711", "file:list", "not understood"},
		{"acme", "4711", "file:none", "no such secret"},
		{"other", "4711", "file:keys", "no such secret"},
	} {
		_, err := source.FromFile(tc.tenant, tc.asset, tc.reference)
		wantError(t, err, vod.ClassConfig, tc.says)
	}
}

func newKey(t testing.TB, text string) cenc.Key {
	t.Helper()
	value, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	key, err := cenc.NewKey(value)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// wantError wants an error of the class that says so, without a key in it.
func wantError(t *testing.T, err error, class vod.Class, says string) {
	t.Helper()
	var se *vod.StepError
	if !errors.As(err, &se) || se.Class != class || !strings.Contains(se.Message, says) {
		t.Errorf("want %s, %q; got %v", class, says, err)
		return
	}
	for _, key := range []string{key1, key2} {
		if strings.Contains(strings.ToLower(fmt.Sprintf("%+v %v %s", se, err, se.Hint)), key[:8]) {
			t.Errorf("the error shows a key: %v", err)
		}
	}
}

// However a key is printed, it does not show.
func TestKeysDoNotShow(t *testing.T) {
	t.Parallel()
	c := keys.Content{Key: newKey(t, key1)}
	hidden := struct{ c keys.Content }{c}
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%X", "%d", "%q"} {
		fmt.Fprintf(&b, verb+verb+verb, c.Key, c, hidden)
	}
	fmt.Fprint(&b, &c, &c.Key)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "key", c.Key, "content", c)
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "key", c.Key, "content", c, "hidden", hidden)
	if err := json.NewEncoder(&b).Encode(c); err != nil {
		t.Fatal(err)
	}
	value, _ := hex.DecodeString(key1)
	for _, form := range []string{key1, strings.ToUpper(key1), string(value), "[1 35 69", "[]byte{0x1, 0x23", "ASNFZ4mr"} {
		if strings.Contains(b.String(), form) {
			t.Errorf("the key shows as %q in %s", form, b.String())
		}
	}
}

func request(server *keytest.Server) keys.Request {
	return keys.Request{
		Tenant: "acme", AssetID: `4711 & "co"`, IngestID: "ingest-1", Scheme: keys.SchemeCBCS, URL: server.Packagers.URL + "/cpix?x=secretquery",
		Authorization: "env:AUTH", Systems: []string{keys.Widevine, keys.PlayReady, keys.FairPlay},
	}
}

func source(server *keytest.Server) *keys.Source {
	return keys.New(server.Packagers.Client(), secrets{"env:AUTH": keytest.Authorization, "env:BAD": "Bearer x"})
}

func TestFromServer(t *testing.T) {
	t.Parallel()
	server := keytest.New(t)
	for _, scheme := range []string{keys.SchemeCENC, keys.SchemeCBCS, keys.SchemeAES128} {
		r := request(server)
		if r.Scheme = scheme; scheme == keys.SchemeAES128 {
			r.Systems = nil
		}
		c, err := source(server).FromServer(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		again, err := source(server).FromServer(t.Context(), r)
		if err != nil || again.KID != c.KID || !again.Key.Equal(c.Key) {
			t.Errorf("%s: another attempt gets another key: %v", scheme, err)
		}
		if !c.Key.Equal(newKey(t, hex.EncodeToString(server.Key(hex.EncodeToString(c.KID[:]))))) {
			t.Errorf("%s: wrong key", scheme)
		}
		if c.IV == nil || string(c.IV[:]) != "ObkWqnTWPsVBkXSP" || len(c.Systems) != len(r.Systems) {
			t.Errorf("%s: %+v", scheme, c)
		}
		for _, s := range c.Systems {
			if len(s.PSSH) == 0 || !strings.HasPrefix(s.HLSMedia, "#EXT-X-KEY:METHOD=SAMPLE-AES") ||
				!strings.HasPrefix(s.HLSMultivariant, "#EXT-X-SESSION-KEY:METHOD=") || !strings.Contains(s.ContentProtectionData, "pssh") {
				t.Errorf("%s: %+v", scheme, s)
			}
		}
	}
	if keys.IngestKID("acme", "1") == keys.IngestKID("acme", "2") || keys.IngestKID("a", "1") == keys.IngestKID("b", "1") {
		t.Error("two ingests have the same key id")
	}
}

func TestServerErrors(t *testing.T) {
	t.Parallel()
	status := func(code int) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, key1, code) }
	}
	document := func(format string, args ...any) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, format, args...) }
	}
	kid := keys.IngestKID("acme", "ingest-1").String()
	cpix := func(key, systems string) string {
		return fmt.Sprintf(`<CPIX xmlns="urn:dashif:org:cpix"><ContentKeyList><ContentKey kid="%s" commonEncryptionScheme="cbcs"><Data><Secret>%s</Secret></Data></ContentKey></ContentKeyList><DRMSystemList>%s</DRMSystemList></CPIX>`, kid, key, systems)
	}
	const plain = "<PlainValue>ASNFZ4mrze8BI0VniavN7w==</PlainValue>"
	widevine := func(inner string) string {
		return cpix(plain, fmt.Sprintf(`<DRMSystem kid="%s" systemId="edef8ba9-79d6-4ace-a3c8-27dcd51d21ed">%s</DRMSystem>`, kid, inner))
	}
	for name, tc := range map[string]struct {
		fault  func(http.ResponseWriter, *http.Request)
		change func(*keys.Request)
		class  vod.Class
		says   string
	}{
		"unauthorized":    {status(401), nil, vod.ClassConfig, "refused the credentials with status 401"},
		"bad credentials": {nil, func(r *keys.Request) { r.Authorization = "env:BAD" }, vod.ClassConfig, "status 401"},
		"forbidden":       {status(403), nil, vod.ClassConfig, "refused the credentials"},
		"not found":       {status(404), nil, vod.ClassConfig, "refused the request with status 404"},
		"unprocessable":   {status(422), nil, vod.ClassConfig, "status 422"},
		"too many":        {status(429), nil, vod.ClassRemote, "too much to do"},
		"broken":          {status(500), nil, vod.ClassRemote, "status 500"},
		"unavailable":     {status(503), nil, vod.ClassRemote, "status 503"},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://example.com/", http.StatusTemporaryRedirect)
		}, nil, vod.ClassConfig, "status 307"},
		"plain http":       {nil, func(r *keys.Request) { r.URL = strings.Replace(r.URL, "https", "http", 1) }, vod.ClassConfig, "not an absolute https address"},
		"user name":        {nil, func(r *keys.Request) { r.URL = strings.Replace(r.URL, "https://", "https://me:pw@", 1) }, vod.ClassConfig, "without user name"},
		"nobody there":     {nil, func(r *keys.Request) { r.URL = "https://127.0.0.1:1/" }, vod.ClassRemote, "did not give a key"},
		"no secret":        {nil, func(r *keys.Request) { r.Authorization = "env:NONE" }, vod.ClassConfig, "no such secret"},
		"breaks off":       {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, nil, vod.ClassRemote, "did not give a key"},
		"too long":         {func(w http.ResponseWriter, _ *http.Request) { w.Write(bytes.Repeat([]byte(" "), 2<<20)) }, nil, vod.ClassRemote, "more than 1 MiB"},
		"no XML":           {document("%s", key1), nil, vod.ClassRemote, "no CPIX document"},
		"other XML":        {document("<html/>"), nil, vod.ClassRemote, "no CPIX document"},
		"entities":         {document(`<!DOCTYPE x [<!ENTITY a "b">]><CPIX xmlns="urn:dashif:org:cpix"/>`), nil, vod.ClassRemote, "document type"},
		"no key":           {document(`<CPIX xmlns="urn:dashif:org:cpix"/>`), nil, vod.ClassRemote, "no key with the id"},
		"short key":        {document("%s", cpix("<PlainValue>AAAA</PlainValue>", "")), nil, vod.ClassRemote, "16 bytes"},
		"not base64":       {document("%s", cpix("<PlainValue>"+key1+"!</PlainValue>", "")), nil, vod.ClassRemote, "not base64"},
		"encrypted key":    {document("%s", cpix("<EncryptedValue/>", "")), nil, vod.ClassConfig, "encrypted for a certificate"},
		"other scheme":     {document("%s", strings.Replace(cpix(plain, ""), "cbcs", "cenc", 1)), nil, vod.ClassConfig, `scheme "cenc"`},
		"no system":        {document("%s", cpix(plain, "")), nil, vod.ClassRemote, "no signalling for WIDEVINE"},
		"no pssh":          {document("%s", widevine("<PSSH>AAAA</PSSH>")), nil, vod.ClassRemote, "no pssh box"},
		"two lines":        {document("%s", widevine(`<HLSSignalingData playlist="media">I0VYVC1YLUtFWTpNRVRIT0Q9TgojRVhU</HLSSignalingData>`)), nil, vod.ClassRemote, "not one line"},
		"another tag":      {document("%s", widevine(`<HLSSignalingData playlist="media">I0VYVElORjox</HLSSignalingData>`)), nil, vod.ClassRemote, "no line with #EXT-X-KEY"},
		"broken fragment":  {document("%s", widevine(`<ContentProtectionData>PC9hPjxiPg==</ContentProtectionData>`)), nil, vod.ClassRemote, "not well-formed"},
		"undeclared space": {document("%s", widevine(`<ContentProtectionData>PHE6YS8+</ContentProtectionData>`)), nil, vod.ClassRemote, "not well-formed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := keytest.New(t)
			server.Fault = tc.fault
			r := request(server)
			r.Systems = []string{keys.Widevine}
			if tc.change != nil {
				tc.change(&r)
			}
			_, err := source(server).FromServer(t.Context(), r)
			wantError(t, err, tc.class, tc.says)
			for _, secret := range []string{"secretquery", "keytest-credentials", "ASNFZ4"} {
				if strings.Contains(fmt.Sprint(err), secret) {
					t.Errorf("the error shows %q: %v", secret, err)
				}
			}
		})
	}
}

func TestServerIsCancelled(t *testing.T) {
	t.Parallel()
	server := keytest.New(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	server.Fault = func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // or the server does not see the client go
		cancel(vod.ErrCancelled)
		<-r.Context().Done()
	}
	if _, err := source(server).FromServer(ctx, request(server)); !errors.Is(err, vod.ErrCancelled) {
		t.Errorf("%v", err)
	}
}
