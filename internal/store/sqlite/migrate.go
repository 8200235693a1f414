package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// migrations are numbered and never changed once released; each runs in a
// transaction. Number 8 is [searchMigration].
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date and gives its version. A database that
// a newer program wrote is refused: this one would not know its rows.
func migrate(ctx context.Context, db *sql.DB, path string, set settings) (version int64, err error) {
	if err := refuseForeign(ctx, db); err != nil {
		return 0, err
	}
	provider, err := newProvider(db)
	if err != nil {
		return 0, err
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the schema version: %w", err)
	}
	if current > target {
		return 0, fmt.Errorf("the database has schema version %d, this program knows %d at most: run the newer program", current, target)
	}
	if current == target {
		return target, nil
	}
	var copied *backup
	if current > 0 && set.upgrade != nil {
		if copied, err = set.upgrade(ctx, path, current, target); err != nil {
			return 0, err
		}
	}
	_, err = provider.Up(ctx)
	if copied != nil {
		reached, versionErr := schemaVersion(ctx, db)
		err = errors.Join(err, versionErr, copied.done(versionErr != nil || reached != current))
	}
	if err != nil {
		return 0, fmt.Errorf("bring the schema from version %d to %d: %w", current, target, err)
	}
	return target, nil
}

// refuseForeign refuses a database that has tables, but none of ours.
func refuseForeign(ctx context.Context, db *sql.DB) error {
	var tables, ours int
	err := db.QueryRowContext(ctx, `
		SELECT count(*), count(*) FILTER (WHERE name = 'goose_db_version')
		FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`).Scan(&tables, &ours)
	if err != nil {
		return fmt.Errorf("read the schema: %w", err)
	}
	if tables > 0 && ours == 0 {
		return errors.New("the file is the database of another program; name another with --db or --data")
	}
	return nil
}

func newProvider(db *sql.DB) (*goose.Provider, error) {
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, folder, goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(searchMigration()))
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	return provider, nil
}

const versionQuery = "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied = 1"

// schemaVersion is the newest migration that the database has had.
func schemaVersion(ctx context.Context, db *sql.DB) (version int64, err error) {
	err = db.QueryRowContext(ctx, versionQuery).Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("read the schema version: %w", err)
	}
	return version, nil
}
