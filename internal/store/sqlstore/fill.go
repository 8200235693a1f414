package sqlstore

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Snapshot runs do on one state of the database, as an adapter's Read does.
func (s *Store) Snapshot(ctx context.Context, do func(Querier) error) error {
	return s.db.Read(ctx, do)
}

// Fill runs do as one write of rows that come from elsewhere; see [FillTable].
func (s *Store) Fill(ctx context.Context, do func(Writer) error) error { return s.db.Write(ctx, do) }

// rowsAtOnce is how many rows one statement writes, where there are as many.
const rowsAtOnce = 16

// FillTable writes rows of a table, which have what [Table.More] gives behind
// their columns. Ingests become searchable by it.
func FillTable(w Writer, table Table, rows [][]any) error {
	if table.More != "" {
		for _, row := range rows {
			if err := fillIngest(w, table, row); err != nil {
				return fmt.Errorf("write a row of %s: %w", table.Name, err)
			}
		}
		return nil
	}
	for len(rows) > 0 {
		n := 1
		if len(rows) >= rowsAtOnce {
			n = rowsAtOnce
		}
		if err := insertRows(w, table, rows[:n]); err != nil {
			return fmt.Errorf("write rows of %s: %w", table.Name, err)
		}
		rows = rows[n:]
	}
	return nil
}

func insertRows(w Writer, table Table, rows [][]any) error {
	var args []any
	for _, row := range rows {
		args = append(args, row...)
	}
	one := "(" + strings.Repeat(", ?", len(rows[0]))[2:] + ")"
	_, err := w.Exec("INSERT INTO "+table.Name+" ("+table.Columns+") VALUES "+one+strings.Repeat(", "+one, len(rows)-1), args...)
	return err
}

func fillIngest(w Writer, table Table, row []any) error {
	var in vod.Ingest
	var replaced, reopened time.Time
	for i, c := range append(ingestRow(&in), maybe{&replaced}, maybe{&in.Removed}, maybe{&reopened}, document{&in.Input}) {
		if err := c.Scan(row[i]); err != nil {
			return fmt.Errorf("column %d: %w", i, err)
		}
	}
	row = row[: len(row)-1 : len(row)-1]
	return w.IndexNew(&in, func(columns string, values ...any) error {
		return insertValues(w, table.Name, table.Columns+columns, append(row, values...))
	})
}

// uploadedQuery gives the ingests of which tasks tell the names of files.
const uploadedQuery = `SELECT ingest_id FROM ingest_inputs WHERE input LIKE '%"upload:%' ORDER BY ingest_id`

// IndexUploads makes ingests of uploads searchable by the names of their files,
// after all tables are filled.
func (s *Store) IndexUploads(ctx context.Context) error {
	var keys []string
	err := s.db.Read(ctx, func(q Querier) (err error) {
		keys, err = All(q, textRow, uploadedQuery)
		return err
	})
	if err != nil {
		return fmt.Errorf("look for ingests of uploads: %w", err)
	}
	for _, key := range keys {
		err := s.write(ctx, func(t *tx) error {
			run, err := loadRun(t, key)
			if err != nil {
				return err
			}
			return t.IndexAgain(&run)
		})
		if err != nil {
			return fmt.Errorf("make ingest %s searchable: %w", IDOf(key), err)
		}
	}
	return nil
}
