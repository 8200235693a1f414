package plan

import (
	"fmt"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Plan is a pipeline whose order is known. It is immutable.
type Plan struct {
	steps   []vod.Step
	filters []Filter
	after   [][]int // by step: the steps that it depends on, ascending
	order   []int   // every step after all that it depends on, else by number
	needs   []needs // by step
}

// New works out which step depends on which: B depends on A if a label set
// that A can put out can satisfy B's filter. It refuses filters that cannot be
// read or that nothing can satisfy, and steps that wait for each other, all
// at once; paths are those of the profile document.
func New(steps []vod.Step) (*Plan, []vod.FieldProblem) {
	if len(steps) == 0 {
		return nil, []vod.FieldProblem{{Message: "the profile has no step"}}
	}
	p := &Plan{steps: steps, filters: make([]Filter, len(steps)), after: make([][]int, len(steps))}
	var problems []vod.FieldProblem
	refuse := func(step int, format string, args ...any) {
		path := "/" + Path(steps, step) + "/filesetFilter"
		problems = append(problems, vod.FieldProblem{Path: path, Message: fmt.Sprintf(format, args...)})
	}
	for i, s := range steps {
		var err error
		if p.filters[i], err = ParseFilter(s.Filter); err != nil {
			refuse(i, "%v", err)
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	outputs := possibleOutputs(steps, p.filters)
	for b := range steps {
		for a := range steps {
			if p.anyMatch(b, outputs[a]) {
				p.after[b] = append(p.after[b], a)
			}
		}
		if len(p.after[b]) == 0 && !p.filters[b].Match([]string{vod.LabelInitialInput}) {
			refuse(b, "no step and no input file can satisfy %q", steps[b].Filter)
		}
	}
	if cycle := p.sort(); cycle != nil {
		refuse(cycle[0], "steps wait for each other: %s", pathList(steps, cycle))
	}
	if len(problems) > 0 {
		return nil, problems
	}
	for _, s := range steps {
		must, rather := Needs(s)
		p.needs = append(p.needs, needs{must, rather})
	}
	return p, nil
}

// Path is a step's place in a profile document, such as "encoding/0".
func Path(steps []vod.Step, step int) string {
	n := 0
	for _, s := range steps[:step] {
		if s.Stage == steps[step].Stage {
			n++
		}
	}
	return fmt.Sprintf("%s/%d", steps[step].Stage.Key(), n)
}

// Steps are the pipeline's steps by number; the caller must not change them.
func (p *Plan) Steps() []vod.Step { return p.steps }

// After gives the numbers of the steps that a step depends on, ascending.
func (p *Plan) After(step int) []int { return p.after[step] }

func (p *Plan) anyMatch(step int, labelSets [][]string) bool {
	for _, labels := range labelSets {
		if p.filters[step].Match(labels) {
			return true
		}
	}
	return false
}

// sort fills p.order. If steps wait for each other it gives the numbers of one
// circle of them, the first repeated at the end.
func (p *Plan) sort() (cycle []int) {
	const unseen, open, placed = 0, 1, 2
	state := make([]int, len(p.steps))
	var trail []int
	var visit func(step int) bool
	visit = func(step int) bool {
		trail = append(trail, step)
		state[step] = open
		for _, a := range p.after[step] {
			if state[a] == open {
				trail = append(trail, a)
				return false
			}
			if state[a] == unseen && !visit(a) {
				return false
			}
		}
		state[step] = placed
		trail = trail[:len(trail)-1]
		p.order = append(p.order, step)
		return true
	}
	for step := range p.steps {
		if state[step] == unseen && !visit(step) {
			last := trail[len(trail)-1]
			for trail[0] != last {
				trail = trail[1:]
			}
			return trail
		}
	}
	return nil
}

func pathList(steps []vod.Step, numbers []int) string {
	paths := make([]string, len(numbers))
	for i, n := range numbers {
		paths[i] = Path(steps, n)
	}
	return strings.Join(paths, " after ")
}
