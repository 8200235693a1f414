package browsertest_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/browsertest"
	"github.com/via-orchestrate/orchestrate/internal/step/packaging"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// The key of all encrypted packages, and another one.
const (
	keyID    = "0123456789abcdef0123456789abcdef"
	rightKey = "00112233445566778899aabbccddeeff"
	wrongKey = "ffeeddccbbaa99887766554433221100"
)

// keyFile resolves every reference to the key file.
type keyFile struct{}

func (keyFile) Resolve(_, _ string) ([]byte, error) {
	return []byte(`{"*": {"kid": "` + keyID + `", "key": "` + rightKey + `"}}`), nil
}

// testEncrypted plays a film that is encrypted: with the right key, with a
// wrong one, and where the policy of the page keeps it from getting the key.
func testEncrypted(t *testing.T, p *pipeline, tracks []vod.Fileset, scheme string) {
	t.Helper()
	keyServer := serveKeys(t, scheme == packaging.SchemeCBCS)
	encrypted := func(path string) vod.Playback {
		return p.packaged(packaging.Profile{Encryption: &packaging.Encryption{
			Scheme: scheme, KeyFile: "env:KEYS", KeyURI: keyServer + path + "/{kid}",
		}}, tracks)
	}
	right, wrong := encrypted("/right"), encrypted("/wrong")
	formats := []string{"hls", "dash"}
	if scheme == packaging.SchemeAES128 {
		formats = formats[:1]
	}
	for _, format := range formats {
		page := "/play/clip?format=" + format
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			r := play(t, p.serve(right, keyServer)+page, browsertest.Options{
				Height: 360, Text: "English", Seconds: 1,
				During: []browsertest.Choice{
					{Of: browsertest.Rendition, Option: "270p AV1", Height: 270},
					{Of: browsertest.Sound, Option: "Norwegian"},
				},
			})
			checkCues(t, r.Cues, "en")
			if !loaded(r, "/right/"+keyID) || !loaded(r, "/audio_no/seg_") {
				t.Errorf("loaded: %q", r.Loaded)
			}
		})
		t.Run(format+" with a wrong key", func(t *testing.T) {
			t.Parallel()
			r, err := browsertest.Play(t.Context(), p.serve(wrong, keyServer)+page, browsertest.Options{Timeout: 20 * time.Second})
			keepScreenshot(t, r)
			if err == nil || !strings.Contains(err.Error(), "the page failed") || len(r.Errors) == 0 {
				t.Errorf("it plays to %.2f s: %v; errors: %q", r.To, err, r.Errors)
			}
		})
		if scheme != packaging.SchemeCENC {
			continue // The policy is the same for all.
		}
		t.Run(format+" without leave to connect", func(t *testing.T) {
			t.Parallel()
			r, err := browsertest.Play(t.Context(), p.serve(right)+page, browsertest.Options{Timeout: 20 * time.Second})
			keepScreenshot(t, r)
			hint := func(note string) bool {
				return strings.Contains(note, keyServer) && strings.Contains(note, "--play-connect")
			}
			if err == nil || !strings.Contains(err.Error(), "the page failed") || !slices.ContainsFunc(r.Notes, hint) {
				t.Errorf("it plays to %.2f s: %v; errors: %q; notes: %q", r.To, err, r.Errors, r.Notes)
			}
		})
	}
}

// serveKeys gives the key in the two forms that players ask for: with GET its 16
// bytes, as for HLS, and with POST a license of the Clear Key system (W3C
// Encrypted Media Extensions, 9.1.4). A raw one knows the bytes alone.
func serveKeys(t *testing.T, raw bool) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "Content-Type")
		text := rightKey
		if strings.HasPrefix(r.URL.Path, "/wrong/") {
			text = wrongKey
		}
		key, err := hex.DecodeString(text)
		if err != nil {
			t.Error(err)
		}
		switch {
		case r.Method == http.MethodGet || raw && r.Method == http.MethodPost:
			_, _ = w.Write(key) // the browser has gone
		case r.Method == http.MethodPost:
			var request struct{ KIDs []string }
			if err := json.NewDecoder(r.Body).Decode(&request); err != nil || len(request.KIDs) != 1 {
				t.Errorf("license request: %v, %v", request, err)
				return
			}
			license := map[string]any{"type": "temporary", "keys": []map[string]string{
				{"kty": "oct", "kid": request.KIDs[0], "k": base64.RawURLEncoding.EncodeToString(key)},
			}}
			_ = json.NewEncoder(w).Encode(license) // the browser has gone
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}
