package profiles

import (
	"encoding/json"
	"fmt"
	"html/template"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/profile"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/draw"
)

// pipeline is what a document does: a drawing, and its steps in words.
type pipeline struct {
	Drawing template.HTML // empty: it is too large to be drawn
	Steps   []stepRow
}

// stepRow is one step of a pipeline.
type stepRow struct {
	ID       string // of the row, such as "step-encoding-0"
	Place    string // in the document, such as "encoding/0"
	Stage    vod.Stage
	Name     string
	Type     string
	Filter   string
	Label    string // empty: none
	After    []string
	Settings []setting
	More     int // settings that are not shown
}

// submitted is the node of the files that an ingest begins with.
const submitted = "submitted"

func (p *pages) pipeline(document json.RawMessage) (pipeline, error) {
	steps, err := profile.DocumentSteps(document)
	if err != nil {
		return pipeline{}, err
	}
	made, problems := plan.New(steps)
	if len(problems) > 0 {
		return pipeline{}, fmt.Errorf("profile document: %s: %s", problems[0].Path, problems[0].Message)
	}
	view := pipeline{Steps: make([]stepRow, len(steps))}
	nodes := []draw.Node{{ID: submitted, Title: p.kit.Text("profiles.submitted"), Class: "files"}}
	var edges []draw.Edge
	for i, step := range steps {
		row := stepRow{
			ID: rowID(steps, i), Place: plan.Path(steps, i), Stage: step.Stage, Name: step.Name, Type: step.Type, Filter: step.Filter, Label: step.LabelOut,
		}
		if row.Settings, row.More, err = settings(step.Profile); err != nil {
			return pipeline{}, err
		}
		nodes = append(nodes, draw.Node{
			ID: row.ID, Title: step.Name, Sub: string(step.Stage) + " " + step.Type, Class: "step", Href: "#" + row.ID,
		})
		filter, err := plan.ParseFilter(step.Filter)
		if err != nil {
			return pipeline{}, err
		}
		if filter.Match([]string{vod.LabelInitialInput}) {
			edges = append(edges, draw.Edge{From: submitted, To: row.ID, Label: vod.LabelInitialInput})
		}
		for _, a := range made.After(i) {
			row.After = append(row.After, plan.Path(steps, a))
			edges = append(edges, draw.Edge{From: rowID(steps, a), To: row.ID, Label: outgoing(steps[a])})
		}
		view.Steps[i] = row
	}
	view.Drawing = draw.Graph(p.kit.Text("profiles.drawing"), p.kit.TextN("profiles.drawing.steps", len(steps)), nodes, edges)
	return view, nil
}

func rowID(steps []vod.Step, i int) string {
	return "step-" + strings.ReplaceAll(plan.Path(steps, i), "/", "-")
}

// outgoing is the label by which others select what a step puts out.
func outgoing(s vod.Step) string {
	if s.LabelOut != "" {
		return s.LabelOut
	}
	return strings.Join(s.Kinds, ", ")
}
