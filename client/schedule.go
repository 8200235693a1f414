package client

import "context"

// Schedule tells an ingest's priority and due time.
func (c *Client) Schedule(ctx context.Context, ingestID string) (*Schedule, error) {
	return decode[Schedule](c.api.GetSchedule(ctx, ingestID))
}

// SetSchedule sets both the priority and the due time of an ingest that is not
// over, and gives what they are then. A nil DueTime means that nobody waits for
// it. What waits is reordered at once; what runs goes on.
func (c *Client) SetSchedule(ctx context.Context, ingestID string, to ScheduleChange) (*Schedule, error) {
	return decode[Schedule](c.api.SetSchedule(ctx, ingestID, to))
}

// Workers lists the processes that run tasks and were heard of lately.
func (c *Client) Workers(ctx context.Context) (*WorkerList, error) {
	return decode[WorkerList](c.api.ListWorkers(ctx))
}
