package sqlite

import (
	"context"
	"fmt"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// database is what the file is to package sqlstore.
type database struct{ s *Store }

var _ sqlstore.Database = database{}

// Read implements [sqlstore.Database].
func (d database) Read(ctx context.Context, do func(sqlstore.Querier) error) error {
	return d.s.read(ctx, do)
}

// Write implements [sqlstore.Database].
func (d database) Write(ctx context.Context, do func(sqlstore.Writer) error) error {
	return d.s.write(ctx, func(t *tx) error { return do(t) })
}

// Taken implements [sqlstore.Database].
func (d database) Taken(err error) bool { return taken(err) }

// Merge implements [sqlstore.Database]. SQLite merges scans while it reads them.
func (d database) Merge(scans []string, order string, _ int) string {
	return strings.Join(scans, " UNION ALL ") + order
}

// write runs do in the writer's transaction; see [writer.write].
func (s *Store) write(ctx context.Context, do func(*tx) error) error {
	err := s.writer.write(ctx, do)
	if diskFull(err) {
		return fmt.Errorf("%w (%w)", vod.Faultf(vod.Unavailable, "The disk that holds the database is full: free some of its space."), err)
	}
	return err
}

// Kept is a text as the database can keep it: as it is.
func (s *Store) Kept(text string) string { return text }

func textRow(s *string) []sqlstore.Column { return []sqlstore.Column{sqlstore.Text(s)} }

func numberRow(n *int64) []sqlstore.Column { return []sqlstore.Column{sqlstore.Number(n)} }
