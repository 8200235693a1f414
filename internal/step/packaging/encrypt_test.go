package packaging

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/keys"
	"github.com/via-orchestrate/orchestrate/internal/keys/keytest"
	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	keyHex = "3c1f8e2b9d4a5067f1e2d3c4b5a69788"
	kidHex = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
)

// testSecrets are those of any tenant.
type testSecrets map[string]string

func (s testSecrets) Resolve(_, reference string) ([]byte, error) { return []byte(s[reference]), nil }

// protected packages a clip with that encryption.
func (b *bundle) protected(t *testing.T, server *keytest.Server, e Encryption, files ...[2]string) (step.Result, step.Job, error) {
	t.Helper()
	job := b.job(t, 2)
	profile := Profile{Name: "cmaf", Type: Type, TargetLocation: b.media, SegmentDuration: 2, Encryption: &e}
	var err error
	if job.Profile, err = json.Marshal(profile); err != nil {
		t.Fatal(err)
	}
	job.AssetID = "4711"
	for _, f := range files {
		job.Inputs = append(job.Inputs, vod.Fileset{
			Labels: []string{"encoded"}, Files: []vod.File{{MediaType: f[0], URI: b.folder.URI(f[1])}},
		})
	}
	source := keys.New(server.Packagers.Client(), testSecrets{
		"file:keys": fmt.Sprintf(`{"4711": {"kid": %q, "key": %q}}`, kidHex, keyHex),
		"env:AUTH":  keytest.Authorization,
	})
	result, err := New(b.tools, b.set, source).Run(t.Context(), job)
	return result, job, err
}

const testKeyURI = "https://keys.example.com/k/{kid}?a=1&b=2"

// Every scheme is written, passes the verification, which decrypts and decodes,
// and is told in the manifests; the key is nowhere.
func TestEncryption(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.video(t, "v.mp4", 180, "25", 5)
	b.audio(t, "a.mp4", "eng", 48000, 5)
	filled := strings.ReplaceAll(testKeyURI, "{kid}", kidHex)
	identity := `,URI="` + filled + `"`
	for _, tc := range []struct {
		scheme, format string
		dash, iframes  bool
		media          []string
	}{
		{SchemeAES128, "avc1", false, false, []string{"#EXT-X-KEY:METHOD=AES-128" + identity + `,KEYFORMAT="identity"`}},
		{SchemeSampleAES, "cbcs", false, true, []string{"#EXT-X-KEY:METHOD=SAMPLE-AES" + identity + ",IV=0x"}},
		{SchemeCBCS, "cbcs", true, true, []string{"#EXT-X-KEY:METHOD=SAMPLE-AES" + identity + ",IV=0x"}},
		{SchemeCENC, "cenc", true, true, []string{"#EXT-X-KEY:METHOD=SAMPLE-AES-CTR" + identity + `,KEYID=0x` + strings.ToUpper(kidHex)}},
	} {
		t.Run(tc.scheme, func(t *testing.T) {
			r, job, err := b.protected(t, keytest.New(t), Encryption{Scheme: tc.scheme, KeyFile: "file:keys", KeyURI: testKeyURI},
				[2]string{"VIDEO", "v.mp4"}, [2]string{"AUDIO", "a.mp4"})
			if err != nil {
				t.Fatal(err)
			}
			dir := b.outputFolder(t, r)
			if r.Report != nil {
				t.Logf("remarks: %q", r.Report.Remarks)
			}
			if got := len(r.Outputs) == 2; got != tc.dash {
				t.Errorf("%d output filesets", len(r.Outputs))
			}
			if _, err := os.Stat(filepath.Join(dir, manifest.MPDName)); (err == nil) != tc.dash {
				t.Errorf("DASH manifest: %v", err)
			}
			for _, track := range []string{"video_180p", "audio_en"} {
				text := readText(t, filepath.Join(dir, track, manifest.PlaylistName))
				at := strings.Index(text, "#EXT-X-MAP:")
				for _, line := range tc.media {
					if !strings.Contains(text[at:], line) {
						t.Errorf("%s lacks %s:\n%s", track, line, text)
					}
				}
				init := readText(t, filepath.Join(dir, track, manifest.InitName))
				if !strings.Contains(init, tc.format) && track == "video_180p" {
					t.Errorf("the header does not mention %s", tc.format)
				}
			}
			multivariant := readText(t, filepath.Join(dir, manifest.MultivariantName))
			if !strings.Contains(multivariant, "#EXT-X-SESSION-KEY:METHOD=") || strings.Contains(multivariant, "I-FRAME") != tc.iframes {
				t.Errorf("%s", multivariant)
			}
			if tc.dash {
				wantDASH(t, readText(t, filepath.Join(dir, manifest.MPDName)), tc.format)
			}
			noKey(t, keyHex, b.media.Path, job.Scratch)
		})
	}
}

