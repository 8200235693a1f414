package app

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// database is a store with what is asked of it for metrics.
type database interface {
	store.Store
	UnfinishedByStatus(ctx context.Context) (map[vod.IngestStatus]int, error)
}

// openStore opens the database that the configuration names.
func (p *core) openStore(ctx context.Context) (err error) {
	if p.store, err = p.openSQLite(ctx); err != nil {
		return err
	}
	p.onClose(p.store.Close)
	return nil
}

func (p *core) openSQLite(ctx context.Context) (*sqlite.Store, error) {
	path := p.config.SQLitePath()
	db, err := sqlite.Open(ctx, path, sqlite.WithBatches(p.metrics.Batch), sqlite.WithChanges(p.hub.Tell), p.backups())
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
