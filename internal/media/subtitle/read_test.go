package subtitle_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"github.com/via-orchestrate/orchestrate/internal/media/subtitle"
)

// read reads a text that has to be good, and gives it as WebVTT without its
// first line.
func read(t *testing.T, text string) (body string, track subtitle.Track) {
	t.Helper()
	track, err := subtitle.Read(strings.NewReader(text), "")
	if err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return write(t, track), track
}

func write(t *testing.T, track subtitle.Track) string {
	t.Helper()
	var b bytes.Buffer
	if _, err := track.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	body, ok := strings.CutPrefix(b.String(), "WEBVTT\n\n")
	if !ok {
		t.Fatalf("begins %q", b.String())
	}
	back, err := subtitle.ParseWebVTT(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatalf("own WebVTT: %v\n%s", err, &b)
	}
	if diff := cmp.Diff(track.Cues, back.Cues); diff != "" {
		t.Errorf("read back (-written +read):\n%s", diff)
	}
	return body
}

// one wraps a text in a cue of each format.
func srtCue(text string) string {
	return "1\n00:00:01,000 --> 00:00:02,500\n" + text + "\n"
}

func vttCue(text string) string {
	return "WEBVTT\n\n00:01.000 --> 00:02.500\n" + text + "\n"
}

func ttmlDoc(head, body string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ` + head + body + `</tt>`
}

func ttmlText(text string) string {
	return ttmlDoc(`xml:lang="en">`, `<body><div><p begin="1s" end="2.5s">`+text+`</p></div></body>`)
}

const shown = "00:00:01.000 --> 00:00:02.500"

func TestText(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, in, want string }{
		{"plain", srtCue("Hei, verden"), "\nHei, verden\n"},
		{"two lines", srtCue("One\nTwo"), "\nOne\nTwo\n"},
		{"carriage returns", "1\r\n00:00:01,000 --> 00:00:02,500\r\nOne\r\nTwo\r\n\r\n", "\nOne\nTwo\n"},
		{"old line ends", "1\r00:00:01,000 --> 00:00:02,500\rOne\r", "\nOne\n"},
		{"no number", "00:00:01,000 --> 00:00:02,500\nOne", "\nOne\n"},
		{"point", "1\n0:00:01.0 --> 0:00:02.5\nOne", "\nOne\n"},
		{"coordinates", "1\n00:00:01,000 --> 00:00:02,500  X1:10 X2:20 Y1:1 Y2:2\nOne", "\nOne\n"},
		{"empty line within", srtCue("One\n\nTwo"), "\nOne\nTwo\n"},
		{"number as text", srtCue("42\n\n43"), "\n42\n43\n"},
		{"arrow as text", srtCue("Oslo --> Bergen"), "\nOslo --&gt; Bergen\n"},
		{"tags", srtCue("<b>b</b> <I>i</I> <u>u</u>"), "\n<b>b</b> <i>i</i> <u>u</u>\n"},
		{"tags over lines", srtCue("<i>One\nTwo</i>"), "\n<i>One\nTwo</i>\n"},
		{"tags crossed", srtCue("<b>1<i>2</b>3</i>"), "\n<b>1<i>2</i></b><i>3</i>\n"},
		{"tag not closed", srtCue("<i>One"), "\n<i>One</i>\n"},
		{"tag around nothing", srtCue("<i></i>One<b> </b>"), "\nOne\n"},
		{"colour", srtCue(`<font size="3" color="#FFFF00">One</font> <font color=white>Two</font>`), "\n<c.yellow>One</c> Two\n"},
		{"no tags", srtCue("I <3 you & me <laughs>"), "\nI &lt;3 you &amp; me &lt;laughs&gt;\n"},
		{"script", srtCue("<script>alert(1)</script><img src=x onerror=y>"), "\n&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=y&gt;\n"},
		{"references", srtCue("a &lt; b &amp;&nbsp;c"), "\na &lt; b &amp;\u00a0c\n"},
		{"position", srtCue(`{\an8}Top`), " line:5%\nTop\n"},
		{"position left", srtCue(`{\an1}{\i1}Left`), " position:5% align:start\nLeft\n"},
		{"brace", srtCue("{not a code}"), "\n{not a code}\n"},
		{"control characters", srtCue("a\x07b\u0085c"), "\nabc\n"},

		{"WebVTT", vttCue("<v Per Olsen>Hei</v>"), "\n<v Per Olsen>Hei</v>\n"},
		{"voice of hostile name", vttCue("<v &lt;script&gt;\t --&gt;>Hei</v>"), "\n<v &lt;script&gt; --&gt;>Hei</v>\n"},
		{"classes", vttCue("<c.foo.yellow.bg_blue>1</c><c.foo>2</c><i.foo>3</i>"), "\n<c.yellow>1</c>2<i>3</i>\n"},
		{"language", vttCue("<lang nb-no>1</lang><lang 1!>2</lang>"), "\n<lang nb-NO>1</lang>2\n"},
		{"ruby", vttCue("<ruby>漢<rt>kan</rt></ruby>"), "\n<ruby>漢<rt>kan</rt></ruby>\n"},
		{"times within", vttCue("One <00:00:02.000><c>two</c>"), "\nOne two\n"},
		{"unknown tag", vttCue("<font color=red>One</font>"), "\nOne\n"},
		{"not escaped", vttCue("To & tre <3"), "\nTo &amp; tre &lt;3\n"},
		{"begins as a comment", vttCue("NOTE this well"), "\nNOTE this well\n"},
		{
			"settings", "WEBVTT\n\nid\n00:01.000 --> 00:02.500 align:left line:10%,start position:5%,line-left size:80% vertical:lr\nOne\n",
			" vertical:lr line:10%,start position:5%,line-left size:80% align:left\nOne\n",
		},
		{"bad settings", "WEBVTT\n\n00:01.000 --> 00:02.500 align:middle line:x position:10%,start size:101% region:a <b>\nOne\n", " position:10% align:center\nOne\n"},
		{"blocks", "WEBVTT - title\nKind: captions\n\nSTYLE\n::cue { color: url(https://example.com) }\n\nREGION\nid:a\n\nNOTE\nnothing\n\nNOTE more\n\n" +
			"00:01.000 --> 00:02.500\nOne\n", "\nOne\n"},
		{"times badly written", "WEBVTT\n00:01,000-->0:00:02,500\nOne\n", "\nOne\n"},

		{"TTML", ttmlText("One<br/>Two"), "\nOne\nTwo\n"},
		{"TTML spaces", ttmlText("\n    One\n    two <span>three</span>\n  <span>four</span>\n"), "\nOne two three four\n"},
		{"TTML nested", ttmlText(`<span tts:fontStyle="italic">One <span tts:fontWeight="bold">two</span></span> three`), "\n<i>One</i> <b><i>two</i></b> three\n"},
		{"TTML colour", ttmlText(`<span tts:color="#00FF00FF">One</span><span tts:textDecoration="underline">two</span>`), "\n<c.lime>One</c><u>two</u>\n"},
		{"TTML metadata", ttmlText(`<metadata><ttm:desc>no</ttm:desc></metadata>One<set begin="1s" tts:color="red"/>`), "\nOne\n"},
		{"TTML escaped", ttmlText(`a &lt; b &amp; <![CDATA[<i>c</i>]]> --&gt;`), "\na &lt; b &amp; &lt;i&gt;c&lt;/i&gt; --&gt;\n"},
		{"TTML hidden", ttmlText(`One<span tts:display="none">two</span>`), "\nOne\n"},
		{"TTML prefix", `<tt:tt xmlns:tt="http://www.w3.org/ns/ttml"><tt:body><tt:div><tt:div><tt:p begin="00:00:01.000" end="00:00:02.500">One<tt:br/>Two</tt:p></tt:div></tt:div></tt:body></tt:tt>`, "\nOne\nTwo\n"},
		{"TTML styles", ttmlDoc(`>`, `<head><styling><style xml:id="a" style="b" tts:fontStyle="italic"/><style xml:id="b" tts:fontWeight="bold"/><style xml:id="c" tts:textDecoration="underline"/></styling></head>
			<body style="c"><div><p begin="1s" end="2.5s" style="a c">One</p></div></body>`), "\n<b><i><u>One</u></i></b>\n"},
		{"TTML region at the top", ttmlDoc(`>`, `<head><layout><region xml:id="top" tts:origin="10% 10%" tts:extent="80% 20%" tts:displayAlign="before" tts:textAlign="center"/></layout></head>
			<body><div><p begin="1s" end="2.5s" region="top">One</p></div></body>`), " line:10%\nOne\n"},
		{"TTML region at the left", ttmlDoc(`tts:extent="1000px 500px">`, `<head><layout><region xml:id="left"><style tts:origin="100px 400px"/><style tts:extent="300px 100px"/><style tts:textAlign="start" tts:displayAlign="after"/></region></layout></head>
			<body region="left"><div><p begin="1s" end="2.5s">One</p></div></body>`), " position:10% align:start\nOne\n"},
		{"TTML of no region", ttmlText(`<span region="none">One</span>`), "\nOne\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if body, _ := read(t, tc.in); body != shown+tc.want {
				t.Errorf("got\n%s\nwant\n%s", body, shown+tc.want)
			}
		})
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	paragraph := func(attributes, times string) string {
		return ttmlDoc(attributes+">", `<body><div><p `+times+`>One</p></div></body>`)
	}
	for _, tc := range []struct{ name, in, want string }{
		{"hours", "100:59:59,999 --> 101:00:00,000\nOne", "100:59:59.999 --> 101:00:00.000"},
		{"clock", paragraph("", `begin="01:02:03.4567" end="01:02:04"`), "01:02:03.457 --> 01:02:04.000"},
		{"duration", paragraph("", `begin="1.5m" dur="500ms"`), "00:01:30.000 --> 00:01:30.500"},
		{"frames", paragraph(`ttp:frameRate="25"`, `begin="00:00:01:05" end="60f"`), "00:00:01.200 --> 00:00:02.400"},
		{"frames and multiplier", paragraph(`ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001"`, `begin="0s" end="30f"`), "00:00:00.000 --> 00:00:01.001"},
		{"sub-frames", paragraph(`ttp:frameRate="10" ttp:subFrameRate="10"`, `begin="00:00:00:01.5" end="1s"`), "00:00:00.150 --> 00:00:01.000"},
		{"ticks", paragraph(`ttp:tickRate="10000000"`, `begin="10000000t" end="25000000t"`), "00:00:01.000 --> 00:00:02.500"},
		{"ticks of frames", paragraph(`ttp:frameRate="25"`, `begin="25t" end="50t"`), "00:00:01.000 --> 00:00:02.000"},
		{"SMPTE 29.97", paragraph(`ttp:timeBase="smpte" ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001" ttp:dropMode="nonDrop"`,
			`begin="01:00:00:00" end="01:00:01:00"`), "01:00:03.600 --> 01:00:04.601"},
		{"drop frames", paragraph(`ttp:timeBase="smpte" ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001" ttp:dropMode="dropNTSC"`,
			`begin="01:00:00;00" end="01:00:01;00"`), "00:59:59.996 --> 01:00:00.997"},
		{"within others", ttmlDoc(">", `<body begin="10s"><div begin="5s" end="8s"><p begin="1s" end="30s">One</p></div></body>`), "00:00:16.000 --> 00:00:18.000"},
		{"of the division", ttmlDoc(">", `<body><div begin="5s" end="8s"><p>One</p></div></body>`), "00:00:05.000 --> 00:00:08.000"},
		{"of the span", ttmlDoc(">", `<body><div><p><span begin="5s" end="8s">One</span></p></div></body>`), "00:00:05.000 --> 00:00:08.000"},
	} {
		if body, _ := read(t, tc.in); body != tc.want+"\nOne\n" {
			t.Errorf("%s: got %q, want %q", tc.name, body, tc.want)
		}
	}
}

