package app

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
)

// Backup copies the store to a new file, whether a server uses it or not.
func Backup(ctx context.Context, c config.Config, file string) (err error) {
	if _, err := os.Stat(c.SQLitePath()); err != nil {
		return fmt.Errorf("back up: %w; name the server's data folder with --data", err)
	}
	db, err := sqlite.Open(ctx, c.SQLitePath())
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.Backup(ctx, file)
}
