package app

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/metrics"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/postgres"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// database is a store with what is asked of it for metrics.
type database interface {
	store.Store
	UnfinishedByStatus(ctx context.Context) (map[vod.IngestStatus]int, error)
}

// openStore opens the database that the configuration names. changes hears of
// what every process changes; nil: nobody does.
func (p *core) openStore(ctx context.Context, changes func([]store.Change)) (err error) {
	if p.config.Postgres() {
		p.store, err = p.openPostgres(ctx, changes)
	} else {
		p.store, err = p.openSQLite(ctx, changes)
	}
	if err != nil {
		return err
	}
	p.onClose(p.store.Close)
	return nil
}

func (p *core) openPostgres(ctx context.Context, changes func([]store.Change)) (database, error) {
	address, err := postgresAddress(p.config)
	if err != nil {
		return nil, err
	}
	options := []postgres.Option{postgres.WithObserver(p.metrics), postgres.WithFailures(func(err error) {
		p.log.Warn("the database was out of reach for what is done in the background; it is tried again", "error", err)
	})}
	if changes != nil {
		options = append(options, postgres.WithChanges(changes))
	}
	db, err := postgres.Open(ctx, address, options...)
	if err != nil {
		return nil, fmt.Errorf("open the store %s: %w", p.config.ShownDB(), err)
	}
	p.pool = func() metrics.Pool { return metrics.Pool(db.Stat()) }
	return db, nil
}

// postgresAddress is where the database is, with the password. It is not to be
// shown.
func postgresAddress(c config.Config) (string, error) {
	password, err := readSecret("db-password-file", c.DBPasswordFile)
	if err != nil {
		return "", err
	}
	return c.PostgresURL(password).Reveal(), nil
}

func (p *core) openSQLite(ctx context.Context, changes func([]store.Change)) (database, error) {
	path := p.config.SQLitePath()
	db, err := sqlite.Open(ctx, path, sqlite.WithBatches(p.metrics.Batch), sqlite.WithChanges(changes), p.backups())
	if err != nil {
		return nil, fmt.Errorf("open the store %s: %w; if the file is damaged, put a backup in its place", path, err)
	}
	return db, nil
}

// keepBackups is how many copies of the database stay that were made before its
// schema was changed.
const keepBackups = 5

// backups has the database copied before a new release changes its schema.
func (p *core) backups() sqlite.Option {
	return sqlite.WithBackups(filepath.Join(p.config.Data, "backups"), keepBackups, func(u sqlite.Upgrade) {
		p.log.Info("the database is brought to the schema of this release; a copy of it as it was is kept",
			"from", u.From, "to", u.To, "backup", u.Backup)
	})
}
