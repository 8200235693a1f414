package enginetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// act is what a step does in one attempt; nil is to succeed.
type act func(ctx context.Context, job step.Job) error

// script is a step.Runner whose steps do, by the name of their own profile,
// what a case has written for them.
type script struct {
	mu      sync.Mutex
	acts    map[string]act
	running map[string]int // attempts under way, by task
	most    int            // of running
	calls   map[string]int // attempts begun, by name of the step
}

func newScript() *script {
	return &script{acts: map[string]act{}, running: map[string]int{}, calls: map[string]int{}}
}

// on writes what the named step does from now on.
func (s *script) on(name string, a act) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acts[name] = a
}

func (s *script) called(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[name]
}

// Run implements [step.Runner]. Every file that goes in comes out, with the
// step's name added to its address.
func (s *script) Run(ctx context.Context, job step.Job) (step.Result, error) {
	var own struct{ Name string }
	if err := json.Unmarshal(job.Profile, &own); err != nil {
		return step.Result{}, fmt.Errorf("own profile: %w", err)
	}
	defer s.begin(own.Name, job.TaskID)()
	s.mu.Lock()
	a := s.acts[own.Name]
	s.mu.Unlock()
	var result step.Result
	if a != nil {
		err := a(ctx, job)
		if errors.Is(err, errSkip) {
			return step.Result{SkipIngest: true}, nil
		}
		if err != nil {
			return result, err
		}
	}
	for _, in := range job.Inputs {
		out := vod.Fileset{Labels: in.OutputLabels(job.LabelOut)}
		for _, f := range in.Files {
			f.URI += "/" + own.Name
			out.Files = append(out.Files, f)
		}
		result.Outputs = append(result.Outputs, out)
	}
	return result, nil
}

// Needs tells that every attempt needs scratch space.
func (s *script) Needs(context.Context, step.Job) (int64, error) { return 1, nil }

func (s *script) begin(name, taskID string) (end func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[name]++
	s.running[taskID]++
	s.most = max(s.most, s.running[taskID])
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.running[taskID]--
	}
}

// errSkip makes a step say that the files are known.
var errSkip = errors.New("skip")

// gate is an act that tells that it has begun and waits to be opened.
type gate struct {
	begun  chan step.Job
	opened chan error // what the act returns
	causes chan error // why its context was cancelled
}

func newGate() *gate {
	return &gate{begun: make(chan step.Job, 8), opened: make(chan error), causes: make(chan error, 8)}
}

func (g *gate) act(ctx context.Context, job step.Job) error {
	g.begun <- job
	select {
	case err := <-g.opened:
		return err
	case <-ctx.Done():
		g.causes <- context.Cause(ctx)
		return ctx.Err()
	}
}

// deaf is like act for a step that does not hear that it is to stop.
func (g *gate) deaf(_ context.Context, job step.Job) error {
	g.begun <- job
	return <-g.opened
}

// failing fails the first n attempts with the error.
func failing(n int, err error) act {
	var mu sync.Mutex
	return func(context.Context, step.Job) error {
		mu.Lock()
		defer mu.Unlock()
		if n--; n >= 0 {
			return err
		}
		return nil
	}
}
