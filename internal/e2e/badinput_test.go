package e2e

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
)

const secretText = "the-content-of-another-local-file"

// badInputs makes the bad files in dir and gives, by case, the address to
// ingest and what the ingest's error has to say.
func badInputs(t *testing.T, dir, base string) map[string]struct{ uri, want string } {
	t.Helper()
	good := clip(t, dir, "-f lavfi -i testsrc2=s=320x180:d=4 -f lavfi -i sine=d=4 -c:v libx264 -preset ultrafast -movflags +faststart good.mp4")
	late := read(t, clip(t, dir, "-f lavfi -i testsrc2=s=320x180:d=4 -c:v libx264 -preset ultrafast late.mp4"))
	whole := read(t, good)
	noise := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(rand.IntN(256))
	}
	secret := write(t, filepath.Join(dir, "secret.txt"), []byte(secretText))
	write(t, filepath.Join(dir, "empty.mp4"), nil)
	write(t, filepath.Join(dir, "text.mp4"), []byte(strings.Repeat("Dear editor, this is not a film.\n", 100)))
	write(t, filepath.Join(dir, "noise.mp4"), noise)
	write(t, filepath.Join(dir, "playlist.mp4"), fmt.Appendf(nil,
		"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://%s\n#EXTINF:10,\nfile://%s\n#EXT-X-ENDLIST\n", good, secret))
	write(t, filepath.Join(dir, "concat.mp4"), fmt.Appendf(nil, "ffconcat version 1.0\nfile '%s'\nfile '%s'\n", good, secret))
	write(t, filepath.Join(dir, "nomoov.mp4"), late[:len(late)*9/10])
	write(t, filepath.Join(dir, "half.mp4"), whole[:len(whole)/2])
	return map[string]struct{ uri, want string }{
		"empty":          {base + "/empty.mp4", `(?i)empty`},
		"text":           {base + "/text.mp4", `(?i)text\.mp4`},
		"random bytes":   {base + "/noise.mp4", `(?i)noise\.mp4`},
		"playlist":       {base + "/playlist.mp4", `(?i)playlist`},
		"concat script":  {base + "/concat.mp4", `(?i)concat`},
		"no moov":        {base + "/nomoov.mp4", `(?i)nomoov\.mp4.*(moov|index|cut off)`},
		"cut off":        {base + "/half.mp4", `(?i)half\.mp4.*(cut off|ends|short|incomplete|truncated)`},
		"404":            {base + "/absent.mp4", `404`},
		"403":            {base + "/forbidden.mp4", `403`},
		"no answer":      {"http://127.0.0.1:1/x.mp4", `(?i)(refused|answer|connect)`},
		"body too short": {base + "/short.mp4", `(?i)(short|bytes)`},
		"private net":    {"http://10.255.255.1/x.mp4", `--allow-net`},
		"no source dir":  {"file://" + secret, `--allow-source-dir`},
	}
}

// TestBadInput: each bad source ends FAILED with a message about the file, no
// other ingest is disturbed and nothing is published.
func TestBadInput(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := http.FileServer(http.Dir(dir))
	source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/forbidden.mp4":
			http.Error(w, "no", http.StatusForbidden)
		case "/short.mp4":
			w.Header().Set("Content-Length", "100000")
			_, _ = w.Write(make([]byte, 1000))
		default:
			files.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(source.Close)
	cases := badInputs(t, dir, source.URL)
	c := serve(t).client
	wrong := hex.EncodeToString(md5.New().Sum(nil))
	ids := map[string]string{}
	for name, tt := range cases {
		ids[name] = submit(t, c, client.Submission{AssetID: "bad " + name, URI: tt.uri})
	}
	ids["wrong md5sum"] = submit(t, c, client.Submission{AssetID: "bad md5", URI: source.URL + "/good.mp4", MD5Sum: &wrong})
	cases["wrong md5sum"] = struct{ uri, want string }{"", `(?i)md5`}
	good := submit(t, c, client.Submission{AssetID: "good", URI: source.URL + "/good.mp4"})
	if d := waitFor(t, c, good, 2*time.Minute, over); d.Status != client.IngestStatusCOMPLETED {
		t.Errorf("the good file ended %s: %v", d.Status, *d.Error)
	}
	for name, id := range ids {
		d := waitFor(t, c, id, 2*time.Minute, over)
		if d.Status != client.IngestStatusFAILED || d.Error == nil || !regexp.MustCompile(cases[name].want).MatchString(*d.Error) {
			t.Errorf("%s: %s, %q; want FAILED with %s", name, d.Status, deref(d.Error), cases[name].want)
		} else {
			t.Logf("%s: %s", name, *d.Error)
		}
		if strings.Contains(deref(d.Error), secretText) {
			t.Errorf("%s: the error tells the content of another file", name)
		}
		if _, err := c.Playback(t.Context(), d.AssetID); err == nil {
			t.Errorf("%s: something was published", name)
		}
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
