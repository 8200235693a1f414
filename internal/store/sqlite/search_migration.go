package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"math"

	"github.com/pressly/goose/v3"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

//go:embed migrations/00008/*.sql
var searchSchema embed.FS

// searchMigration is number 8. It is no file of SQL alone, as names of files
// are taken out of addresses.
func searchMigration() *goose.Migration {
	return goose.NewGoMigration(8,
		&goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			if err := runSchema(ctx, tx, "up"); err != nil {
				return err
			}
			return fillSearch(ctx, tx)
		}},
		&goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error { return runSchema(ctx, tx, "down") }},
	)
}

func runSchema(ctx context.Context, tx *sql.Tx, name string) error {
	statements, err := searchSchema.ReadFile("migrations/00008/" + name + ".sql")
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, string(statements))
	return err
}

// fillSearch writes the entries of the ingests that are there, in the order of
// their rows: FTS5 gathers what comes in that order, and else writes each alone.
func fillSearch(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO search_numbers (tenant, profile)
		SELECT DISTINCT tenant, '' FROM ingests UNION SELECT DISTINCT tenant, profile_name FROM ingests`)
	if err != nil {
		return fmt.Errorf("number tenants and profiles: %w", err)
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO search (`+searchColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }() // Exec tells what went wrong.
	for last := int64(math.MaxInt64); ; {
		entries, err := entriesBefore(ctx, tx, last)
		if err != nil {
			return fmt.Errorf("read ingests: %w", err)
		}
		if len(entries) == 0 {
			return nil
		}
		for _, e := range entries {
			if _, err := insert.ExecContext(ctx, e.row, e.tenant, e.status, e.profile, e.assetMark, e.Asset, e.Names, e.Failure); err != nil {
				return fmt.Errorf("write the search: %w", err)
			}
			last = -e.row
		}
	}
}

// entriesBefore makes some entries of the ingests that are before an id.
func entriesBefore(ctx context.Context, tx *sql.Tx, last int64) (entries []searchEntry, err error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT i.search_id, i.status, i.asset_id, i.error, n.input,
			(SELECT number FROM search_numbers WHERE tenant = i.tenant AND profile = ''),
			(SELECT number FROM search_numbers WHERE tenant = i.tenant AND profile = i.profile_name)
		FROM ingests i INDEXED BY ingests_by_search LEFT JOIN ingest_inputs n ON n.ingest_id = i.id
		WHERE i.search_id < ? ORDER BY i.search_id DESC LIMIT 1000`, last)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong.
	for rows.Next() {
		var in vod.Ingest
		var id, tenant, profile int64
		var input sql.NullString
		if err := rows.Scan(&id, &in.Status, &in.AssetID, &in.Error, &input, &tenant, &profile); err != nil {
			return nil, err
		}
		in.Input = []byte(input.String)
		e := entryOf(&vod.Run{Ingest: in}, tenant, profile)
		e.row = -id
		entries = append(entries, e)
	}
	return entries, rows.Err()
}
