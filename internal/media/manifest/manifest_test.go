package manifest

import (
	"flag"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-/+):\n%s", name, diff)
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, p := range presentations() {
		golden(t, name+".m3u8", Multivariant(p))
		mpd, err := MPD(p)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".mpd", mpd)
	}
	p := presentations()["ladder"]
	golden(t, "ladder_video_720p.m3u8", MediaPlaylist(p, p.Video[1]))
	golden(t, "ladder_video_720p_iframes.m3u8", IFramePlaylist(p, p.Video[1]))
	golden(t, "ladder_audio_nb.m3u8", MediaPlaylist(p, p.Audio[1]))
	p = presentations()["film"]
	golden(t, "film_subtitles_en.m3u8", TextPlaylist(p.Text[0]))
	golden(t, "film_thumbnails.vtt", ThumbnailTrack(p))
}

// Both kinds of manifest lead to exactly the files of the tracks.
func TestReferences(t *testing.T) {
	t.Parallel()
	for name, p := range presentations() {
		mpd, err := MPD(p)
		if err != nil {
			t.Fatal(err)
		}
		files := trackFiles(p)
		if diff := cmp.Diff(slices.Concat(files, textFiles(p), sheetFiles(p)), mpdReferences(t, mpd)); diff != "" {
			t.Errorf("%s: DASH (-/+):\n%s", name, diff)
		}
		named := playlistReferences(t, Multivariant(p))
		playlists := map[string]string{}
		for _, track := range p.Tracks() {
			playlists[track.Folder] = MediaPlaylist(p, track)
		}
		for _, track := range p.Text {
			playlists[track.Folder] = TextPlaylist(track)
			for i := range track.Segments {
				files = append(files, track.Folder+"/"+TextSegmentName(i+1))
			}
		}
		var hls []string
		for folder, text := range playlists {
			if !slices.Contains(named, folder+"/"+PlaylistName) {
				t.Errorf("%s: HLS does not name %s", name, folder)
			}
			for _, file := range playlistReferences(t, text) {
				hls = append(hls, path.Join(folder, file))
			}
		}
		slices.Sort(hls)
		slices.Sort(files)
		if diff := cmp.Diff(files, hls); diff != "" {
			t.Errorf("%s: HLS (-/+):\n%s", name, diff)
		}
	}
}

func trackFiles(p Presentation) []string {
	var out []string
	for _, track := range p.Tracks() {
		out = append(out, track.Folder+"/"+InitName)
		for i := range track.Segments {
			out = append(out, track.Folder+"/"+SegmentName(i+1))
		}
	}
	return out
}

func textFiles(p Presentation) []string {
	var out []string
	for _, track := range p.Text {
		out = append(out, track.Folder+"/"+SubtitlesName)
	}
	return out
}

func sheetFiles(p Presentation) []string {
	var out []string
	if p.Thumbnails != nil {
		for i := range p.Thumbnails.Sizes {
			out = append(out, ThumbnailsFolder+"/"+SheetName(i+1))
		}
	}
	return out
}

// The peak is that of the worst stretch of half to one and a half target
// durations, not that of a short last segment.
func TestRates(t *testing.T) {
	t.Parallel()
	track := Track{Timescale: 1, Segments: []Segment{
		{Duration: 4, Size: 400}, {Duration: 4, Size: 800}, {Duration: 4, Size: 200}, {Duration: 1, Size: 1000},
	}}
	// Target 4: 800 bytes in 4 s are 1600 bit/s, the last two segments in 5 s
	// 1920 bit/s; the last one alone, 8000 bit/s, is too short to count.
	if got := track.rates(4); got != (bitRates{1920, 1477}) {
		t.Errorf("rates are %+v", got)
	}
	if got := track.highestRate(); got != 8000 {
		t.Errorf("highest rate is %d", got)
	}
}

func TestTargetDuration(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		longest int64 // in tenths of a microsecond
		want    int
	}{{40000000, 4}, {40040000, 4}, {44990000, 4}, {44999994, 4}, {44999996, 5}, {45000000, 5}, {400000, 1}} {
		p := Presentation{Audio: []Track{{Timescale: 1e7, Segments: []Segment{{Duration: tc.longest}, {Duration: 20}}}}}
		if got := p.targetDuration(); got != tc.want {
			t.Errorf("%d: %d, want %d", tc.longest, got, tc.want)
		}
	}
}

func TestISODuration(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[float64]string{0: "PT0S", 4: "PT4S", 10.32: "PT10.32S", 3723.4561: "PT3723.457S", 0.04: "PT0.04S"} {
		if got := isoDuration(seconds); got != want {
			t.Errorf("%g: %s, want %s", seconds, got, want)
		}
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, tag, code, name string }{
		{"eng", "en", "eng", "English"},
		{"nor", "no", "nor", "norsk"},
		{"nob", "nb", "nob", "norsk bokmål"},
		{"ger", "de", "deu", "Deutsch"},
		{"fre", "fr", "fra", "français"},
		{"pt-BR", "pt-BR", "por", "português"},
		{"jpn", "ja", "jpn", "日本語"},
		{"und", "und", "und", ""},
		{"", "und", "und", ""},
		{"../../x", "und", "und", ""},
		{"zz\"\n", "und", "und", ""},
	} {
		tag := LanguageTag(tc.in)
		if tag != tc.tag || LanguageCode3(tag) != tc.code || LanguageName(tag) != tc.name {
			t.Errorf("%q: %q %q %q, want %q %q %q", tc.in, tag, LanguageCode3(tag), LanguageName(tag), tc.tag, tc.code, tc.name)
		}
	}
}

// What comes from titles cannot break out of an attribute.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	p := presentations()["audio_only"]
	p.Audio[0].Name = "a\",URI=\"http://evil.example/x\"\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://evil.example/y"
	p.Text[0].Name = p.Audio[0].Name
	text := Multivariant(p)
	for _, reference := range playlistReferences(t, text) {
		if strings.Contains(reference, "evil") {
			t.Errorf("a name became the address %s", reference)
		}
	}
	mpd, err := MPD(p)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(mpd, `"http://evil`) {
		t.Error("a name became an attribute of the DASH manifest")
	}
}