func wantDASH(t *testing.T, mpd, scheme string) {
	t.Helper()
	kid := "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
	for _, want := range []string{
		`<ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="` + scheme + `" cenc:default_KID="` + kid + `">`,
		`<ContentProtection schemeIdUri="urn:uuid:e2719d58-a985-b3c9-781a-b030af78d30e"`,
		`<dashif:Laurl licenseType="EME-1.0">https://keys.example.com/k/` + kidHex + `?a=1&amp;b=2</dashif:Laurl>`,
		`xmlns:cenc="urn:mpeg:cenc:2013"`,
	} {
		if strings.Count(mpd, want) < 1 {
			t.Errorf("the DASH manifest lacks %s:\n%s", want, mpd)
		}
	}
}

// noKey looks for the key in every file below the folders.
func noKey(t *testing.T, key string, folders ...string) {
	t.Helper()
	value, err := hex.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	forms := [][]byte{value, []byte(key), []byte(strings.ToUpper(key)), []byte(base64.StdEncoding.EncodeToString(value)), []byte(base64.RawURLEncoding.EncodeToString(value))}
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, form := range forms {
				if bytes.Contains(data, form) {
					t.Errorf("the key is in %s", path)
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
	}
}

// The signalling of a key server stands in headers and manifests, and a retry
// gets the same key.
func TestKeyServer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.video(t, "v.mp4", 180, "25", 3)
	server := keytest.New(t)
	e := Encryption{Scheme: SchemeCBCS, KeyServer: &KeyServer{
		URL: server.Packagers.URL, Authorization: "env:AUTH", Systems: []string{keys.Widevine, keys.PlayReady, keys.FairPlay},
	}}
	r, job, err := b.protected(t, server, e, [2]string{"VIDEO", "v.mp4"})
	if err != nil {
		t.Fatal(err)
	}
	dir := b.outputFolder(t, r)
	kid := keys.IngestKID(job.Tenant, job.IngestID)
	init, err := os.ReadFile(filepath.Join(dir, "video_180p", manifest.InitName))
	if err != nil {
		t.Fatal(err)
	}
	header, err := mp4.ReadInit(bytes.NewReader(init), int64(len(init)))
	if err != nil || header.Entry.DefaultKID != kid || string(header.Entry.ConstantIV) != "ObkWqnTWPsVBkXSP" {
		t.Errorf("%+v, %v", header, err)
	}
	if n := bytes.Count(init, []byte("pssh")); n != 3 {
		t.Errorf("%d pssh boxes", n)
	}
	mpd := readText(t, filepath.Join(dir, manifest.MPDName))
	media := readText(t, filepath.Join(dir, "video_180p", manifest.PlaylistName))
	multivariant := readText(t, filepath.Join(dir, manifest.MultivariantName))
	for _, system := range e.KeyServer.Systems {
		id := keys.SystemID(system)
		if !strings.Contains(mpd, `<ContentProtection schemeIdUri="urn:uuid:`+id+`" cenc:default_KID="`+kid.String()+`"><pssh xmlns="urn:mpeg:cenc:2013">`) ||
			!strings.Contains(media, `KEYFORMAT="urn:uuid:`+id) || !strings.Contains(multivariant, `KEYFORMAT="urn:uuid:`+id) {
			t.Errorf("%s is missing:\n%s\n%s\n%s", system, mpd, media, multivariant)
		}
	}
	noKey(t, hex.EncodeToString(server.Key(hex.EncodeToString(kid[:]))), b.media.Path, job.Scratch)
	if requests := server.Requests(); len(requests) != 1 || !strings.Contains(requests[0], `contentId="4711"`) {
		t.Errorf("%q", requests)
	}
}

