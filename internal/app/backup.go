package app

import (
	"context"
	"fmt"
	"os"

	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
)

// Backup copies the store to a new file, whether a server uses it or not.
func Backup(ctx context.Context, c config.Config, file string) error {
	if _, err := os.Stat(c.SQLitePath()); err != nil {
		return fmt.Errorf("back up: %w; name the server's data folder with --data", err)
	}
	return sqlite.Backup(ctx, c.SQLitePath(), file)
}
