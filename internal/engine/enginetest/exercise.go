// Package enginetest holds the suite that every engine passes: over a real
// store in a file, real profile snapshots and steps of its own that fail, wait,
// panic or are killed as a case needs it.
//
// An engine's test package has a TestMain that calls [Main], because the crash
// case runs the test binary as a second process, and a test that calls
// [Exercise].
package enginetest

import (
	"context"
	"log/slog"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Deps is what an engine under test works with.
type Deps struct {
	Operations *engine.Executor
	Unfinished func(ctx context.Context) ([]string, error)
	Schedules  func(ctx context.Context) ([]vod.Ingest, error)
	Slots      map[vod.Stage]int // 4 for a stage that is not there
	// Capabilities are those of this process; an engine of one process does not
	// look at them.
	Capabilities []vod.Capability
	Hold         func() string
	// Name is the same for all engines that share a store, in all processes.
	Name string
	Log  *slog.Logger
}

// New makes an engine that is not started yet. An engine that can only be
// taken for lost when it loses its connection has a method Abandon() that cuts
// it; the suite calls it where a process is to vanish without a Stop.
type New func(Deps) (engine.Engine, error)

// Exercise runs every case but those that exclude names, with the reason why
// they do not apply to this engine.
func Exercise(t *testing.T, newEngine New, exclude map[string]string) {
	t.Helper()
	all := cases()
	for name, reason := range exclude {
		if _, known := all[name]; !known {
			t.Errorf("there is no case %q to exclude", name)
		}
		t.Logf("excluded: %s: %s", name, reason)
	}
	for name, run := range all {
		if _, excluded := exclude[name]; !excluded {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				run(t, setup(t, newEngine))
			})
		}
	}
}

// Run runs the named cases alone, one after the other: for an engine under other
// conditions than those of Exercise.
func Run(t *testing.T, newEngine New, names ...string) {
	t.Helper()
	for _, name := range names {
		run, known := cases()[name]
		if !known {
			t.Fatalf("there is no case %q", name)
		}
		t.Run(name, func(t *testing.T) { run(t, setup(t, newEngine)) })
	}
}

func cases() map[string]func(*testing.T, *bundle) {
	return map[string]func(*testing.T, *bundle){
		"Chain":                  chain,
		"SideBySide":             sideBySide,
		"Skipped":                skipped,
		"WakeInVain":             wakeInVain,
		"RemoteFailsOnce":        remoteFailsOnce,
		"MediaFailsAtOnce":       mediaFailsAtOnce,
		"SiblingFinishes":        siblingFinishes,
		"Panic":                  panics,
		"ProgressNeverFalls":     progressNeverFalls,
		"CancelRunning":          cancelRunning,
		"CancelQueued":           cancelQueued,
		"CancelBetweenAttempts":  cancelBetweenAttempts,
		"RetryAfterCancel":       retryAfterCancel,
		"CancelAndRetryAtOnce":   cancelAndRetryAtOnce,
		"RetryAfterFailure":      retryAfterFailure,
		"StopDrains":             stopDrains,
		"StopGivesBack":          stopGivesBack,
		"StartTakesUp":           startTakesUp,
		"LostAttemptCannotWrite": lostAttemptCannotWrite,
		"Killed":                 killed,
		"Hold":                   hold,
		"NoRoom":                 noRoom,
		"HighFirst":              highFirst,
		"FinishFirst":            finishFirst,
		"FairShares":             fairShares,
		"RaisedWhileQueued":      raisedWhileQueued,
		"DueSoonWhileQueued":     dueSoonWhileQueued,
		"ChangedWhileRunning":    changedWhileRunning,
		"HighFirstOfAllNeeds":    highFirstOfAllNeeds,
		"NeedsWaitForWhoCan":     needsWaitForWhoCan,
		"Outage":                 outage,
		"Unwoken":                unwoken,
	}
}
