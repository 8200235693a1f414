package subtitle_test

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/asticode/go-astisub"
	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/media/subtitle"
)

// markupTag is a tag of cue text.
var markupTag = regexp.MustCompile(`<[^>]*>`)

// TestAgreesWithLibrary reads plain good files with another reader, too.
func TestAgreesWithLibrary(t *testing.T) {
	t.Parallel()
	var srt, vtt, ttml strings.Builder
	vtt.WriteString("WEBVTT\n")
	for i := range 200 {
		from, to := fmt.Sprintf("%02d:%02d:%02d", i/60, i%60, i%60), fmt.Sprintf("%02d:%02d:%02d", i/60, i%60, i%60)
		text := fmt.Sprintf("line <i>%d</i>\nx &amp; æ %d", i, i*i)
		fmt.Fprintf(&srt, "%d\n%s,%03d --> %s,999\n%s\n\n", i+1, from, i, to, text)
		fmt.Fprintf(&vtt, "\n%s.%03d --> %s.999\n%s\n", from, i, to, text)
		fmt.Fprintf(&ttml, `<p begin="%s.%03d" end="%s.999">%s</p>`, from, i, to, strings.NewReplacer("<i>", "<span>", "</i>", "</span>", "\n", "<br/>").Replace(text))
	}
	for name, tc := range map[string]struct {
		text   string
		theirs func(string) (*astisub.Subtitles, error)
	}{
		"SRT":    {srt.String(), func(s string) (*astisub.Subtitles, error) { return astisub.ReadFromSRT(strings.NewReader(s)) }},
		"WebVTT": {vtt.String(), func(s string) (*astisub.Subtitles, error) { return astisub.ReadFromWebVTT(strings.NewReader(s)) }},
		"TTML":   {ttmlDoc(">", "<body><div>"+ttml.String()+"</div></body>"), func(s string) (*astisub.Subtitles, error) { return astisub.ReadFromTTML(strings.NewReader(s)) }},
	} {
		theirs, err := tc.theirs(tc.text)
		if err != nil {
			t.Fatal(err)
		}
		var want, got []string
		for _, item := range theirs.Items {
			lines := []string{}
			for _, l := range item.Lines {
				line := ""
				for _, part := range l.Items {
					line += part.Text
				}
				if line != "" { // it keeps the empty line at the end of an SRT file
					lines = append(lines, line)
				}
			}
			want = append(want, fmt.Sprintf("%v %v %q", item.StartAt, item.EndAt, lines))
		}
		ours, err := subtitle.Read(strings.NewReader(tc.text), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range ours.Cues {
			got = append(got, fmt.Sprintf("%v %v %q", c.Start, c.End, strings.Split(html.UnescapeString(markupTag.ReplaceAllString(c.Text, "")), "\n")))
		}
		if diff := cmp.Diff(want, got); diff != "" || len(got) != 200 {
			t.Errorf("%s: (-theirs +ours)\n%s", name, diff)
		}
	}
}
