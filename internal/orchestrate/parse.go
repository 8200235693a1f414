package orchestrate

import (
	"encoding/json"
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/profile"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// ParseInput reads the plan and the submitted files back from an ingest's
// input document.
func ParseInput(input json.RawMessage) (*plan.Plan, []vod.Fileset, error) {
	steps, initial, err := profile.Steps(input)
	if err != nil {
		return nil, nil, err
	}
	p, problems := plan.New(steps)
	if len(problems) > 0 {
		return nil, nil, fmt.Errorf("%s: %s", problems[0].Path, problems[0].Message)
	}
	return p, initial, nil
}

// parsed is what ParseInput gives.
type parsed struct {
	plan    *plan.Plan
	initial []vod.Fileset
}

// plansKept is how many plans a [Parser] keeps, at some 10 KB each.
const plansKept = 1024

// Parser is ParseInput with a memory: an ingest is planned a dozen times and
// its input never changes. It is safe for concurrent use; what it gives is
// shared and must not be changed.
type Parser struct{ plans *lru.Cache[string, parsed] }

// NewParser makes a Parser.
func NewParser() (*Parser, error) {
	plans, err := lru.New[string, parsed](plansKept)
	return &Parser{plans}, err
}

// Parse is ParseInput.
func (p *Parser) Parse(input json.RawMessage) (*plan.Plan, []vod.Fileset, error) {
	if known, ok := p.plans.Get(string(input)); ok {
		return known.plan, known.initial, nil
	}
	made, initial, err := ParseInput(input)
	if err == nil {
		p.plans.Add(string(input), parsed{made, initial})
	}
	return made, initial, err
}
