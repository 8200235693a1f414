package draw

import (
	"encoding/xml"
	"errors"
	"flag"
	"html/template"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var update = flag.Bool("update-charts", false, "write the golden files of charts anew")

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

func sample() Chart {
	const width = 3 * time.Hour
	c := Chart{
		ID: "c", Title: `Ingests <b> & "more"`, Desc: "What became of them.", Height: 120,
		Series: []Series{{Class: "completed", Values: []float64{0, 3, 12, 1}}, {Class: "failed", Values: []float64{0, 1, 0, 900}}},
		Ticks:  Ticks(noon(), noon().Add(4*width), width),
	}
	for i := range 4 {
		c.Tips = append(c.Tips, Tip{Text: `3 completed, "1" <failed>`, Start: noon().Add(time.Duration(i) * width)})
	}
	return c
}

func TestChartsAreAsTheyWere(t *testing.T) {
	t.Parallel()
	depth := sample()
	depth.Series = []Series{{Class: "unfinished", Values: []float64{4, 6, 2, 0}}, {Class: "queued", Values: []float64{1, 6, 0, 0}}}
	rate := sample()
	rate.Top, rate.Label = 1, func(v float64) string { return num(v*100) + " %" }
	rate.Series = []Series{{Class: "rate", Values: []float64{0.25, 0.5, math.NaN(), 1}}}
	for name, got := range map[string]template.HTML{
		"columns.svg": sample().Columns(),
		"areas.svg":   depth.Areas(),
		"lines.svg":   rate.Lines(),
		"spreads.svg": Spreads("s", "Durations", "By stage.", []Spread{
			{Name: "ENCODING", Middle: 40, High: 90, Label: "40 s, 90 s"}, {Name: `<&"`, Middle: 0, High: 0, Label: "none"},
		}),
		"empty.svg": Chart{ID: "e", Height: 50}.Columns(),
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

// TestChartsAreWellFormed whatever they show, and have no styles of their own,
// which the pages' policy forbids.
func TestChartsAreWellFormed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Float64Range(0, 10), rapid.Float64Range(0, 1e15), rapid.Just(math.NaN()), rapid.Just(0.0))
		words := rapid.StringMatching(`[a-z<>&"' \x{5d0}\x{202e}]{0,20}`)
		n := rapid.IntRange(0, 100).Draw(t, "columns")
		c := Chart{
			ID: "c", Title: words.Draw(t, "title"), Desc: words.Draw(t, "desc"), Height: 100,
			Ticks: Ticks(noon(), noon().Add(time.Duration(n)*time.Hour), time.Hour),
		}
		for range rapid.IntRange(0, 4).Draw(t, "series") {
			c.Series = append(c.Series, Series{Class: words.Draw(t, "class"), Values: rapid.SliceOfN(value, n, n).Draw(t, "values")})
		}
		for range n {
			c.Tips = append(c.Tips, Tip{Text: words.Draw(t, "tip"), Start: noon()})
		}
		spreads := Spreads("s", c.Title, c.Desc, []Spread{{Name: c.Title, Middle: 1, High: 2, Label: c.Desc}})
		for _, svg := range []template.HTML{c.Columns(), c.Areas(), c.Lines(), spreads} {
			wellFormed(t, string(svg))
		}
	})
}

func wellFormed(t *rapid.T, svg string) {
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
		for _, a := range start.Attr {
			if ok && (a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf")) {
				t.Fatalf("%s has %s=%q", start.Name.Local, a.Name.Local, a.Value)
			}
			if a.Name.Local == "height" && strings.HasPrefix(a.Value, "-") {
				t.Fatalf("%s is %s high", start.Name.Local, a.Value)
			}
		}
	}
}

func TestTheTopIsARoundNumber(t *testing.T) {
	t.Parallel()
	for value, want := range map[float64]float64{0: 4, 1: 4, 4: 4, 5: 10, 11: 20, 21: 40, 41: 100, 399: 400, 401: 1000, 1e15: 1e15} {
		if got := niceTop(value); got != want {
			t.Errorf("%v has the top %v, want %v", value, got, want)
		}
	}
}

// TestTicksStandAtColumns: few, in order, within the chart.
func TestTicksStandAtColumns(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, r := range []struct {
		span, width time.Duration
		first       string
		n           int
	}{
		{6 * time.Hour, 15 * time.Minute, "12:00", 6},
		{day, 30 * time.Minute, "12:00", 8},
		{7 * day, 3 * time.Hour, "24 Nov", 7},
		{30 * day, day, "23 Nov", 5},
		{90 * day, day, "23 Nov", 7},
		{400 * day, 7 * day, "4 Jan", 7},
	} {
		start := noon().Truncate(r.width)
		ticks := Ticks(start, start.Add(r.span), r.width)
		if len(ticks) != r.n || ticks[0].Label != r.first {
			t.Errorf("%v has %d ticks, the first is %+v", r.span, len(ticks), ticks)
		}
		for _, tick := range ticks {
			if at := start.Add(time.Duration(tick.Column) * r.width); !at.Equal(tick.Time) {
				t.Errorf("%v: the tick %s stands at %v, not %v", r.span, tick.Label, at, tick.Time)
			}
		}
	}
}
