package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/via-orchestrate/orchestrate/client"
)

type listCmd struct {
	remote
	Asset          string   `placeholder:"ID" help:"Only ingests of this asset."`
	Ingest         string   `placeholder:"ID" help:"Only this ingest."`
	Profile        string   `placeholder:"NAME" help:"Only ingests under this profile."`
	ProfileVersion int64    `placeholder:"ID" help:"Only ingests under this version of the profile; needs --profile."`
	Text           string   `placeholder:"TEXT" help:"Only ingests with this text in the asset id, the name of an input file or the error."`
	Status         []string `placeholder:"STATUS" help:"Only ingests in one of these states, such as RUNNING,FAILED."`
	From           string   `placeholder:"TIME" help:"Only ingests that began at this time or later: ISO 8601, or a date for the start of that UTC day."`
	To             string   `placeholder:"TIME" help:"Only ingests that began before this time."`
	Limit          int      `placeholder:"N" help:"Ingests per page, 1 to 500. Default: 25."`
	Cursor         string   `placeholder:"CURSOR" help:"Go on after the page that gave this cursor."`
	All            bool     `help:"All pages."`
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
		AssetID: c.Asset, IngestID: c.Ingest, ProfileName: c.Profile, ProfileVersionID: c.ProfileVersion, Text: c.Text,
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
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(list); err != nil {
		return err
	}
	return printJSON(sh.out, text.Bytes())
}

func listTable(sh *shell, items []client.IngestItem) error {
	rows := [][]string{{"INGEST", "ASSET", "PROFILE", "STATUS", "DONE", "STARTED", "TOOK", "ERROR"}}
	for _, i := range items {
		rows = append(rows, []string{
			i.IngestID, i.AssetID, i.ProfileName, string(i.Status), fmt.Sprintf("%d %%", i.Progress),
			local(i.StartTime.Time), human(millis(i.ElapsedTime)), text(i.Error),
		})
	}
	f, ok := asTerminal(sh.out)
	if !ok {
		return table(sh.out, rows)
	}
	var text bytes.Buffer
	if err := table(&text, rows); err != nil {
		return err
	}
	width, _ := terminalSize(f)
	_, err := io.WriteString(sh.out, cutLast(text.String(), "ERROR", width))
	return err
}

// leastCut is the fewest columns that the cut column keeps.
const leastCut = 20

// cutLast cuts the last column, of that heading, so that a row takes no more
// lines of the terminal than its other columns need. What other columns hold
// is for copying, and stays whole.
func cutLast(text, heading string, width int) string {
	used := columns(text[:strings.Index(text, heading)])
	room := width - used%width
	if room < leastCut {
		room += width
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if columns(line) > used+room {
			line = clip(line, used+room-1) + "…"
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}
