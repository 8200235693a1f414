package vtt

import (
	"fmt"
	"strings"
	"testing"
)

const good = `WEBVTT some title
X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000

NOTE a comment

STYLE
::cue { color: red }

1
00:01.000 --> 00:02.500 line:0
Hello
there

01:00:00.000 --> 01:00:01.000
Late
`

func TestParse(t *testing.T) {
	t.Parallel()
	for _, text := range []string{good, strings.ReplaceAll(good, "\n", "\r\n"), "\ufeff" + good} {
		f := Parse([]byte(text))
		if len(f.Problems) != 0 || len(f.Cues) != 2 || f.Map.Offset() != 10 {
			t.Fatalf("%+v", f)
		}
		if c := f.Cues[0]; c.Start != 1 || c.End != 2.5 || c.Text != "Hello\nthere" || c.Line != 10 {
			t.Errorf("%+v", c)
		}
		if c := f.Cues[1]; c.Start != 3600 {
			t.Errorf("%+v", c)
		}
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"":                                 "not WEBVTT",
		"1\n00:00:01,000 --> 00:00:02,000": "not WEBVTT",
		"WEBVTT\n\n00:00:01,000 --> 00:00:02,000\nx": "no cue timing",
		"WEBVTT\n\n00:05.000 --> 00:02.000\nx":       "before it starts",
		"WEBVTT\n00:01.000 --> 00:02.000\nx":         "no empty line",
		"WEBVTT\n\nlost text":                        "neither a cue",
		"WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:1\n":         "X-TIMESTAMP-MAP is not",
		"WEBVTT\n\n00:01.000 --> 00:02.000\na --> b": "an arrow",
		"WEBVTT\n\n00:99.000 --> 00:02.000\nx":       "no cue timing",
		"WEBVTT\n\n\xff":                             "UTF-8",
	} {
		if got := fmt.Sprint(Parse([]byte(text)).Problems); !strings.Contains(got, says) {
			t.Errorf("%q: %s", text, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Fuzz(func(t *testing.T, text []byte) {
		file := Parse(text)
		for _, c := range file.Cues {
			if !(c.Start >= 0 && c.End > c.Start) {
				t.Fatalf("%+v", c)
			}
		}
	})
}
