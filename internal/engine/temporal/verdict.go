package temporal

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// The error types of deliveries that end without the plan's having decided.
const (
	givenBack = "GIVEN_BACK" // the worker stops
	noSlot    = "NO_SLOT"    // another queue's task was faster
	noRoom    = "NO_ROOM"    // its scratch space is taken
	storeDown = "STORE"      // the store did not answer
)

const (
	// atOnce is the shortest delay that Temporal does not take for none given.
	atOnce = time.Millisecond
	// roomAgain is after what time a task comes again that found no room.
	roomAgain = 5 * time.Second
)

// verdict tells Temporal what the plan has made of an attempt: when to deliver
// the task again, or never. Why it failed stands in the store alone: messages
// name addresses, and histories are kept where others may read them.
func verdict(state engine.State, taskID string) error {
	failure := state.Failure
	next, again := due(state, taskID)
	switch {
	case again && failure == nil:
		return later("The attempt was given back.", givenBack, atOnce)
	case again:
		return later("The attempt failed.", string(failure.Class), max(atOnce, time.Until(next)))
	case failure == nil || failure.Class == vod.ClassCancelled:
		return nil
	}
	return temporal.NewNonRetryableApplicationError("The task failed.", string(failure.Class), nil)
}

// later has the task delivered again after the delay.
func later(message, kind string, delay time.Duration) error {
	return temporal.NewApplicationErrorWithOptions(message, kind, temporal.ApplicationErrorOptions{NextRetryDelay: delay})
}

// due tells when the task may be claimed again, if it may.
func due(state engine.State, taskID string) (at time.Time, again bool) {
	for _, r := range state.Ready {
		if r.TaskID == taskID {
			return r.NotBefore, true
		}
	}
	return time.Time{}, false
}

// refusal is an operation's error as Temporal may know it, without its text. It
// marks what no repetition can mend.
func refusal(err error) error {
	var full *engine.NoRoomError
	switch {
	case err == nil:
		return nil
	case vod.CodeOf(err) == vod.NotFound:
		return temporal.NewNonRetryableApplicationError("The store has no such ingest.", string(vod.NotFound), nil)
	case errors.As(err, &full):
		return later("There is no scratch space for the task.", noRoom, roomAgain)
	}
	return temporal.NewApplicationError("The store did not do it; the log of the process says why.", storeDown)
}
