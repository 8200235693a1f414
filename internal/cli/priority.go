package cli

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
)

type priorityCmd struct {
	remote
	ID       string    `arg:"" help:"The ingest."`
	Priority string    `arg:"" help:"HIGH, NORMAL or LOW."`
	Due      time.Time `placeholder:"TIME" xor:"due" help:"When it should be done, ISO 8601: 2026-12-01T06:00:00Z. It goes first from an hour before. Default: as it is."`
	NoDue    bool      `xor:"due" help:"Take its due time away."`
}

func (c *priorityCmd) Run(ctx context.Context, sh *shell) error {
	s, err := c.connect()
	if err != nil {
		return err
	}
	to := client.ScheduleChange{Priority: priorityOf(c.Priority), DueTime: dueOf(c.Due)}
	if to.DueTime == nil && !c.NoDue {
		now, err := s.Schedule(ctx, c.ID)
		if err != nil {
			return err
		}
		to.DueTime = now.DueTime
	}
	now, err := s.SetSchedule(ctx, c.ID, to)
	switch {
	case err != nil:
		return explain(err, http.StatusConflict, "orchestrate get "+c.ID)
	case c.json():
		return s.tape.print(sh.out)
	}
	return c.done(sh, "The ingest %s has the priority %s.", c.ID, turn(now.Priority, now.DueTime))
}

// priorityOf takes a priority in whatever case.
func priorityOf(text string) client.Priority { return client.Priority(strings.ToUpper(text)) }

// dueOf is nil for an option that was not given.
func dueOf(due time.Time) *client.Timestamp {
	if due.IsZero() {
		return nil
	}
	return &client.Timestamp{Time: due}
}

// turn tells people when an ingest has its turn.
func turn(priority client.Priority, due *client.Timestamp) string {
	if due == nil {
		return string(priority)
	}
	return fmt.Sprintf("%s, due %s", priority, local(due.Time))
}
