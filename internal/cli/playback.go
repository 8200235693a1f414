package cli

import (
	"context"

	"github.com/via-orchestrate/orchestrate/client"
)

type playbackCmd struct {
	remote
	Asset   string `arg:"" help:"The asset."`
	Select  string `placeholder:"INGEST" xor:"what" help:"Make what this ingest published current: roll back, or forth."`
	History bool   `xor:"what" help:"Show all that ingests published for the asset."`
}

func (c *playbackCmd) Run(ctx context.Context, sh *shell) error {
	s, err := c.connect()
	if err != nil {
		return err
	}
	if c.History {
		return c.history(ctx, sh, s)
	}
	var p *client.Playback
	if c.Select != "" {
		p, err = s.SelectPlayback(ctx, c.Asset, c.Select)
	} else {
		p, err = s.Playback(ctx, c.Asset)
	}
	switch {
	case err != nil:
		return err
	case c.json():
		return s.tape.print(sh.out)
	}
	return playbackTable(sh, p)
}

func playbackTable(sh *shell, p *client.Playback) error {
	rows := [][]string{{"Ingest:", p.IngestID}}
	for _, r := range [][]string{
		{"HLS:", text(p.HLS)}, {"DASH:", text(p.DASH)}, {"Poster:", text(p.Poster)}, {"Thumbnails:", text(p.Thumbnails)},
	} {
		if r[1] != "" {
			rows = append(rows, r)
		}
	}
	return table(sh.out, rows)
}

func (c *playbackCmd) history(ctx context.Context, sh *shell, s *session) error {
	h, err := s.PlaybackHistory(ctx, c.Asset)
	switch {
	case err != nil:
		return err
	case c.json():
		return s.tape.print(sh.out)
	}
	rows := [][]string{{"CURRENT", "INGEST", "FILES REMOVED", "HLS", "DASH"}}
	for _, e := range h.Items {
		current, removed := "", ""
		if e.Current {
			current = "yes"
		}
		if e.Removed != nil {
			removed = local(e.Removed.Time)
		}
		rows = append(rows, []string{current, e.IngestID, removed, text(e.HLS), text(e.DASH)})
	}
	return table(sh.out, rows)
}
