package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/via-orchestrate/orchestrate/client"
)

type listCmd struct {
	remote
	Asset   string   `placeholder:"ID" help:"Only ingests of this asset."`
	Ingest  string   `placeholder:"ID" help:"Only this ingest."`
	Profile string   `placeholder:"NAME" help:"Only ingests under this profile."`
	Status  []string `placeholder:"STATUS,…" help:"Only ingests in one of these states, such as RUNNING,FAILED."`
	From    string   `placeholder:"TIME" help:"Only ingests that began at this time or later: ISO 8601, or a date for the start of that UTC day."`
	To      string   `placeholder:"TIME" help:"Only ingests that began before this time."`
	Limit   int      `placeholder:"N" help:"Ingests per page, 1 to 500. Default: 25."`
	Cursor  string   `placeholder:"CURSOR" help:"Go on after the page that gave this cursor."`
	All     bool     `help:"All pages."`
}

func (c *listCmd) Run(ctx context.Context, sh *shell) error {
	s, err := c.connect()
	if err != nil {
		return err
	}
	if c.All {
		return c.all(ctx, sh, s)
	}
	page, err := s.List(ctx, c.filter())
	switch {
	case err != nil:
		return err
	case c.json():
		return s.tape.print(sh.out)
	}
	if err := listTable(sh, page.Items); err != nil {
		return err
	}
	if page.Cursor != nil {
		fmt.Fprintf(sh.err, "There are more: --cursor %s, or --all.\n", *page.Cursor)
	}
	return nil
}

func (c *listCmd) filter() client.Filter {
	f := client.Filter{
		AssetID: c.Asset, IngestID: c.Ingest, ProfileName: c.Profile,
		FromDate: c.From, ToDate: c.To, Limit: c.Limit, Cursor: c.Cursor,
	}
	for _, s := range c.Status {
		f.Statuses = append(f.Statuses, client.IngestStatus(strings.ToUpper(s)))
	}
	return f
}

// all prints every page as one. As JSON that is one document like a page's.
func (c *listCmd) all(ctx context.Context, sh *shell, s *session) error {
	f := c.filter()
	if f.Limit == 0 {
		f.Limit = 500
	}
	list := client.IngestList{Items: []client.IngestItem{}}
	for item, err := range s.All(ctx, f) {
		if err != nil {
			return err
		}
		list.Items = append(list.Items, item)
	}
	if !c.json() {
		return listTable(sh, list.Items)
	}
	list.Count = len(list.Items)
	enc := json.NewEncoder(sh.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(list)
}

func listTable(sh *shell, items []client.IngestItem) error {
	rows := [][]string{{"INGEST", "ASSET", "PROFILE", "STATUS", "DONE", "STARTED", "TOOK", "ERROR"}}
	for _, i := range items {
		rows = append(rows, []string{
			i.IngestID, i.AssetID, i.ProfileName, string(i.Status), fmt.Sprintf("%d %%", i.Progress),
			local(i.StartTime.Time), human(millis(i.ElapsedTime)), text(i.Error),
		})
	}
	return table(sh.out, rows)
}
