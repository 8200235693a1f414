package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/client"
)

const (
	srt  = "1\n00:00:00,200 --> 00:00:01,000\nGood evening.\n\n2\n00:00:01,100 --> 00:00:01,900\nGood <i>night</i>.\n"
	ttml = `<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="nb"><body><div><p begin="0.2s" end="1s">God kveld.</p></div></body></tt>`
	late = "WEBVTT\n\n00:00.300 --> 00:01.500\nGuten Abend.\n"
)

// TestSubtitles takes a video with two subtitle files through the built-in
// profile, and a third one later, which leaves picture and sound as they are.
func TestSubtitles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := serve(t, "--allow-source-dir", dir)
	c := in.client
	film := clip(t, dir, "-f lavfi -i testsrc2=s=320x180:r=25:d=2 -f lavfi -i sine=d=2 -c:v libx264 -preset ultrafast film.mp4")
	english, norwegian := "en", "nb-x-sdh"
	files := []client.SubmissionFile{
		{URI: fileURI(film)},
		{URI: fileURI(write(t, filepath.Join(dir, "film.srt"), []byte(srt))), MediaType: "SUBTITLE", Language: &english},
		{URI: fileURI(write(t, filepath.Join(dir, "film.ttml"), []byte(ttml))), MediaType: "SUBTITLE", Language: &norwegian},
	}
	first := submit(t, c, client.Submission{AssetID: "film", Filesets: []client.SubmissionFileset{{Files: files}}})
	d := completed(t, c, first)
	if diff := cmp.Diff([]string{"VIDEO", "SUBTITLE"}, d.MediaTypes); diff != "" {
		t.Errorf("media types (-want +got):\n%s", diff)
	}
	checkShape(t, get(t, in.url, "/ingests/"+first, "default"))
	before := played(t, c, "film")
	if before.playback.Thumbnails == nil || !strings.HasPrefix(string(fetch(t, *before.playback.Thumbnails, http.StatusOK)), "WEBVTT") {
		t.Errorf("thumbnails are %+v", before.playback.Thumbnails)
	}
	before.hasLanguages(t, "en", "nb")
	if !strings.Contains(before.texts, "Good evening.") || !strings.Contains(before.texts, "God kveld.") {
		t.Errorf("the segments of subtitles say %s", before.texts)
	}

	german := "de"
	second := submit(t, c, client.Submission{
		AssetID: "film", URI: fileURI(write(t, filepath.Join(dir, "late.vtt"), []byte(late))), MediaType: "SUBTITLE", Language: &german,
	})
	d = completed(t, c, second)
	if encoding := taskOf(d, client.StageENCODING); string(encoding.Outputs) != `{"filesets":[]}` {
		t.Errorf("something was encoded: %s", encoding.Outputs)
	}
	after := played(t, c, "film")
	if after.playback.IngestID != second {
		t.Errorf("ingest %s plays", after.playback.IngestID)
	}
	after.hasLanguages(t, "de", "en", "nb")
	if !strings.Contains(after.texts, "Guten Abend.") || !strings.Contains(after.texts, "Good evening.") {
		t.Errorf("the segments of subtitles say %s", after.texts)
	}
	if diff := cmp.Diff(before.media, after.media); diff != "" || len(before.media) < 4 {
		t.Errorf("picture and sound have changed (-before +after):\n%s", diff)
	}
	if again := follow(t, before.playback); again.texts != before.texts { // Who watches goes on.
		t.Error("what played before does not play any more")
	}

	if _, err := c.SelectPlayback(t.Context(), "film", first); err != nil {
		t.Fatal(err)
	}
	played(t, c, "film").hasLanguages(t, "en", "nb")
}

// TestBadSubtitles: the ingest fails and tells file and line.
func TestBadSubtitles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := serve(t, "--allow-source-dir", dir).client
	bad := write(t, filepath.Join(dir, "bad.srt"), []byte("1\n00:00:00,200 --> 00:00:01,000\nGood.\n\n2\n00:00:01,000 -> 00:0\nBad.\n"))
	id := submit(t, c, client.Submission{AssetID: "bad", URI: fileURI(bad), MediaType: "SUBTITLE"})
	d := waitFor(t, c, id, time.Minute, over)
	if text := deref(d.Error); d.Status != client.IngestStatusFAILED || !strings.Contains(text, "bad.srt") || !strings.Contains(text, "line 6") {
		t.Errorf("%s: %s", d.Status, text)
	}
	// What is good cannot be added to nothing.
	id = submit(t, c, client.Submission{
		AssetID: "new", URI: fileURI(write(t, filepath.Join(dir, "good.srt"), []byte(srt))), MediaType: "SUBTITLE",
	})
	d = waitFor(t, c, id, time.Minute, over)
	if text := deref(d.Error); d.Status != client.IngestStatusFAILED || !strings.Contains(text, "new has no published video") {
		t.Errorf("%s: %s", d.Status, text)
	}
}

