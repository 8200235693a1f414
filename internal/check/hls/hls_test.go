package hls

import (
	"strings"
	"testing"
)

const media = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:4
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://a",KEYFORMAT="com.apple.streamingkeydelivery"
#EXT-X-KEY:METHOD=SAMPLE-AES,URI="https://k.example/1",IV=0x00000000000000000000000000000001
#EXT-X-MAP:URI="all.mp4",BYTERANGE="800@0"
#EXTINF:4.0,
#EXT-X-BYTERANGE:1000@800
all.mp4
#EXTINF:3.5,a title
#EXT-X-BYTERANGE:900
all.mp4
#EXT-X-KEY:METHOD=NONE
#EXT-X-DISCONTINUITY
#EXTINF:4,
other.mp4
#EXT-X-ENDLIST
`

func TestParseMedia(t *testing.T) {
	t.Parallel()
	p := Parse([]byte(media))
	if len(p.Problems) != 0 || p.Multivariant || !p.End || p.TargetDuration != 4 || p.Type != "VOD" || len(p.Segments) != 3 {
		t.Fatalf("%+v", p)
	}
	if s := p.Segments[1]; s.Range != (Range{1800, 900}) || s.Duration != 3.5 || len(s.Keys) != 2 || s.Map.Range != (Range{0, 800}) {
		t.Errorf("%+v", s)
	}
	if s := p.Segments[2]; len(s.Keys) != 0 || !s.Discontinuity || s.Range.Length != 0 {
		t.Errorf("%+v", s)
	}
}

func TestParseMultivariant(t *testing.T) {
	t.Parallel()
	p := Parse([]byte("#EXTM3U\r\n" +
		`#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="One, two",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="a.m3u8"` + "\r\n" +
		`#EXT-X-STREAM-INF:BANDWIDTH=1000,CODECS="avc1.4d401e,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=25.000,AUDIO="a"` + "\r\nv.m3u8\r\n" +
		`#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=100,CODECS="avc1.4d401e",RESOLUTION=640x360,URI="i.m3u8"` + "\r\n"))
	if len(p.Problems) != 0 || !p.Multivariant || len(p.Media) != 1 || len(p.Variants) != 1 || len(p.IFrames) != 1 {
		t.Fatalf("%+v", p)
	}
	if m := p.Media[0]; m.Name != "One, two" || !m.Default || !m.Auto || m.URI != "a.m3u8" {
		t.Errorf("%+v", m)
	}
	if v := p.Variants[0]; v.URI != "v.m3u8" || v.Width != 640 || v.FrameRate != 25 || len(v.Codecs) != 2 || v.Bandwidth != 1000 {
		t.Errorf("%+v", v)
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"": "it is empty",
		"#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:4\n": "line 1: the first line is not #EXTM3U",
		"#EXTM3U\n":                                                                        "EXT-X-TARGETDURATION is missing",
		"#EXTM3U\n#EXT-X-TARGETDURATION:four\n":                                            `is "four", no decimal integer`,
		"#EXTM3U\n#EXT-X-TARGETDURATION:4\nseg.m4s\n":                                      "line 3: a segment without EXTINF",
		"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:NaN,\nseg.m4s\n":                        `EXTINF has the duration "NaN"`,
		"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n":                                   "no address follows EXTINF",
		"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n#EXT-X-BYTERANGE:9\nseg.m4s\n":      "follows no other one",
		"#EXTM3U\n#EXT-X-STREAM-INF:CODECS=\"a\"\nv.m3u8\n":                                "lacks BANDWIDTH",
		"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"a\nv.m3u8\n":                      "the quotes of CODECS are not closed",
		"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION=big\nv.m3u8\n":                  `RESOLUTION is "big"`,
		"#EXTM3U\n#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"s\",NAME=\"n\"\n":                 "lacks URI",
		"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n#EXTINF:4,\n":                     "tags of multivariant and of media playlists",
		"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-KEY:METHOD=AES-128\n#EXTINF:4,\ns.m4s\n": "lacks URI",
	} {
		found := false
		for _, p := range Parse([]byte(text)).Problems {
			found = found || strings.Contains(p.String(), says)
		}
		if !found {
			t.Errorf("%q: %v", text, Parse([]byte(text)).Problems)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(media))
	f.Add([]byte("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"a,b\",RESOLUTION=1x1\nv.m3u8\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p := Parse(text)
		if len(p.Problems) > maxProblems || len(p.Segments) > maxSegments {
			t.Fatal("out of bounds")
		}
		for _, s := range p.Segments {
			if !finite(s.Duration) || s.Range.Offset < 0 || s.Range.Length < 0 {
				t.Fatalf("%+v", s)
			}
		}
	})
}