func TestSpansWithTimes(t *testing.T) {
	t.Parallel()
	body, _ := read(t, ttmlDoc(">", `<body><div><p begin="10s" end="20s"><span end="5s">One</span><br/><span begin="2s">two</span></p>
		<p begin="20s" end="30s"><span end="2s">three</span><span begin="4s">four</span></p></div>
		<div begin="60s" timeContainer="seq"><p dur="2s">five</p><p dur="3s">six</p></div></body>`))
	want := `00:00:10.000 --> 00:00:12.000
One

00:00:12.000 --> 00:00:15.000
One
two

00:00:15.000 --> 00:00:20.000
two

00:00:20.000 --> 00:00:22.000
three

00:00:24.000 --> 00:00:30.000
four

00:01:00.000 --> 00:01:02.000
five

00:01:02.000 --> 00:01:05.000
six
`
	if diff := cmp.Diff(want, body); diff != "" {
		t.Error(diff)
	}
}

// TestDocumentsInARow reads what the samples of an MP4 track hold.
func TestDocumentsInARow(t *testing.T) {
	t.Parallel()
	sample := func(style, text string) string {
		return ttmlDoc(`>`, `<head><styling><style xml:id="s" tts:fontStyle="`+style+`"/></styling></head><body><div>`+text+`</div></body>`)
	}
	body, track := read(t, sample("italic", `<p begin="1s" end="2s" style="s">One</p><p begin="8s" end="10s">Two</p>`)+sample("normal", ``)+
		sample("normal", `<p begin="10s" end="11s">Two</p><p begin="10s" end="12s" style="s">Three</p>`))
	want := "00:00:01.000 --> 00:00:02.000\n<i>One</i>\n\n00:00:08.000 --> 00:00:11.000\nTwo\n\n00:00:10.000 --> 00:00:12.000\nThree\n"
	if body != want || len(track.Remarks) > 0 {
		t.Errorf("got %q, %q", body, track.Remarks)
	}
}

