package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/store/postgres"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/store/transfer"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// movable is a store that can be copied.
type movable interface {
	transfer.Store
	Close() error
}

// MigrateStore copies the database that one configuration names to the one that
// the other names, and tells progress how far it is. It locks an SQLite
// database; that nobody uses a Postgres one is the caller's care. It gives the
// number of rows, and of texts that the target can keep only with some
// characters replaced.
func MigrateStore(ctx context.Context, from, to config.Config, progress io.Writer) (rows, replaced int, err error) {
	if !from.Postgres() {
		if err := movableFile(ctx, from.SQLitePath()); err != nil {
			return 0, 0, err
		}
	}
	source, err := openMovable(ctx, from)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	target, err := openMovable(ctx, to)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	result, err := transfer.Copy(ctx, source, target, func(table string, rows int) {
		fmt.Fprintf(progress, "%s: %d rows\n", table, rows)
	})
	for _, table := range result.Tables {
		rows += table.Rows
	}
	return rows, result.Replaced, err
}

// movableFile refuses a file that is no store, or that of an older release:
// opening it would change it.
func movableFile(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("there is no database to copy: %w", err)
	}
	current, err := sqlite.Current(ctx, path)
	switch {
	case err != nil:
		return fmt.Errorf("open the store %s: %w", path, err)
	case !current:
		return vod.Faultf(vod.Conflict, "The database %s is that of an older release: start a server of this one on it first, which brings it up to date, and stop that.", path)
	}
	return nil
}

// locked is a store in a file that no server may use meanwhile.
type locked struct {
	*sqlite.Store
	unlock func() error
}

// Close implements [movable].
func (l locked) Close() error { return errors.Join(l.Store.Close(), l.unlock()) }

func openMovable(ctx context.Context, c config.Config) (movable, error) {
	if c.Postgres() {
		address, err := postgresAddress(c)
		if err != nil {
			return nil, err
		}
		db, err := postgres.Open(ctx, address)
		if err != nil {
			return nil, fmt.Errorf("open the store %s: %w", c.ShownDB(), err)
		}
		return db, nil
	}
	unlock, err := lock(c.SQLitePath() + ".lock")
	if err != nil {
		return nil, err
	}
	db, err := sqlite.Open(ctx, c.SQLitePath())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the store %s: %w", c.SQLitePath(), err), unlock())
	}
	return locked{db, unlock}, nil
}
