package draw

import (
	"encoding/xml"
	"errors"
	"html/template"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// running is an ingest whose second task is tried for the second time.
func running() Gantt {
	at := func(seconds int) time.Time { return noon().Add(time.Duration(seconds) * time.Second) }
	return Gantt{
		ID: "g", Title: "Tasks over time", Desc: "Two tasks.", Start: noon(), Now: at(95),
		Rows: []GanttRow{
			{Label: "RETRIEVAL copy", Note: "10 s", Bars: []GanttBar{{Start: at(1), End: at(11), Class: "TASK_COMPLETED", Text: "Attempt 1"}}},
			{Label: `ENCODING <b> & "more"`, Bars: []GanttBar{
				{Start: at(12), End: at(30), Class: "TASK_FAILED", Text: `1: "<bad>"`}, {Start: at(32), Class: "TASK_RUNNING", Text: "2"},
			}},
		},
	}
}

func TestGanttsAreAsTheyWere(t *testing.T) {
	t.Parallel()
	over := running()
	over.End = noon().Add(2 * time.Hour)
	clocks := running()
	clocks.Start = noon().Add(5 * time.Second) // after the first bar
	clocks.Rows[0].Bars[0].End = noon()        // before its start
	clocks.Now = noon().Add(-time.Hour)
	for name, got := range map[string]template.HTML{
		"gantt_running.svg": running().SVG(), "gantt_over.svg": over.SVG(), "gantt_clocks.svg": clocks.SVG(),
		"gantt_empty.svg": Gantt{ID: "e", Start: noon(), Now: noon()}.SVG(),
	} {
		name = filepath.Join("testdata", name)
		text := strings.ReplaceAll(string(got), "><", ">\n<") + "\n"
		if *update {
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if text != string(want) {
			t.Errorf("%s is now\n%s", name, text)
		}
	}
}

// TestGanttsStayInTheirPlace: whatever the clocks of several machines say, no
// width is negative and nothing leaves the picture.
func TestGanttsStayInTheirPlace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		moment := func(name string) time.Time {
			if rapid.IntRange(0, 4).Draw(t, name+" is zero") == 0 {
				return time.Time{}
			}
			return noon().Add(time.Duration(rapid.Int64Range(-1e16, 1e16).Draw(t, name)))
		}
		g := Gantt{
			ID: "g", Start: noon(), End: moment("end"), Now: noon().Add(time.Duration(rapid.Int64Range(-1e13, 1e13).Draw(t, "now"))),
			Title: rapid.StringMatching(`[a-z<>&"' \x{5d0}\x{202e}]{0,20}`).Draw(t, "title"),
		}
		for range rapid.IntRange(0, 5).Draw(t, "rows") {
			row := GanttRow{Label: g.Title}
			for range rapid.IntRange(0, 3).Draw(t, "bars") {
				row.Bars = append(row.Bars, GanttBar{
					Start: noon().Add(time.Duration(rapid.Int64Range(-1e13, 1e13).Draw(t, "start"))), End: moment("bar end"), Class: "x", Text: g.Title,
				})
			}
			g.Rows = append(g.Rows, row)
		}
		inside(t, string(g.SVG()))
	})
}

// inside fails unless all that is given in percent is within the picture.
func inside(t *rapid.T, svg string) {
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		right := 0.0
		for _, a := range start.Attr {
			text, percent := strings.CutSuffix(a.Value, "%")
			if !percent {
				continue
			}
			value, err := strconv.ParseFloat(text, 64)
			if err != nil || value < 0 || value > 100 || math.IsNaN(value) {
				t.Fatalf("%s=%q of %s in %s", a.Name.Local, a.Value, start.Name.Local, svg)
			}
			if a.Name.Local == "x" || a.Name.Local == "width" {
				right += value
			}
		}
		if start.Name.Local == "rect" && right > 100.011 {
			t.Fatalf("a bar ends at %v %% in %s", right, svg)
		}
	}
}

func TestGanttAxesHaveFewMarks(t *testing.T) {
	t.Parallel()
	for span, want := range map[time.Duration]string{
		time.Second: "1 s", 6 * time.Second: "1 s", 7 * time.Second: "2 s", time.Minute: "10 s", 3 * time.Minute: "30 s",
		time.Hour: "10 min", 7 * time.Hour: "2 h", 24 * time.Hour: "4 h", 100 * 24 * time.Hour: "28 d",
	} {
		every := ganttEvery(span)
		if got := ganttLabel(every); got != want || span/every > ganttMarks {
			t.Errorf("%v has a mark every %s, want %s", span, got, want)
		}
	}
	if got := ganttLabel(90 * time.Second); got != "1:30 min" {
		t.Error(got)
	}
}
