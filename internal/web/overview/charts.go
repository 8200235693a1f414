package overview

import (
	"html/template"
	"math"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/statistics"
	"github.com/via-orchestrate/orchestrate/internal/web/draw"
)

const (
	tall = 180 // pixels
	low  = 110
)

// chart is one of the report's columns, without series.
func chart(name string, height int, r statistics.Report, text words, tip func(statistics.Column) string) draw.Chart {
	c := draw.Chart{
		ID: "chart-" + name, Title: text("overview." + name), Height: height,
		Ticks: draw.Ticks(r.From, r.To, r.Width),
	}
	for _, column := range r.Columns {
		c.Tips = append(c.Tips, draw.Tip{Text: tip(column), Start: column.Start})
	}
	return c
}

func series(class string, r statistics.Report, value func(statistics.Column) float64) draw.Series {
	s := draw.Series{Class: class}
	for _, c := range r.Columns {
		s.Values = append(s.Values, value(c))
	}
	return s
}

func throughput(r statistics.Report, text words) template.HTML {
	c := chart("throughput", tall, r, text, func(c statistics.Column) string { return outcomes(c.Counts, text) })
	c.Desc = outcomes(r.Total, text)
	c.Series = []draw.Series{
		series("completed", r, func(c statistics.Column) float64 { return float64(c.Completed) }),
		series("skipped", r, func(c statistics.Column) float64 { return float64(c.Skipped) }),
		series("cancelled", r, func(c statistics.Column) float64 { return float64(c.Cancelled) }),
		series("failed", r, func(c statistics.Column) float64 { return float64(c.Failed) }),
	}
	return c.Columns()
}

// outcomes tells how ingests ended, in words.
func outcomes(c statistics.Counts, text words) string {
	var parts []string
	for _, o := range []struct {
		key string
		n   int64
	}{
		{"completed", c.Completed}, {"skipped", c.Skipped}, {"cancelled", c.Cancelled}, {"failed", c.Failed},
	} {
		if o.n > 0 {
			parts = append(parts, text("overview.n."+o.key, number(o.n)))
		}
	}
	if len(parts) == 0 {
		return text("overview.n.none")
	}
	return strings.Join(parts, ", ")
}

func depth(r statistics.Report, text words) template.HTML {
	tell := func(c statistics.Column) string {
		return text("overview.n.depth", number(c.Queued), number(c.Unfinished))
	}
	c := chart("depth", low, r, text, tell)
	c.Desc = text("overview.n.depth", number(r.Load.Queued), number(r.Load.Unfinished()))
	c.Series = []draw.Series{
		series("unfinished", r, func(c statistics.Column) float64 { return float64(c.Unfinished) }),
		series("queued", r, func(c statistics.Column) float64 { return float64(c.Queued) }),
	}
	return c.Areas()
}

func rate(r statistics.Report, text words) template.HTML {
	tell := func(c statistics.Counts) string {
		failed, ok := c.FailureRate()
		if !ok {
			return text("overview.n.none")
		}
		return text("overview.n.rate", share(failed, ok), number(c.Failed), number(c.Completed+c.Skipped+c.Failed))
	}
	c := chart("rate", low, r, text, func(c statistics.Column) string { return tell(c.Counts) })
	c.Desc = tell(r.Total)
	c.Label = func(value float64) string { return text("overview.percent", int(math.Round(value*100))) }
	c.Series = []draw.Series{series("rate", r, func(c statistics.Column) float64 {
		failed, ok := c.FailureRate()
		if !ok {
			return math.NaN()
		}
		return failed
	})}
	c.Top = rateTop(c.Series[0].Values)
	return c.Lines()
}

// rateTop is the share at the top of a chart of rates, so that small ones can be
// told apart.
func rateTop(values []float64) float64 {
	top := 0.1
	for _, value := range values {
		for _, step := range []float64{0.2, 0.5, 1} {
			if value > top { // NaN is not.
				top = step
			}
		}
	}
	return top
}

// spreads draws how long things take; nothing for nothing.
func spreads(name string, rows []timed, text words) template.HTML {
	var bars []draw.Spread
	var desc []string
	for _, r := range rows {
		if r.Count == 0 {
			continue
		}
		label := text("overview.n.spread", lasting(r.P50), lasting(r.P95))
		bars = append(bars, draw.Spread{Name: r.Name, Middle: r.P50.Seconds(), High: r.P95.Seconds(), Label: label})
		desc = append(desc, r.Name+": "+label)
	}
	if len(bars) == 0 {
		return ""
	}
	return draw.Spreads("chart-"+name, text("overview."+name), strings.Join(desc, "; "), bars)
}
