package cli

import (
	"context"
	"fmt"

	"github.com/via-orchestrate/orchestrate/client"
)

type auditCmd struct {
	remote
	Subject string `placeholder:"NAME" help:"Only what this one did, named exactly as the log does."`
	Action  string `placeholder:"ACTION" help:"Only this, such as ingest.cancel or profile.apply."`
	Target  string `placeholder:"ID" help:"Only changes of this ingest, upload, token or profile."`
	Asset   string `placeholder:"ID" help:"Only changes of ingests of this asset."`
	From    string `placeholder:"TIME" help:"Only what was done at this time or later: ISO 8601, or a date for the start of that UTC day."`
	To      string `placeholder:"TIME" help:"Only what was done before this time."`
	Limit   int    `placeholder:"N" help:"Entries per page, 1 to 500. Default: 25."`
	Cursor  string `placeholder:"CURSOR" help:"Go on after the page that gave this cursor."`
}

func (c *auditCmd) Run(ctx context.Context, sh *shell) error {
	s, err := c.connect()
	if err != nil {
		return err
	}
	page, err := s.Audit(ctx, client.AuditFilter{
		Subject: c.Subject, Action: client.AuditAction(c.Action), Target: c.Target, AssetID: c.Asset,
		FromDate: c.From, ToDate: c.To, Limit: c.Limit, Cursor: c.Cursor,
	})
	switch {
	case err != nil:
		return err
	case c.json():
		return s.tape.print(sh.out)
	}
	rows := [][]string{{"TIME", "WHO", "FROM", "ACTION", "TARGET", "ASSET"}}
	for _, e := range page.Items {
		rows = append(rows, []string{local(e.Time.Time), e.Subject, e.From, string(e.Action), e.Target, text(e.AssetID)})
	}
	if err := table(sh.out, rows); err != nil {
		return err
	}
	if page.Cursor != nil {
		fmt.Fprintf(sh.err, "There are more: --cursor %s.\n", *page.Cursor)
	}
	return nil
}
