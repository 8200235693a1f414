package temporal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	// tellAtMost is how long a wake waits for Temporal.
	tellAtMost = 2 * time.Second
	// planLostAfter is for how long a process may be silent that has begun to
	// advance a workflow, before another does.
	planLostAfter = 5 * time.Second
	// mendEvery is how often wakes that have failed are tried again. In between
	// Temporal counts as out of reach, and no further wake waits for it.
	mendEvery = 5 * time.Second
)

// Wake advances the ingest, so that one that waits is cancelled even while
// Temporal is out of reach, and tells its workflow. A failure of the latter is
// no error: the ingest is accepted, and its workflow is told later.
func (e *Engine) Wake(ctx context.Context, ingestID string) error {
	err := e.wake(ctx, ingestID)
	if unreached := (*unreachedError)(nil); errors.As(err, &unreached) {
		e.Log.Warn("Temporal does not know of the ingest yet; it is told when it answers", "ingest", ingestID, "error", err)
		return nil
	}
	return err
}

// unreachedError is that Temporal was not told of an ingest.
type unreachedError struct{ err error }

// Error implements error.
func (e *unreachedError) Error() string { return "tell Temporal of the ingest: " + e.err.Error() }

// wake is Wake for the engine itself. What fails is tried again.
func (e *Engine) wake(ctx context.Context, ingestID string) error {
	state, err := e.Operations.Advance(ctx, ingestID)
	if err == nil {
		err = e.tell(ctx, ingestID, state)
	}
	if err != nil && vod.CodeOf(err) != vod.NotFound {
		e.missed.add(ingestID)
	}
	return err
}

// tell wakes the ingest's workflow, and makes one if the ingest is to go on.
func (e *Engine) tell(ctx context.Context, ingestID string, state engine.State) error {
	if e.missed.down() {
		return &unreachedError{errors.New("it did not answer a moment ago")}
	}
	if !e.missed.due(ingestID) {
		e.missed.add(ingestID)
		return nil
	}
	ctx, done := context.WithTimeout(ctx, tellAtMost)
	defer done()
	var err error
	if state.Status.Final() {
		err = e.signal(ctx, ingestID)
	} else {
		err = e.signalWithStart(ctx, ingestID, state.Labels)
	}
	if err != nil {
		if !refused(err) {
			e.missed.fail()
		}
		return &unreachedError{err}
	}
	return nil
}

// refused tells that Temporal answers, and does not take what it was sent. Other
// ingests must not wait because of that.
func refused(err error) bool {
	invalid := (*serviceerror.InvalidArgument)(nil)
	return errors.As(err, &invalid)
}

// signal wakes the ingest's workflow, if there is one.
func (e *Engine) signal(ctx context.Context, ingestID string) error {
	err := e.Client.SignalWorkflow(ctx, ingestID, "", wakeSignal, nil)
	if none := (*serviceerror.NotFound)(nil); errors.As(err, &none) {
		return nil
	}
	return err
}

// signalWithStart wakes the ingest's workflow, and makes one if none runs.
func (e *Engine) signalWithStart(ctx context.Context, ingestID string, l engine.Labels) error {
	o := client.StartWorkflowOptions{
		ID: ingestID, TaskQueue: e.Prefix, WorkflowTaskTimeout: planLostAfter,
		WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}
	start := func() error {
		_, err := e.Client.SignalWithStartWorkflow(ctx, ingestID, wakeSignal, nil, o, workflowName, ingestID)
		return err
	}
	var labelled bool
	o.TypedSearchAttributes, labelled = e.labels.of(l)
	err := start()
	if unknown := (*serviceerror.InvalidArgument)(nil); labelled && errors.As(err, &unknown) {
		o.TypedSearchAttributes = temporal.SearchAttributes{}
		if plain := start(); plain == nil { // So the labels were what it did not take.
			e.labels.refuse(err)
			err = nil
		}
	}
	if err != nil {
		return fmt.Errorf("signal with start: %w", err)
	}
	return nil
}
