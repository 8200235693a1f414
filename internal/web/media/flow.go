package media

import (
	"fmt"
	"html/template"
	"net/http"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/draw"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// flowView is what the part with the graph shows.
type flowView struct {
	Graph template.HTML // empty: there is too much of it
	Ways  []way
	More  int // ways that are not listed
}

// maxWays bounds the list: imported ingests may have any number of tasks.
const maxWays = 500

// way is an edge of the graph, as the list beside it tells it.
type way struct {
	From, To string
	Labels   []string
	Files    int
	Planned  bool // nothing went there yet
}

// flow shows how filesets went from step to step.
func (p *pages) flow(w http.ResponseWriter, r *page.Request) error {
	run, err := p.service.Get(r.Context(), r.Caller, r.PathValue("id"))
	if err != nil {
		return err
	}
	if len(run.Tasks) == 0 {
		return nothing(w)
	}
	var steps []orchestrate.StepView
	if !run.Ingest.Imported {
		steps, err = p.service.Steps(r.Context(), r.Caller, run.Ingest.ID)
		if err != nil && vod.CodeOf(err) != vod.NotFound {
			return err
		}
	}
	f := p.follow(run, steps)
	f.view.Graph = draw.Graph(p.kit.Text("flow.title"), p.kit.Text("flow.desc"), f.nodes, f.edges)
	return p.templates.Part(w, r, "flow", f.view)
}

// flow is the graph while it is put together.
type flow struct {
	pages  *pages
	nodes  []draw.Node
	edges  []draw.Edge
	titles map[string]string // of nodes, by id
	made   map[string]string // node that put a fileset out, by key
	used   map[string]bool   // filesets that a task took, by key
	view   flowView
	drawn  map[int]bool // steps that have a node
}

// follow makes boxes of all tasks, of steps that have none yet, and of what
// comes from nowhere and goes nowhere.
func (p *pages) follow(run vod.Run, steps []orchestrate.StepView) *flow {
	f := &flow{pages: p, titles: map[string]string{}, made: map[string]string{}, used: map[string]bool{}, drawn: map[int]bool{}}
	for _, t := range run.Tasks {
		f.task(t, steps)
	}
	for _, t := range run.Tasks {
		f.inputs(t)
	}
	for _, s := range steps {
		f.planned(s)
	}
	for _, t := range run.Tasks {
		f.outputs(t)
	}
	return f
}

func taskNode(step int) string { return fmt.Sprintf("step-%d", step) }

func (f *flow) node(n draw.Node) {
	f.nodes = append(f.nodes, n)
	f.titles[n.ID] = n.Title
}

func (f *flow) task(t vod.Task, steps []orchestrate.StepView) {
	n := draw.Node{
		ID: taskNode(t.Step), Title: string(t.Stage), Sub: f.pages.kit.Text("status." + string(t.Status)),
		Class: string(t.Status), Href: fmt.Sprintf("#task-%d", t.Step),
	}
	if t.Step >= 0 && t.Step < len(steps) && steps[t.Step].Name != "" {
		n.Sub = steps[t.Step].Name + " · " + n.Sub
	}
	f.node(n)
	f.drawn[t.Step] = true
	sets, err := t.OutputFilesets()
	if err != nil {
		return // Of another system, which writes them otherwise.
	}
	for _, set := range sets {
		f.made[key(set)] = n.ID
	}
}

// inputs leads what a task was given to it.
func (f *flow) inputs(t vod.Task) {
	for _, set := range inputFilesets(t) {
		k := key(set)
		from, known := f.made[k]
		if !known || from == taskNode(t.Step) {
			from = "in-" + k
			if _, known := f.titles[from]; !known {
				f.node(f.files(from, "flow.input", set))
			}
		}
		f.used[k] = true
		f.lead(way{Labels: set.Labels, Files: len(set.Files)}, from, taskNode(t.Step))
	}
}

// planned leads to a step that was not begun from those that it waits for.
func (f *flow) planned(s orchestrate.StepView) {
	to := taskNode(s.Step)
	if !f.drawn[s.Step] {
		f.node(draw.Node{ID: to, Title: string(s.Stage), Sub: s.Name, Class: "planned"})
		for _, after := range s.After {
			f.lead(way{Labels: []string{s.Filter}, Planned: true}, taskNode(after), to)
		}
	}
}

// outputs makes boxes of what no task took.
func (f *flow) outputs(t vod.Task) {
	sets, _ := t.OutputFilesets()
	for i, set := range sets {
		if f.used[key(set)] || len(set.Files) == 0 {
			continue
		}
		id := fmt.Sprintf("out-%d-%d", t.Step, i)
		f.node(f.files(id, "flow.output", set))
		f.lead(way{Labels: set.Labels, Files: len(set.Files)}, taskNode(t.Step), id)
	}
}

func (f *flow) files(id, kind string, set vod.Fileset) draw.Node {
	kit := f.pages.kit
	return draw.Node{ID: id, Title: kit.Text(kind), Sub: kit.TextN("flow.files", len(set.Files)), Class: "files"}
}

func (f *flow) lead(w way, from, to string) {
	label := ""
	for i, l := range w.Labels {
		if i > 0 {
			label += "+"
		}
		label += l
	}
	if !w.Planned {
		label += " " + f.pages.kit.Text("flow.times", w.Files)
	}
	f.edges = append(f.edges, draw.Edge{From: from, To: to, Label: label})
	w.From, w.To = f.titles[from], f.titles[to]
	if len(f.view.Ways) == maxWays {
		f.view.More++
		return
	}
	f.view.Ways = append(f.view.Ways, w)
}
