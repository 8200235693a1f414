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

// video is a rendition of 25 frames per second with segments of these sizes,
// four seconds each but the last with two.
func video(height int, codecs string, sizes ...int64) Track {
	t := Track{
		Folder: "video_" + map[int]string{1080: "1080p", 720: "720p", 360: "360p"}[height], Codecs: codecs, Timescale: 12800,
		Width: height * 16 / 9, Height: height, SARNum: 1, SARDen: 1, FrameRate: Rate{25, 1},
	}
	for i, size := range sizes {
		s := Segment{Start: int64(i) * 51200, Duration: 51200, Size: size, FirstSample: size / 10}
		if i == len(sizes)-1 {
			s.Duration = 25600
		}
		t.Segments = append(t.Segments, s)
	}
	return t
}

func audio(folder, language, name, codecs string, channels int) Track {
	return Track{
		Folder: folder, Codecs: codecs, Timescale: 48000, Language: language, Name: name,
		Channels: channels, ChannelConfiguration: channels, SampleRate: 48000,
		Segments: []Segment{{0, 191488, 64000, 500}, {191488, 192512, 65000, 500}, {384000, 96000, 33000, 500}},
	}
}

// presentations are the cases of the golden files, by name.
func presentations() map[string]Presentation {
	commentary := audio("audio_en_2", "en", `Director's "cut"`, "mp4a.40.2", 2)
	commentary.Commentary = true
	described := audio("audio_en_3", "en", "English, described", "mp4a.40.2", 2)
	described.Described = true
	surround := audio("audio_en_4", "en", "English 5.1", "ec-3", 6)
	surround.ChannelConfiguration = 0
	ntsc := video(720, "avc1.64001f", 2_000_000, 2_100_000, 900_000)
	ntsc.FrameRate, ntsc.SARNum, ntsc.SARDen, ntsc.Width = Rate{30000, 1001}, 64, 45, 720
	high := video(1080, "avc1.640028", 4_000_000, 4_500_000, 2_000_000)
	low := video(360, "avc1.64001e", 400_000, 350_000, 200_000)
	return map[string]Presentation{
		"ladder": {
			Video: []Track{high, video(720, "avc1.64001f", 1_000_000, 1_200_000, 500_000), low},
			Audio: []Track{audio("audio_en", "en", "English", "mp4a.40.2", 2), audio("audio_nb", "nb", "norsk bokmål", "mp4a.40.2", 2)},
		},
		"many_sounds": {
			Video: []Track{low},
			Audio: []Track{audio("audio_und", Unknown, "Audio", "mp4a.40.2", 2), commentary, described, surround},
		},
		"audio_only":    {Audio: []Track{audio("audio_en", "en", "English", "mp4a.40.2", 2), audio("audio_de", "de", "Deutsch", "mp4a.40.2", 2)}},
		"silent":        {Video: []Track{ntsc}},
		"two_codecs":    {Video: []Track{high, video(720, "hvc1.1.6.L93.90", 900_000, 800_000, 400_000)}},
		"single_static": {Video: []Track{video(360, "avc1.64001e", 20_000)}},
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
}

// Both kinds of manifest lead to exactly the files of the tracks.
func TestReferences(t *testing.T) {
	t.Parallel()
	for name, p := range presentations() {
		var want, playlists []string
		for _, track := range p.Tracks() {
			playlists = append(playlists, track.Folder+"/"+PlaylistName)
			want = append(want, track.Folder+"/"+InitName)
			for i := range track.Segments {
				want = append(want, track.Folder+"/"+SegmentName(i+1))
			}
		}
		mpd, err := MPD(p)
		if err != nil {
			t.Fatal(err)
		}
		dash, err := MPDReferences([]byte(mpd))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, dash); diff != "" {
			t.Errorf("%s: DASH (-/+):\n%s", name, diff)
		}
		named := PlaylistReferences([]byte(Multivariant(p)))
		for _, playlist := range playlists {
			if !slices.Contains(named, playlist) {
				t.Errorf("%s: HLS does not name %s", name, playlist)
			}
		}
		var hls []string
		for _, track := range p.Tracks() {
			for _, file := range PlaylistReferences([]byte(MediaPlaylist(p, track))) {
				hls = append(hls, path.Join(track.Folder, file))
			}
		}
		if diff := cmp.Diff(want, hls); diff != "" {
			t.Errorf("%s: HLS (-/+):\n%s", name, diff)
		}
	}
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
	text := Multivariant(p)
	for _, reference := range PlaylistReferences([]byte(text)) {
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

func FuzzMPDReferences(f *testing.F) {
	for _, p := range presentations() {
		text, err := MPD(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if list, err := MPDReferences(text); err == nil && len(list) > maxReferences {
			t.Fatalf("%d references", len(list))
		}
	})
}
