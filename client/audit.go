package client

import (
	"context"
	"iter"
)

// AuditFilter selects entries of the audit log. Empty fields select nothing
// away; all others must hold together.
type AuditFilter struct {
	Subject  string // who, exactly as an entry tells it
	Action   AuditAction
	Target   string // id of an ingest, upload or token, or name of a profile
	AssetID  string
	FromDate string // as in [Filter]
	ToDate   string // as in [Filter]
	Limit    int    // entries per page, 1..500; 0: 25
	Cursor   string // of the page before
}

// Audit gives one page of who changed what, newest first. Its Cursor, unless
// nil, leads to the next.
func (c *Client) Audit(ctx context.Context, f AuditFilter) (*AuditList, error) {
	return decode[AuditList](c.api.ListAudit(ctx, &ListAuditParams{
		Subject: optional(f.Subject), Action: optional(f.Action), Target: optional(f.Target), AssetID: optional(f.AssetID),
		FromDate: optional(f.FromDate), ToDate: optional(f.ToDate), Limit: optional(f.Limit), Cursor: optional(f.Cursor),
	}))
}

// AuditAll goes through all entries that the filter selects, page by page,
// newest first. It ends after the first error.
func (c *Client) AuditAll(ctx context.Context, f AuditFilter) iter.Seq2[AuditEntry, error] {
	return pages(f.Cursor, func(cursor string) ([]AuditEntry, *string, error) {
		f.Cursor = cursor
		page, err := c.Audit(ctx, f)
		if err != nil {
			return nil, nil, err
		}
		return page.Items, page.Cursor, nil
	})
}
