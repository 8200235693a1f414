package ingest

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// steps gives every step of an ingest; none of an imported one, which has no
// plan here, or of one whose details are not known.
func (p *pages) steps(ctx context.Context, by vod.Caller, run vod.Run) ([]orchestrate.StepView, error) {
	if run.Ingest.Imported {
		return nil, nil
	}
	views, err := p.service.StepsOf(ctx, by, run)
	if vod.CodeOf(err) == vod.NotFound {
		return nil, nil
	}
	return views, err
}

// step is one that was not begun, and why.
type step struct {
	orchestrate.StepView
	After string // what it comes after
}

// waiting are the steps that no task is there for to tell of, or whose task
// waits.
func waiting(views []orchestrate.StepView) (list []step) {
	for _, v := range views {
		if v.State == "running" || v.State == "done" && v.Reason == "" {
			continue
		}
		var after []string
		for _, n := range v.After {
			if n >= 0 && n < len(views) {
				after = append(after, label(views[n].Stage, views[n].Name, views[n].Type))
			}
		}
		list = append(list, step{v, strings.Join(after, ", ")})
	}
	return list
}

// names tells what the steps of tasks are called.
type names struct {
	steps []orchestrate.StepView
	run   vod.Run
}

// of gives name and type of a task's step: of an imported one, as the task's
// own profile tells.
func (n names) of(t vod.Task) (name, kind string) {
	if t.Step >= 0 && t.Step < len(n.steps) {
		return n.steps[t.Step].Name, n.steps[t.Step].Type
	}
	var input struct {
		Profile struct {
			Name string `json:"name"`
			Type string `json:"type"`
		} `json:"profile"`
	}
	if err := json.Unmarshal(t.Input, &input); err != nil {
		return "", "" // A document of another form tells no name.
	}
	return input.Profile.Name, input.Profile.Type
}

// label names a step in one line.
func label(stage vod.Stage, name, kind string) string {
	text := string(stage)
	if name != "" {
		text += " " + name
	}
	if kind != "" && kind != name {
		text += " (" + kind + ")"
	}
	return text
}