func TestMends(t *testing.T) {
	t.Parallel()
	body, track := read(t, `
00:00:05,000 --> 00:00:06,000
late
2
00:00:01,000 --> 00:00:09,000
long

3
00:00:02,000 --> 00:00:02,000
instant

4
00:00:02,000 --> 00:00:03,000

5
00:00:05,000 --> 00:00:06,000
late
`)
	want := "00:00:01.000 --> 00:00:09.000\nlong\n\n00:00:05.000 --> 00:00:06.000\nlate\n"
	if body != want {
		t.Errorf("got %q", body)
	}
	wantRemarks := []string{
		"1 cue was left out: without text.", "1 cue was left out: with the end at the start.",
		"The cues were not in the order of their times; they are now.",
		"1 cue was left out: another one says the same at the same time.",
	}
	if diff := cmp.Diff(wantRemarks, track.Remarks); diff != "" {
		t.Error(diff)
	}
}

func TestTooManyAtOnce(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 40 {
		b.WriteString("00:00:01,000 --> 00:00:02,000\nlayer " + strings.Repeat("x", i) + "\n\n")
	}
	_, track := read(t, b.String())
	if len(track.Cues) != 32 || !strings.Contains(track.Remarks[0], "8 cues were left out") {
		t.Errorf("%d cues, %q", len(track.Cues), track.Remarks)
	}
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	const norwegian = "1\n00:00:01,000 --> 00:00:02,500\nBlåbærsyltetøy – «godt»\n"
	eight := func(c *charmap.Charmap, text string) string {
		out, err := c.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, tc := range []struct{ name, in, language, want, remark string }{
		{"mark", "\uFEFF" + norwegian, "", "Blåbærsyltetøy – «godt»", ""},
		{"Windows-1252", eight(charmap.Windows1252, norwegian), "nb", "Blåbærsyltetøy – «godt»", "Windows-1252"},
		{"Latin-1", eight(charmap.ISO8859_1, srtCue("Füße")), "", "Füße", "Windows-1252"},
		{"Polish", eight(charmap.Windows1250, srtCue("Zażółć gęślą")), "pl-PL", "Zażółć gęślą", "Windows-1250"},
		{"Russian", eight(charmap.Windows1251, srtCue("Привет, мир")), "ru", "Привет, мир", "Windows-1251"},
		{"UTF-16", utf16le("\uFEFF" + norwegian), "", "Blåbærsyltetøy – «godt»", ""},
		{"UTF-16 without mark", utf16le(norwegian), "", "Blåbærsyltetøy – «godt»", "UTF-16"},
		{"UTF-16 WebVTT", utf16le("\uFEFF" + vttCue("Ærlig")), "", "Ærlig", ""},
		{"UTF-16 TTML", utf16le("\uFEFF" + strings.Replace(ttmlText("Ærlig"), "UTF-8", "UTF-16", 1)), "", "Ærlig", ""},
		{"Latin-1 TTML", eight(charmap.ISO8859_1, strings.Replace(ttmlText("Ærlig"), "UTF-8", "ISO-8859-1", 1)), "", "Ærlig", ""},
		{"one bad byte", srtCue("æøå æøå \xE6"), "", "æøå æøå \uFFFD", "1 byte"},
	} {
		track, err := subtitle.Read(strings.NewReader(tc.in), tc.language)
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if got := track.Cues[0].Text; got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
		if remarks := strings.Join(track.Remarks, " "); !strings.Contains(remarks, tc.remark) || tc.remark == "" && remarks != "" {
			t.Errorf("%s: remarks %q", tc.name, remarks)
		}
	}
}

func utf16le(text string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

func TestBadFiles(t *testing.T) {
	t.Parallel()
	good := "1\n00:00:01,000 --> 00:00:02,000\nOne\n\n"
	for _, tc := range []struct {
		name, in string
		line     int
		says     string
	}{
		{"end before start", strings.Repeat(good, 4) + "00:00:02,000 --> 00:00:01,000\nx", 17, "the end 00:00:01,000 is before the start 00:00:02,000"},
		{"no end", good + "2\n00:00:02,000 -->\nx", 6, "no end time"},
		{"minutes", good + "2\n00:60:02,000 --> 01:00:00,000\nx", 6, `"00:60:02,000" is no time`},
		{"negative", good + "-00:00:02,000 --> 01:00:00,000\nx", 5, `"-00:00:02,000" is no time`},
		{"cut off", good + "2\n00:00:02,000 --> 00:0", 6, `"00:0" is no time`},
		{"arrow", good + "2\n00:00:02,000 -> 00:00:03,000\nx", 6, "--> has to stand"},
		{"text first", "Subtitles by me\n" + good, 1, `"Subtitles by me" stands where`},
		{"no cue", "WEBVTT\n\nNOTE nothing\n", 0, "no cue with text"},
		{"only empty cues", "00:00:02,000 --> 00:00:03,000\n\n", 0, "no cue with text"},
		{"empty", "", 0, "empty"},
		{"no times", "Hello\nthere\n", 1, "not SRT, WebVTT or TTML"},
		{"noise", strings.Repeat("\x00\x01\xFF\x7F\x80", 100), 0, "not text"},
		{"SSA", "[Script Info]\n", 1, "SubStation Alpha"},
		{"EBU STL", "850STL25.01" + strings.Repeat("0", 1000), 0, "EBU STL"},
		{"MicroDVD", "{0}{25}Hello\n", 1, "MicroDVD"},
		{"playlist", "#EXTM3U\n", 1, "HLS playlist"},
		{"long text", srtCue(strings.Repeat("blah ", 1000)), 2, "longer than 4096 bytes"},
		{"long line", srtCue(strings.Repeat("<b>", 30000)), 3, "more than 64 KiB"},
		{"long WebVTT", vttCue(strings.Repeat("<b>\n", 30000)), 21849, "more than 64 KiB"},
		{"WebVTT time", "WEBVTT\n\nx\n00:01.000 --> 00:02.00x\nx", 4, `"00:02.00x" is no time`},
		{"WebVTT end", "WEBVTT\n\n00:03.000 --> 00:02.000\nx", 3, "the end 00:02.000 is before the start 00:03.000"},
		{"HTML", "<!DOCTYPE html>\n<html><body>404</body></html>", 2, `outermost element is "html"`},
		{"TTML broken", ttmlDoc(">\n\n", "<body><div><p begin='1s'>"), 4, `that of "p" should`},
		{"TTML crossed", ttmlDoc(">\n\n", "<body></div></body>"), 4, `that of "body" should`},
		{"TTML time", ttmlDoc(">\n", "<body><div>\n<p begin='1x' end='2s'>x</p></div></body>"), 4, `begin="1x" is no time`},
		{"TTML frames", ttmlDoc("ttp:frameRate='25'>\n", "<body><div>\n<p begin='00:00:01:25' end='2s'>x</p></div></body>"), 4, "is no time"},
		{"TTML end", ttmlDoc(">\n", "<body><div><p begin='3s' end='2s'>x</p></div></body>"), 3, "the end 2s is before the begin 3s"},
		{"TTML without end", ttmlDoc(">\n", "<body><div>\n\n<p begin='3s'>x</p></div></body>"), 5, "has no end"},
		{"TTML entities", "<?xml version='1.0'?>\n<!DOCTYPE tt [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\n" + ttmlText("&b;"), 2, "entities"},
		{"TTML unknown entity", ttmlText("&xxe;"), 2, "entity"},
		{"TTML deep", ttmlDoc(">", strings.Repeat("<a>", 100)), 2, "deeper than 64"},
		{"TTML attributes", ttmlDoc(">\n", "<body "+strings.Repeat("a='>' ", 200_000)+"/>"), 3, "larger than 1 MiB"},
		{"TTML pictures", ttmlDoc(">", "<body><div begin='1s' end='2s' smpte:backgroundImage='#img1'/></body>"), 0, "pictures instead of text"},
		{"other XML", "<rss><channel/></rss>", 1, `"rss"`},
	} {
		_, err := subtitle.Read(strings.NewReader(tc.in), "")
		var bad *subtitle.LineError
		if !errors.As(err, &bad) {
			t.Errorf("%s: error is %v", tc.name, err)
			continue
		}
		if bad.Line != tc.line || !strings.Contains(bad.Problem, tc.says) {
			t.Errorf("%s: %v, want line %d: … %s …", tc.name, bad, tc.line, tc.says)
		}
		if errors.Is(err, subtitle.ErrNoCues) != strings.Contains(bad.Problem, "has no cue") {
			t.Errorf("%s: is it that there are no cues?", tc.name)
		}
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	many := strings.Repeat("00:00:01,000 --> 00:00:02,000\nx\n", subtitle.MaxCues+1)
	if _, err := subtitle.Read(strings.NewReader(many), ""); err == nil || !strings.Contains(err.Error(), "more than 200000 cues") {
		t.Errorf("many cues: %v", err)
	}
	large := strings.NewReader(strings.Repeat("x", subtitle.MaxSize+1))
	if _, err := subtitle.Read(large, ""); err == nil || !strings.Contains(err.Error(), "larger than 32 MiB") {
		t.Errorf("large: %v", err)
	}
}

func TestShift(t *testing.T) {
	t.Parallel()
	_, track := read(t, "01:00:01,000 --> 01:00:02,000\nOne\n\n00:59:58,000 --> 01:00:00,500\nZero\n\n00:00:01,000 --> 01:00:00,000\nGone\n")
	shifted := track.Shift(-time.Hour)
	if got, want := write(t, shifted), "00:00:00.000 --> 00:00:00.500\nZero\n\n00:00:01.000 --> 00:00:02.000\nOne\n"; got != want {
		t.Errorf("got %q", got)
	}
	if r := shifted.Remarks[len(shifted.Remarks)-1]; r != "1 cue was left out: with the offset of -3600 s they end before the video begins." {
		t.Errorf("remark %q", r)
	}
	if later := track.Shift(1500 * time.Microsecond); later.Cues[0].Start != time.Second+2*time.Millisecond {
		t.Errorf("rounded to %v", later.Cues[0].Start)
	}
}
