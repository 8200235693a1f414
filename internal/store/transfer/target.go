package transfer

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// The mark of a target that is not whole yet is a row of the table of requests
// that may be repeated, of a route that no server has.
const (
	putMark = `INSERT INTO idempotency (tenant, route, key, body_hash, expires_ms, ingest_id) VALUES ('', 'migrate-store', 'unfinished', '', ?, '')`
	isMark  = `tenant = '' AND route = 'migrate-store' AND key = 'unfinished'`
)

// prepare has the target hold nothing but the mark.
func prepare(ctx context.Context, to Store) error {
	var used string
	marked := false
	err := to.Snapshot(ctx, func(q sqlstore.Querier) (err error) {
		if marked, err = exists(q, `SELECT 1 FROM idempotency WHERE `+isMark); err != nil {
			return err
		}
		for _, table := range sqlstore.Tables() {
			has, err := exists(q, `SELECT 1 FROM `+table.Name+` LIMIT 1`)
			if err != nil {
				return err
			}
			if has {
				used = table.Name
				return nil
			}
		}
		return nil
	})
	switch {
	case err != nil:
		return fmt.Errorf("look at the target: %w", err)
	case used != "" && !marked:
		return vod.Faultf(vod.Conflict, "The target is in use: there are rows in its table %s. Name an empty database.", used)
	}
	err = to.Fill(ctx, func(w sqlstore.Writer) error {
		for _, table := range slices.Backward(sqlstore.Tables()) {
			if _, err := w.Exec(`DELETE FROM ` + table.Name); err != nil {
				return err
			}
		}
		_, err := w.Exec(putMark, int64(math.MaxInt64))
		return err
	})
	if err != nil {
		return fmt.Errorf("prepare the target: %w", err)
	}
	return nil
}

func exists(q sqlstore.Querier, query string) (bool, error) {
	_, found, err := sqlstore.First(q, func(n *int64) []sqlstore.Column { return []sqlstore.Column{sqlstore.Number(n)} }, query)
	return found, err
}

// compare reads the target and holds that it has what the source had.
func compare(ctx context.Context, to Store, want map[string]sum) (list []Copied, err error) {
	err = to.Snapshot(ctx, func(q sqlstore.Querier) error {
		list = nil
		for _, table := range sqlstore.Tables() {
			var s summer
			err := read(q, table, func(row []any) error {
				if table.Name == "idempotency" && row[0] == "" && row[1] == "migrate-store" {
					return nil
				}
				s.add(row[:table.Width()])
				return nil
			})
			if err != nil {
				return fmt.Errorf("read %s again: %w", table.Name, err)
			}
			if got := s.done(); got != want[table.Name] {
				return fmt.Errorf("table %s differs after the copy: %d rows were read, %d are there; start again", table.Name, want[table.Name].rows, got.rows)
			}
			list = append(list, Copied{Name: table.Name, Rows: s.rows})
		}
		return nil
	})
	return list, err
}

// finish removes the mark.
func finish(ctx context.Context, to Store) error {
	err := to.Fill(ctx, func(w sqlstore.Writer) error {
		_, err := w.Exec(`DELETE FROM idempotency WHERE ` + isMark)
		return err
	})
	if err != nil {
		return fmt.Errorf("end the copy: %w", err)
	}
	return nil
}