func completed(t *testing.T, c *client.Client, id string) *client.IngestDetail {
	t.Helper()
	d := waitFor(t, c, id, time.Minute, over)
	if d.Status != client.IngestStatusCOMPLETED {
		t.Fatal(brief(d))
	}
	return d
}

// checkShape: the detail and its tasks have the keys of the contract's page, in
// its order, whatever a task is of.
func checkShape(t *testing.T, document []byte) {
	t.Helper()
	page := read(t, filepath.Join("..", "httpd", "testdata", "detail.json"))
	if diff := cmp.Diff(keysOf(t, page), keysOf(t, document)); diff != "" {
		t.Errorf("keys of the detail (-page +ours):\n%s", diff)
	}
	tasks := func(document []byte) (list []json.RawMessage) {
		var d struct{ Tasks []json.RawMessage }
		if err := json.Unmarshal(document, &d); err != nil {
			t.Fatal(err)
		}
		return d.Tasks
	}
	names := ""
	for _, task := range tasks(document) {
		if diff := cmp.Diff(keysOf(t, tasks(page)[0]), keysOf(t, task)); diff != "" {
			t.Errorf("keys of a task (-page +ours):\n%s", diff)
		}
		names += string(task)
	}
	if !strings.Contains(names, `"name":"SUBTITLE_PUBLISHING"`) {
		t.Error("no task is of SUBTITLE_PUBLISHING")
	}
}

// keysOf gives the keys of an object, in their order.
func keysOf(t *testing.T, object []byte) (keys []string) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(object)))
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key.(string))
	}
	return keys
}

// presentation is what the addresses of an asset lead to.
type presentation struct {
	playback *client.Playback
	hls, mpd string
	media    map[string]string // SHA-256 of picture and sound, by place in the package
	texts    string            // all segments of subtitles
}

func played(t *testing.T, c *client.Client, asset string) presentation {
	t.Helper()
	p, err := c.Playback(t.Context(), asset)
	if err != nil || p.HLS == nil || p.DASH == nil {
		t.Fatalf("playback %+v, %v", p, err)
	}
	return follow(t, p)
}

var listed = regexp.MustCompile(`(?m)^[^#\s].*$|URI="([^"]+)"`)

// follow fetches all that the HLS playlists name.
func follow(t *testing.T, p *client.Playback) presentation {
	t.Helper()
	out := presentation{playback: p, hls: string(fetch(t, *p.HLS, http.StatusOK)), mpd: string(fetch(t, *p.DASH, http.StatusOK)), media: map[string]string{}}
	seen := map[string]bool{}
	var walk func(address, text string)
	walk = func(address, text string) {
		for _, m := range listed.FindAllStringSubmatch(text, -1) {
			next := resolve(t, address, m[0], m[1])
			if seen[next] {
				continue
			}
			seen[next] = true
			body := fetch(t, next, http.StatusOK)
			switch path.Ext(next) {
			case ".m3u8":
				walk(next, string(body))
			case ".vtt":
				out.texts += string(body)
			default:
				sum := sha256.Sum256(body)
				out.media[strings.TrimPrefix(next, strings.TrimSuffix(*p.HLS, path.Base(*p.HLS)))] = hex.EncodeToString(sum[:])
			}
		}
	}
	walk(*p.HLS, out.hls)
	return out
}

func resolve(t *testing.T, base, line, attribute string) string {
	t.Helper()
	if attribute != "" {
		line = attribute
	}
	b, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	u, err := b.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	return u.String()
}

var (
	hlsSubtitles = regexp.MustCompile(`#EXT-X-MEDIA:TYPE=SUBTITLES[^\n]*`)
	hlsLanguage  = regexp.MustCompile(`LANGUAGE="([^"]+)"`)
	dashText     = regexp.MustCompile(`<AdaptationSet[^>]*contentType="text"[^>]*>`)
	dashLanguage = regexp.MustCompile(`lang="([^"]+)"`)
)

// hasLanguages: both manifests offer subtitles in these languages, which are in
// the order of the alphabet.
func (p presentation) hasLanguages(t *testing.T, want ...string) {
	t.Helper()
	for name, in := range map[string]struct {
		text             string
		entry, attribute *regexp.Regexp
	}{"HLS": {p.hls, hlsSubtitles, hlsLanguage}, "DASH": {p.mpd, dashText, dashLanguage}} {
		var got []string
		for _, entry := range in.entry.FindAllString(in.text, -1) {
			if m := in.attribute.FindStringSubmatch(entry); m != nil {
				got = append(got, m[1])
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("subtitles in %s (-want +got):\n%s\n%s", name, diff, in.text)
		}
	}
}
