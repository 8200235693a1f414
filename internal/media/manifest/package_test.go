package manifest

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func written(t testing.TB, p Package) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WritePackage(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Manifests that are written from what was read back are the same.
func TestPackage(t *testing.T) {
	t.Parallel()
	for name, presentation := range presentations() {
		p := Package{Version: packageVersion, Poster: "poster.jpg", Presentation: presentation}
		p.Protection = &Protection{
			Scheme: SchemeCBCS, KID: [16]byte{1, 0xab}, IV: [16]byte{15: 9}, KeyURI: "https://keys.example/{kid}",
			Systems: []System{{ID: "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed", PSSH: []byte{1, 2}, HLSMedia: "#EXT-X-KEY:METHOD=SAMPLE-AES"}},
		}
		got, err := ReadPackage(bytes.NewReader(written(t, p)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(p, got); diff != "" {
			t.Errorf("%s (-/+):\n%s", name, diff)
		}
	}
}

func TestPackageRefuses(t *testing.T) {
	t.Parallel()
	good := string(written(t, Package{Presentation: film()}))
	for says, text := range map[string]string{
		"read package.json":   "{",
		"version 2":           strings.Replace(good, `"version":1`, `"version":2`, 1),
		"no tracks":           `{"version":1}`,
		`folder "../x"`:       strings.Replace(good, `"video_360p"`, `"../x"`, 1),
		`folder "video_360p"`: strings.Replace(good, `"video_1080p"`, `"video_360p"`, 1),
		"text track":          strings.Replace(good, `"subtitles_en"`, `"audio_en"`, 1),
		"track video_1080p":   strings.Replace(good, `"timescale":12800`, `"timescale":0`, 1),
		"segment 1 of track":  strings.Replace(good, `"d":51200`, `"d":-1`, 1),
		"picture size":        strings.Replace(good, `"sarDen":1`, `"sarDen":0`, 1),
		"the thumbnails":      strings.Replace(good, `"count":10`, `"count":1000000`, 1),
	} {
		if _, err := ReadPackage(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("want %q, got %v", says, err)
		}
	}
}

func FuzzReadPackage(f *testing.F) {
	for _, p := range presentations() {
		f.Add(written(f, Package{Presentation: p}))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := ReadPackage(bytes.NewReader(text))
		if err != nil {
			return
		}
		Multivariant(p.Presentation)
		if _, err := MPD(p.Presentation); err != nil {
			t.Fatal(err)
		}
	})
}
