package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
)

// maxMisses is how many requests in a row may fail before watching ends: the
// server may be restarting. The client itself tries each of them for a while.
const maxMisses = 20

type watchCmd struct {
	remote
	ID string `arg:"" help:"The ingest."`
}

func (c *watchCmd) Run(ctx context.Context, sh *shell) error {
	s, err := c.connect()
	if err != nil {
		return err
	}
	return sh.watch(ctx, s, c.remote, c.ID)
}

// watch follows an ingest to its end and returns how it ended.
func (sh *shell) watch(ctx context.Context, s *session, r remote, id string) error {
	d, answer, err := sh.follow(ctx, s, id, sh.screen(r))
	if err != nil && ctx.Err() != nil {
		fmt.Fprintf(sh.err, "The ingest %s goes on without being watched.\n", id)
		fmt.Fprintf(sh.err, "To follow it: orchestrate watch %s\nTo stop it:   orchestrate cancel %s\n", id, id)
		return outcome(exitFailed)
	}
	if err != nil {
		return err
	}
	if r.json() {
		if err := answer.print(sh.out); err != nil {
			return err
		}
	} else if err := sh.ended(ctx, s, d); err != nil {
		return err
	}
	return exitOf(d.Status)
}

// follow shows frames until the ingest is over; it gives the last detail, as
// read and as sent.
func (sh *shell) follow(ctx context.Context, s *session, id string, to screen) (*client.IngestDetail, tape, error) {
	timer := time.NewTicker(sh.Poll)
	defer timer.Stop()
	for misses := 0; ; {
		d, answer, err := sh.look(ctx, s, id, to)
		var refused *client.Problem
		switch {
		case err == nil && final(d.Status):
			return d, answer, nil
		case err == nil:
			misses = 0
		case ctx.Err() != nil || errors.Is(err, errStranger) || errors.As(err, &refused) && refused.Status < 500:
			return nil, tape{}, err
		default:
			if misses++; misses >= maxMisses {
				return nil, tape{}, err
			}
		}
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil, tape{}, context.Cause(ctx)
		}
	}
}

// look asks once how the ingest stands, and shows it.
func (sh *shell) look(ctx context.Context, s *session, id string, to screen) (*client.IngestDetail, tape, error) {
	d, err := s.Get(ctx, id)
	if err != nil {
		return nil, tape{}, err
	}
	answer := tape{last: s.tape.last}
	plan, err := s.Plan(ctx, id)
	switch {
	case err != nil && final(d.Status):
		return d, answer, nil // Imported history may have no plan.
	case err != nil:
		return nil, tape{}, err
	}
	attempts := map[string]int{}
	for _, t := range d.Tasks {
		if t.Status != client.TaskStatusTASKRUNNING && t.Status != client.TaskStatusTASKPENDING {
			continue
		}
		task, err := s.Task(ctx, id, t.ID)
		if err != nil {
			return nil, tape{}, err
		}
		attempts[t.ID] = task.Attempt
	}
	to.show(newFrame(d, plan, attempts))
	return d, answer, nil
}

// ended says how the ingest ended, and where it plays or what to do.
func (sh *shell) ended(ctx context.Context, s *session, d *client.IngestDetail) error {
	fmt.Fprintf(sh.out, "Ingest %s of asset %s: %s after %s\n", d.IngestID, oneLine(d.AssetID), d.Status, human(millis(d.ElapsedTime)))
	if id := reused(d); id != "" {
		fmt.Fprintf(sh.out, "It reuses the files of ingest %s.\n", id)
	}
	if d.Error != nil {
		fmt.Fprintln(sh.out, oneLine(*d.Error))
	}
	if h := failureHint(ctx, s, d); h != "" {
		fmt.Fprintf(sh.out, "Try: %s\n", oneLine(h))
	}
	if d.Status != client.IngestStatusCOMPLETED {
		return nil
	}
	// Where this profile does not publish to the catalogue, or a later ingest
	// plays, there is nothing to add to a success.
	if p, err := s.Playback(ctx, d.AssetID); err == nil && p.IngestID == d.IngestID {
		return playbackTable(sh, p)
	}
	return nil
}

func final(s client.IngestStatus) bool {
	switch s {
	case client.IngestStatusCOMPLETED, client.IngestStatusSKIPPED, client.IngestStatusFAILED, client.IngestStatusCANCELLED:
		return true
	}
	return false
}

// exitOf is nil for success, else an outcome.
func exitOf(s client.IngestStatus) error {
	switch s {
	case client.IngestStatusCOMPLETED, client.IngestStatusSKIPPED:
		return nil
	case client.IngestStatusCANCELLED:
		return outcome(exitCancelled)
	}
	return outcome(exitFailed)
}
