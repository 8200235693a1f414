package subtitle_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/via-orchestrate/orchestrate/internal/media/subtitle"
)

func TestSegments(t *testing.T) {
	t.Parallel()
	_, track := read(t, "00:00:01,000 --> 00:00:02,000\nOne\n\n00:00:59,000 --> 00:02:00,000\nTwo\n\n00:04:10,000 --> 00:04:50,000\nThree\n\n00:04:30,000 --> 00:04:50,000\nFour\n")
	var got []string
	for _, s := range track.Segments(time.Minute, 4*time.Minute+30*time.Second) {
		got = append(got, string(s))
	}
	const head = "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n"
	want := []string{
		head + "\n00:00:01.000 --> 00:00:02.000\nOne\n\n00:00:59.000 --> 00:02:00.000\nTwo\n",
		head + "\n00:00:59.000 --> 00:02:00.000\nTwo\n",
		head, head,
		head + "\n00:04:10.000 --> 00:04:50.000\nThree\n",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for i, s := range got {
		back, err := subtitle.ParseWebVTT(strings.NewReader(s))
		if err != nil || back.Map == nil || back.Map.MPEGTS != 0 || back.Map.Local != 0 {
			t.Errorf("segment %d: %v, %+v", i, err, back.Map)
		}
	}
	if n := len(track.Segments(time.Minute, 4*time.Minute)); n != 4 {
		t.Errorf("%d segments for a whole number of them", n)
	}
	if n := len(subtitle.Track{}.Segments(0, 0)); n != 1 {
		t.Errorf("%d segments for nothing", n)
	}
}

// TestSegmentsHoldAll holds that at any moment the segment for it has exactly
// the cues of the track that are shown then.
func TestSegmentsHoldAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		second := func(name string, low, high int) time.Duration {
			return time.Duration(rapid.IntRange(low, high).Draw(t, name)) * time.Second
		}
		var track subtitle.Track
		for range rapid.IntRange(0, 20).Draw(t, "cues") {
			start := second("later", 0, 5)
			if n := len(track.Cues); n > 0 {
				start += track.Cues[n-1].Start
			}
			track.Cues = append(track.Cues, subtitle.Cue{Start: start, End: start + second("shown", 1, 30), Text: "x"})
		}
		length, total := second("length", 1, 20), second("total", 1, 100)
		segments := track.Segments(length, total)
		if want := int((total + length - 1) / length); len(segments) != want {
			t.Fatalf("%d segments, want %d", len(segments), want)
		}
		for at := time.Duration(0); at < total; at += 500 * time.Millisecond {
			segment, err := subtitle.ParseWebVTT(bytes.NewReader(segments[at/length]))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(shownAt(track, at), shownAt(segment, at)); diff != "" {
				t.Fatalf("at %v: %s", at, diff)
			}
		}
	})
}

func shownAt(track subtitle.Track, at time.Duration) []subtitle.Cue {
	var cues []subtitle.Cue
	for _, c := range track.Cues {
		if c.Start <= at && at < c.End {
			cues = append(cues, c)
		}
	}
	return cues
}

func TestParsesStrictly(t *testing.T) {
	t.Parallel()
	cue := "00:01.000 --> 00:02.000"
	for says, in := range map[string]string{
		"line 1: \"WEBVTTX\"":                           "WEBVTTX\n\n",
		"line 2: an empty line":                         "WEBVTT\n" + cue + "\nx\n",
		"line 2: X-TIMESTAMP-MAP has the bad part":      "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:-1,LOCAL:00:00:00.000\n",
		"line 2: X-TIMESTAMP-MAP has to have":           "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000\n",
		"line 3: \"text\" begins a block":               "WEBVTT\n\ntext\nmore\n",
		"line 3: \"00:01,000\" is no time":              "WEBVTT\n\n00:01,000 --> 00:02.000\nx\n",
		"line 3: \"0:00:01.000\" is no time":            "WEBVTT\n\n0:00:01.000 --> 00:02.000\nx\n",
		"white space has to stand around":               "WEBVTT\n\n00:01.000-->00:02.000\nx\n",
		"line 3: the cue ends when it starts":           "WEBVTT\n\n00:01.000 --> 00:01.000\nx\n",
		"line 6: the cue starts at 00:00:00.500":        "WEBVTT\n\n" + cue + "\nx\n\n00:00.500 --> 00:03.000\ny\n",
		"line 3: \"align:middel\" is no cue setting":    "WEBVTT\n\n" + cue + " align:middel\nx\n",
		"line 6: STYLE stands after a cue":              "WEBVTT\n\n" + cue + "\nx\n\nSTYLE\n::cue{}\n",
		"line 4: \"<3\" has a <":                        "WEBVTT\n\n" + cue + "\n<3\n",
		"line 4: \"& b\" has an &":                      "WEBVTT\n\n" + cue + "\na & b\n",
		"line 4: \"<font>\" is no tag":                  "WEBVTT\n\n" + cue + "\n<font>x</font>\n",
		"line 4: \"</b>\" closes what is not":           "WEBVTT\n\n" + cue + "\n<b><i>x</b></i>\n",
		"line 3: the tag <i> is not closed":             "WEBVTT\n\n" + cue + "\n<i>x\n",
		"line 4: the text is not UTF-8":                 "WEBVTT\n\n" + cue + "\n\xE6\n",
		"line 5: \"a\" is no time":                      "WEBVTT\n\n" + cue + "\nx\na --> b\n",
		"the file is empty":                             "",
		"line 3: the end 00:01.000 is before the start": "WEBVTT\n\n00:02.000 --> 00:01.000\nx\n",
	} {
		if _, err := subtitle.ParseWebVTT(strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %s", in, err, says)
		}
	}
	for _, in := range []string{
		"WEBVTT", "\uFEFFWEBVTT title\n", "WEBVTT\n\nNOTE\na\n\nSTYLE\n::cue{}\n\nid\n" + cue + " line:0 align:start\n<v Per>all of it\n",
		"WEBVTT\n\n" + cue + "\n&amp;&lrm;&#x26; <00:00:01.500><c.x>x</c>\n\n" + cue + "\n", "WEBVTT\r\n\r\n" + cue + "\r\nx\r\n",
	} {
		if _, err := subtitle.ParseWebVTT(strings.NewReader(in)); err != nil {
			t.Errorf("%q: %v", in, err)
		}
	}
}
