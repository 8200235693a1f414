package ingest

import (
	"context"
	"html/template"
	"slices"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/draw"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

const (
	maxDrawn = 200 // tasks
	maxLabel = 70  // characters
)

// timeline is the drawing of tasks over time.
type timeline struct {
	SVG  template.HTML // empty: nothing was begun
	More int           // tasks that are not drawn
}

// timeline draws the tasks that were begun, in the order in which they were.
func (p *pages) timeline(ctx context.Context, by vod.Caller, run vod.Run, named names, now time.Time) (timeline, error) {
	begun := slices.DeleteFunc(slices.Clone(run.Tasks), func(t vod.Task) bool { return t.Order == 0 || t.Start.IsZero() })
	if len(begun) == 0 {
		return timeline{}, nil
	}
	slices.SortStableFunc(begun, func(a, b vod.Task) int { return a.Order - b.Order })
	more := max(0, len(begun)-maxDrawn)
	begun = begun[:len(begun)-more]
	g := draw.Gantt{
		ID: "timeline-drawing", Title: p.kit.Text("ingest.timeline"), Desc: p.kit.TextN("ingest.timeline.desc", len(begun)),
		Start: run.Ingest.Start, End: run.Ingest.End, Now: now,
	}
	for _, t := range begun {
		name, kind := named.of(t)
		row := draw.GanttRow{Label: cut(label(t.Stage, name, kind)), Note: page.Took(took(t.Start, t.End, now))}
		attempts, err := p.attempts(ctx, by, run, t)
		if err != nil {
			return timeline{}, err
		}
		for _, a := range attempts {
			row.Bars = append(row.Bars, draw.GanttBar{
				Start: a.Start, End: a.End, Class: string(a.Status),
				Text: p.kit.Text("ingest.timeline.attempt", a.Number, p.kit.Text("status."+string(a.Status)), page.Took(took(a.Start, a.End, now))),
			})
		}
		g.Rows = append(g.Rows, row)
	}
	return timeline{SVG: g.SVG(), More: more}, nil
}

// attempts are those of a task. One that was tried once says itself how that
// went, which saves asking.
func (p *pages) attempts(ctx context.Context, by vod.Caller, run vod.Run, t vod.Task) ([]vod.Attempt, error) {
	if t.Attempt <= 1 || run.Ingest.Imported {
		return []vod.Attempt{{Number: t.Attempt, Status: t.Status, Start: t.Start, End: t.End}}, nil
	}
	attempts, err := p.service.Attempts(ctx, by, run, t.ID)
	for i, a := range attempts {
		attempts[i].Status = ending(a)
	}
	return attempts, err
}

// ending is how an attempt ended: after one that failed its task waits for the
// next one, and so does the attempt's own status.
func ending(a vod.Attempt) vod.TaskStatus {
	if a.Status == vod.TaskPending && a.Error != nil {
		return vod.TaskFailed
	}
	return a.Status
}

// cut shortens a label that no picture has room for.
func cut(text string) string {
	if runes := []rune(text); len(runes) > maxLabel {
		return string(runes[:maxLabel-1]) + "…"
	}
	return text
}
