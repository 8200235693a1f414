package subtitle_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/media/subtitle"
)

// FuzzRead holds that whatever is read can be written, shifted, cut, and read
// back strictly and unchanged, and that every refusal names what is wrong.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		srtCue("<i>One\n<b>Two</i></b> <font color=\"#ffff00\">{\\an8}&lt;3"),
		"1\r\n00:00:01,0-->0:00:02.5 X1:0\r\n\r\na --> b\r\n\r\n2\r\n",
		vttCue("<v Per><c.yellow.x>a</c><00:00:02.000>&nbsp;b") + "\nSTYLE\nx\n\nREGION\nid:x\n",
		"WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000\nLanguage: nb\n\na\n00:01.000 --> 00:02.000 line:-1,end position:1% size:5% align:middle vertical:rl\n<ruby>a<rt>b</ruby>",
		ttmlText(`One<br/><span tts:color="red" begin="0.5s">two</span> &amp; <!-- x --><![CDATA[three]]>`),
		ttmlDoc(`ttp:timeBase="smpte" ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001" ttp:dropMode="dropNTSC" ttp:cellResolution="40 20">`,
			`<head><styling><style xml:id="a" style="a b"/></styling><layout><region xml:id="r" style="a" tts:origin="1c 1c" tts:extent="50% 50%"><style tts:displayAlign="center" tts:textAlign="end"/></region></layout></head>
			<body region="r" timeContainer="seq" begin="00:00:01;02"><div><p dur="30f" style="a">x</p><p begin="1h" end="5000t">y</p></div></body>`),
		utf16le("\uFEFF" + srtCue("æ")), utf16le(vttCue("æ")), srtCue("\xE6\xF8"), "<tt>", "WEBVTT", "",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		track, err := subtitle.Read(bytes.NewReader(data), "")
		if err != nil {
			var bad *subtitle.LineError
			if !errors.As(err, &bad) || bad.Problem == "" || bad.Line < 0 || bad.Line > bytes.Count(data, []byte("\n"))+bytes.Count(data, []byte("\r"))+1 {
				t.Errorf("error %v", err)
			}
			return
		}
		for _, by := range []time.Duration{0, -time.Second, time.Hour} {
			holds(t, track.Shift(by))
		}
		for _, segment := range track.Segments(max(track.End()/3, time.Millisecond), track.End()) {
			if _, err := subtitle.ParseWebVTT(bytes.NewReader(segment)); err != nil {
				t.Errorf("segment: %v\n%q", err, segment)
			}
		}
	})
}

func holds(t *testing.T, track subtitle.Track) {
	t.Helper()
	var b bytes.Buffer
	if _, err := track.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	strict, err := subtitle.ParseWebVTT(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatalf("%v\n%q", err, b.String())
	}
	if diff := cmp.Diff(track.Cues, strict.Cues); diff != "" && len(track.Cues) > 0 {
		t.Errorf("read back: %s", diff)
	}
	for _, c := range track.Cues {
		if c.Start < 0 || c.End <= c.Start || c.Text == "" || strings.Contains("\n"+c.Text+"\n", "\n\n") || strings.Contains(c.Text, "-->") {
			t.Errorf("cue %+v", c)
		}
	}
	if len(track.Cues) == 0 {
		return
	}
	again, err := subtitle.Read(bytes.NewReader(b.Bytes()), "")
	if err != nil {
		t.Fatalf("%v\n%q", err, b.String())
	}
	if diff := cmp.Diff(track.Cues, again.Cues); diff != "" && len(again.Remarks) == 0 {
		t.Errorf("read as any other file: %s", diff)
	}
}

func FuzzParseWebVTT(f *testing.F) {
	f.Add([]byte("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\nNOTE x\n\nid\n00:01.000 --> 00:02.000 align:start\n<v Per>a &amp; b\n"))
	f.Add([]byte("\xEF\xBB\xBFWEBVTT\n\n00:01.000 --> 00:02.000\n\n01:01.000 --> 01:02.000\n<c.red><b>x</b></c>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		track, err := subtitle.ParseWebVTT(bytes.NewReader(data))
		if err != nil {
			return
		}
		for i, c := range track.Cues {
			if c.End <= c.Start || i > 0 && c.Start < track.Cues[i-1].Start {
				t.Errorf("cue %+v", c)
			}
		}
	})
}