// Two packages under one key have other vectors.
func TestVectorsOfPackagesDiffer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.audio(t, "a.mp4", "eng", 48000, 2.5)
	var segments []string
	for range 2 {
		r, _, err := b.protected(t, keytest.New(t), Encryption{Scheme: SchemeCENC, KeyFile: "file:keys", KeyURI: testKeyURI}, [2]string{"AUDIO", "a.mp4"})
		if err != nil {
			t.Fatal(err)
		}
		segments = append(segments, readText(t, filepath.Join(b.outputFolder(t, r), "audio_en", manifest.SegmentName(1))))
	}
	if segments[0] == segments[1] {
		t.Error("both packages were encrypted with the same vectors")
	}
}

func TestEncryptionProfile(t *testing.T) {
	t.Parallel()
	server := &KeyServer{URL: "https://keys.example.com/", Systems: []string{keys.Widevine}}
	const uri = "https://keys.example.com/{kid}"
	for _, tc := range []struct {
		says string
		e    Encryption
	}{
		{"scheme", Encryption{Scheme: "ROT13", KeyFile: "file:k", KeyURI: uri}},
		{"one of the two", Encryption{Scheme: SchemeCBCS, KeyURI: uri}},
		{"one of the two", Encryption{Scheme: SchemeCBCS, KeyURI: uri, KeyFile: "file:k", KeyServer: server}},
		{"no player could get the key", Encryption{Scheme: SchemeCBCS, KeyFile: "file:k"}},
		{"needs keyUri", Encryption{Scheme: SchemeAES128, KeyServer: server}},
		{"has systems", Encryption{Scheme: SchemeAES128, KeyServer: server, KeyURI: uri}},
		{"systems", Encryption{Scheme: SchemeCBCS, KeyServer: &KeyServer{URL: "https://x/", Systems: []string{"NONE"}}}},
		{"keyUri is not", Encryption{Scheme: SchemeCBCS, KeyFile: "file:k", KeyURI: `https://x/"`}},
		{"keyUri is not", Encryption{Scheme: SchemeCBCS, KeyFile: "file:k", KeyURI: "https://u:p@x/"}},
		{"keyUri is not", Encryption{Scheme: SchemeCBCS, KeyFile: "file:k", KeyURI: "data:x"}},
	} {
		err := tc.e.check()
		if se := vod.AsStepError(err); err == nil || se.Class != vod.ClassConfig || !strings.Contains(se.Message, tc.says) {
			t.Errorf("%+v: %v", tc.e, err)
		}
	}
	for _, e := range []*Encryption{nil, {Scheme: SchemeAES128, KeyFile: "file:k", KeyURI: uri}, {Scheme: SchemeCENC, KeyServer: server}} {
		if err := e.check(); err != nil {
			t.Errorf("%+v: %v", e, err)
		}
	}
}

// Subtitles are added later without the key.
func TestTextsToAnEncryptedPackage(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{SchemeAES128, SchemeCBCS} {
		b := setup(t)
		b.video(t, "v.mp4", 180, "25", 3)
		server := keytest.New(t)
		e := Encryption{Scheme: scheme, KeyFile: "file:keys", KeyURI: testKeyURI}
		first, _, err := b.protected(t, server, e, [2]string{"VIDEO", "v.mp4"})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(b.folder.Path(), "s.vtt"), []byte("WEBVTT\n\n00:00.500 --> 00:02.000\nHei\n"), fileMode); err != nil {
			t.Fatal(err)
		}
		job := b.job(t, 2)
		job.Published = &step.Published{IngestID: "first", Packaged: first.Outputs}
		r, err := b.run(t.Context(), job, [2]string{"SUBTITLE", "s.vtt"})
		if err != nil {
			t.Fatalf("%s: %v", scheme, err)
		}
		before, after := b.outputFolder(t, first), b.outputFolder(t, r)
		if text := readText(t, filepath.Join(after, manifest.MultivariantName)); !strings.Contains(text, "TYPE=SUBTITLES") || !strings.Contains(text, "#EXT-X-SESSION-KEY:") {
			t.Errorf("%s:\n%s", scheme, text)
		}
		name := filepath.Join("video_180p", manifest.SegmentName(1))
		if readText(t, filepath.Join(before, name)) != readText(t, filepath.Join(after, name)) {
			t.Errorf("%s: a segment changed", scheme)
		}
		if !slices.EqualFunc(first.Outputs, r.Outputs, func(a, b vod.Fileset) bool { return a.Labels[1] == b.Labels[1] }) {
			t.Errorf("%s: %+v", scheme, r.Outputs)
		}
	}
}
