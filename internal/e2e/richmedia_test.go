package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/client"
)

// richProfile encodes small, in every codec.
const richProfile = `
name: rich
retrieval:
- filesetFilter: initialInput
  retrievalProfile: {name: fetch, type: vimond_file_retriever, targetLocation: {name: store}}
  filesetLabelOut: retrieved
encoding:
- filesetFilter: retrieved
  encodingProfile:
    name: every-codec
    type: FFMPEG
    preset: ultrafast
    perTitle: true
    targetLocation: {name: store}
    codecs: [H264, HEVC, AV1]
    ladder: [{height: 180}, {height: 90, codec: H264}]
    audio: [{codec: AAC}, {codec: OPUS}]
    loudness: {target: -23}
  filesetLabelOut: encoded
packaging:
- filesetFilter: encoded
  packagingProfile: {name: cmaf, type: CMAF, targetLocation: {name: store}}
  filesetLabelOut: packaged
distribution:
- filesetFilter: packaged
  distributionProfile: {name: copy, type: COPY, targetLocation: {name: media}}
  filesetLabelOut: copied
- filesetFilter: copied
  distributionProfile: {name: address, type: URL_REWRITE, sourceLocation: {name: media}, targetLocation: {name: public}}
  filesetLabelOut: distributed
playout:
- filesetFilter: distributed
  playoutProfile: {name: catalog, type: CATALOG}
`

// TestEveryCodec: an ingest into several codecs, per title, and what its task
// reports of it.
func TestEveryCodec(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := serve(t, "--allow-source-dir", dir).client
	if _, err := c.ApplyProfile(t.Context(), "rich", []byte(richProfile)); err != nil {
		t.Fatal(err)
	}
	film := clip(t, dir, "-f lavfi -i testsrc2=s=320x180:r=25:d=4 -f lavfi -i sine=d=4 -c:v libx264 -preset ultrafast film.mp4")
	d := completed(t, c, submit(t, c, client.Submission{AssetID: "rich", URI: fileURI(film), Profile: "rich"}))
	task, err := c.Task(t.Context(), d.IngestID, taskOf(d, client.StageENCODING).ID)
	if err != nil {
		t.Fatal(err)
	}
	report := task.Attempts[len(task.Attempts)-1].Report
	if report == nil || len(report.Remarks) == 0 {
		t.Fatalf("the report is %+v", report)
	}
	codecs := map[string]bool{}
	for _, r := range report.Renditions {
		codecs[r.Codec] = true
		copied := r.Encoder == "copy" // The source itself is not held against itself.
		if (r.Quality == nil) != copied || r.Bitrate <= 0 || r.VideoRange != "SDR" {
			t.Errorf("%+v with quality %+v", r, r.Quality)
		}
		if q := r.Quality; q != nil && (q.SSIM < 0.7 || q.SSIM > 1 || q.Worst > q.SSIM || q.Frames < 2) {
			t.Errorf("%s has quality %+v", r.Name, q)
		}
	}
	if diff := cmp.Diff(map[string]bool{"H264": true, "HEVC": true, "AV1": true}, codecs); diff != "" {
		t.Errorf("codecs of the report (-want +got):\n%s", diff)
	}
	p := played(t, c, "rich")
	for _, codec := range []string{"avc1.", "hvc1.", "av01.", "mp4a.40.2", "opus"} {
		if !strings.Contains(strings.ToLower(p.hls), codec) || !strings.Contains(strings.ToLower(p.mpd), codec) {
			t.Errorf("a manifest lacks %s:\n%s\n%s", codec, p.hls, p.mpd)
		}
	}
}

// Keys of a test, in hexadecimal digits.
const (
	contentKID = "00112233445566778899aabbccddeeff"
	contentKey = "5d8fa1c07b3e49d2a6f4083b1c97e25a"
)

// TestKeysAreKeptNowhere: ingests that are encrypted with a key of the tenant's
// secrets folder leave it nowhere else: not in the data folder, the log or an
// answer, in any form.
func TestKeysAreKeptNowhere(t *testing.T) {
	t.Parallel()
	data, dir := t.TempDir(), t.TempDir()
	secrets := filepath.Join(data, "secrets", "default")
	if err := os.MkdirAll(secrets, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(secrets, "keys.json"), []byte(`{"*": {"kid": "`+contentKID+`", "key": "`+contentKey+`"}}`))
	p := start(t, data, "--log-format", "json", "--log-level", "DEBUG", "--allow-source-dir", dir)
	film := clip(t, dir, "-f lavfi -i testsrc2=s=320x180:r=25:d=2 -f lavfi -i sine=d=2 -c:v libx264 -preset ultrafast film.mp4")
	said := ""
	for _, scheme := range []string{"CENC", "CBCS", "AES-128"} {
		encryption := "{scheme: " + scheme + `, keyFile: "file:keys.json", keyUri: "https://keys.example.com/{kid}"}`
		text := strings.Replace(crashProfile, "type: CMAF,", "type: CMAF, encryption: "+encryption+",", 1)
		if scheme == "AES-128" { // There is no DASH of it.
			text = text[:strings.LastIndex(text, "- filesetFilter: distributed AND DASH")]
		}
		name := strings.ToLower(scheme)
		text = strings.Replace(text, "name: crash", "name: "+name, 1)
		if _, err := p.client.ApplyProfile(t.Context(), name, []byte(text)); err != nil {
			t.Fatal(err)
		}
		id := submit(t, p.client, client.Submission{AssetID: name, URI: fileURI(film), Profile: name})
		d := completed(t, p.client, id)
		for _, path := range []string{"/ingests/" + id, "/ingests/" + id + "/plan", "/profiles/" + name, "/assets/" + name + "/playback"} {
			said += string(fetch(t, p.client.URL(path), 200))
		}
		for _, task := range d.Tasks {
			said += string(fetch(t, p.client.URL("/ingests/"+id+"/tasks/"+task.ID), 200))
		}
		playback, err := p.client.Playback(t.Context(), name)
		if err != nil || playback.HLS == nil || (playback.DASH == nil) != (scheme == "AES-128") {
			t.Errorf("%s: playback %+v, %v", scheme, playback, err)
		}
	}
	log := p.end(t, syscall.SIGTERM)
	if !strings.Contains(said, "file:keys.json") || !strings.Contains(log, "attempt done") {
		t.Error("the test does not see what it has to")
	}
	forms := keyForms(t)
	for name, text := range map[string]string{"the log": log, "an answer": said} {
		holdsNone(t, name, []byte(text), forms)
	}
	err := filepath.WalkDir(data, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && !strings.HasPrefix(path, secrets) {
			holdsNone(t, path, read(t, path), forms)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// keyForms are the ways in which the key could have been written.
func keyForms(t *testing.T) [][]byte {
	t.Helper()
	raw, err := hex.DecodeString(contentKey)
	if err != nil {
		t.Fatal(err)
	}
	return [][]byte{
		raw, []byte(contentKey), []byte(strings.ToUpper(contentKey)),
		[]byte(strings.TrimRight(base64.StdEncoding.EncodeToString(raw), "=")), []byte(base64.RawURLEncoding.EncodeToString(raw)),
	}
}

func holdsNone(t *testing.T, where string, content []byte, forms [][]byte) {
	t.Helper()
	for i, form := range forms {
		if bytes.Contains(content, form) {
			t.Errorf("%s holds the key in form %d", where, i)
		}
	}
}
