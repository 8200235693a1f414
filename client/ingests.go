package client

import (
	"context"
	"iter"
)

// Filter selects ingests. Empty fields select nothing away; all others must
// hold together.
type Filter struct {
	AssetID     string
	IngestID    string
	ProfileName string
	// ProfileVersionID is a version of the profile, whose name must be given; 0:
	// any.
	ProfileVersionID int64
	// Text stands, in whatever case, in the asset id, the name of an input file or
	// the error. Less than three characters are a whole asset id.
	Text     string
	Statuses []IngestStatus // any of them
	FromDate string         // startTime at or after: ISO 8601, or a date for the start of that UTC day
	ToDate   string         // startTime before: the same forms
	Limit    int            // items per page, 1..500; 0: 25
	Cursor   string         // of the page before
}

// List gives one page of ingests, newest first. Its Cursor, unless nil, leads
// to the next.
func (c *Client) List(ctx context.Context, f Filter) (*IngestList, error) {
	p := &ListIngestsParams{
		AssetID: optional(f.AssetID), IngestID: optional(f.IngestID), ProfileName: optional(f.ProfileName),
		ProfileVersionID: optional(f.ProfileVersionID), Text: optional(f.Text),
		FromDate: optional(f.FromDate), ToDate: optional(f.ToDate), Limit: optional(f.Limit), Cursor: optional(f.Cursor),
	}
	if len(f.Statuses) > 0 {
		p.Status = &f.Statuses
	}
	return decode[IngestList](c.api.ListIngests(ctx, p))
}

// All goes through all ingests that the filter selects, page by page, newest
// first. It ends after the first error.
func (c *Client) All(ctx context.Context, f Filter) iter.Seq2[IngestItem, error] {
	return pages(f.Cursor, func(cursor string) ([]IngestItem, *string, error) {
		f.Cursor = cursor
		page, err := c.List(ctx, f)
		if err != nil {
			return nil, nil, err
		}
		return page.Items, page.Cursor, nil
	})
}

// pages goes through the items of page after page, from a cursor on.
func pages[T any](cursor string, get func(cursor string) (items []T, next *string, err error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for next := &cursor; next != nil; {
			items, after, err := get(*next)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			next = after
		}
	}
}

// Get gives an ingest with the tasks that have been claimed.
func (c *Client) Get(ctx context.Context, ingestID string) (*IngestDetail, error) {
	return decode[IngestDetail](c.api.GetIngest(ctx, ingestID))
}

// Submit asks for an ingest. With an idempotency key (1..255 visible ASCII
// characters; empty: none) it may be repeated for 7 days, and is tried again
// when the server is away or a connection is cut.
func (c *Client) Submit(ctx context.Context, s Submission, idempotencyKey string) (*Accepted, error) {
	p := &SubmitIngestParams{IdempotencyKey: optional(idempotencyKey)}
	return decode[Accepted](c.api.SubmitIngest(ctx, p, s))
}

// Preview tells what Submit would do, and changes nothing.
func (c *Client) Preview(ctx context.Context, s Submission) (*Preview, error) {
	return decode[Preview](c.api.SubmitIngest(ctx, &SubmitIngestParams{DryRun: optional(true)}, s))
}

// Plan gives every step of an ingest, and what the waiting ones wait for.
func (c *Client) Plan(ctx context.Context, ingestID string) (*Plan, error) {
	return decode[Plan](c.api.GetPlan(ctx, ingestID))
}

// Task gives a task with its attempts, their commands, logs and errors.
func (c *Client) Task(ctx context.Context, ingestID, taskID string) (*TaskDetail, error) {
	return decode[TaskDetail](c.api.GetTask(ctx, ingestID, taskID))
}

// Cancel stops an ingest. When it returns nil the end is CANCELLED, though
// work may still be stopping.
func (c *Client) Cancel(ctx context.Context, ingestID string) error {
	return done(c.api.CancelIngest(ctx, ingestID))
}

// Retry takes up a FAILED or CANCELLED ingest again.
func (c *Client) Retry(ctx context.Context, ingestID string) (*Accepted, error) {
	return decode[Accepted](c.api.RetryIngest(ctx, ingestID))
}

// Delete removes a finished ingest and what it published.
func (c *Client) Delete(ctx context.Context, ingestID string) error {
	return done(c.api.DeleteIngest(ctx, ingestID))
}

// optional is nil for the zero value.
func optional[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}
