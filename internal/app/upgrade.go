package app

import (
	"path/filepath"

	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
)

// keepBackups is how many copies of the database stay that were made before its
// schema was changed.
const keepBackups = 5

// backups has the database copied before a new release changes its schema.
func (a *App) backups() sqlite.Option {
	return sqlite.WithBackups(filepath.Join(a.config.Data, "backups"), keepBackups, func(u sqlite.Upgrade) {
		a.log.Info("the database is brought to the schema of this release; a copy of it as it was is kept",
			"from", u.From, "to", u.To, "backup", u.Backup)
	})
}
