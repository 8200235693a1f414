package orchestrate

import (
	"context"
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// ScheduleOf tells when an ingest has its turn.
func ScheduleOf(in vod.Ingest) Schedule {
	if in.Priority == "" {
		in.Priority = vod.Normal
	}
	return Schedule{Priority: in.Priority, Due: in.Due}
}

// check makes a schedule that was asked for one that can be kept: an empty
// priority is Normal, and the due time is in whole milliseconds. Its error is an
// Invalid fault.
func (c Schedule) check() (Schedule, error) {
	if c.Priority == "" {
		c.Priority = vod.Normal
	}
	if !slices.Contains(vod.Priorities(), c.Priority) {
		return c, vod.Faultf(vod.Invalid, "The priority %q is none of HIGH, NORMAL and LOW.", c.Priority)
	}
	if c.Due.IsZero() {
		return c, nil
	}
	c.Due = vod.Millis(c.Due)
	if year := c.Due.Year(); year < firstDue || year > lastDue {
		return c, vod.Faultf(vod.Invalid, "The due time must be within the years %d to %d.", firstDue, lastDue)
	}
	return c, nil
}

// The years in which an ingest may be due: those that times are written in with
// four digits, from when the clock of computers begins.
const (
	firstDue = 1970
	lastDue  = 9999
)

// Reschedule sets when an ingest has its turn, and gives what it is then. What
// waits is reordered; what runs goes on. One that is over is a Conflict.
func (s *Service) Reschedule(ctx context.Context, by vod.Caller, id string, to Schedule) (Schedule, error) {
	if err := by.Require(vod.ScheduleIngests); err != nil {
		return Schedule{}, err
	}
	to, err := to.check()
	if err != nil {
		return Schedule{}, err
	}
	run, err := s.Store.IngestGet(ctx, by.Tenant, id)
	if err != nil {
		return Schedule{}, err
	}
	err = s.change(ctx, by, vod.ScheduledIngest, run, func(run *vod.Run) error {
		return plan.Reschedule(run, to.Priority, to.Due)
	})
	if err != nil {
		return Schedule{}, err
	}
	s.wake(ctx, id)
	return to, nil
}

// Workers gives the processes that run tasks and were heard of lately, by host,
// then id. They work for all tenants.
func (s *Service) Workers(ctx context.Context, by vod.Caller) ([]vod.Worker, error) {
	if err := by.Require(vod.ReadIngests); err != nil {
		return nil, err
	}
	return s.Store.WorkerList(ctx, s.Now().Add(-vod.WorkerLost))
}

// sameTurn tells whether two states of an ingest have their turn at the same
// time.
func sameTurn(a, b vod.Ingest) bool {
	one, other := ScheduleOf(a), ScheduleOf(b)
	return one.Priority == other.Priority && one.Due.Equal(other.Due)
}
