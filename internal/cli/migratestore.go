package cli

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

type migrateStoreCmd struct {
	From         string `required:"" placeholder:"URL" help:"The database to copy: sqlite:PATH, or postgres://USER@HOST/NAME."`
	To           string `required:"" placeholder:"URL" help:"The database to fill, which holds nothing yet."`
	PasswordFile string `name:"db-password-file" placeholder:"FILE" help:"File with the password for a Postgres database. Default: the one in its address, else as PGPASSFILE says."`
}

func (c *migrateStoreCmd) Run(ctx context.Context, sh *shell) error {
	from, err := c.database("--from", c.From)
	if err != nil {
		return err
	}
	to, err := c.database("--to", c.To)
	if err != nil {
		return err
	}
	for _, db := range []config.Config{from, to} {
		if db.Postgres() {
			fmt.Fprintf(sh.err, "No server and no worker may use %s until this has ended.\n", db.ShownDB())
		}
	}
	rows, replaced, err := sh.MigrateStore(ctx, from, to, sh.err)
	switch {
	case vod.CodeOf(err) == vod.Conflict: // It says itself what to do.
		return err
	case err != nil:
		return &hinted{err, "the source is unchanged; when the cause is mended, the same command begins again."}
	}
	if replaced > 0 {
		fmt.Fprintf(sh.err, "%d texts had characters that the target cannot keep (NUL, or no UTF-8); U+FFFD stands in their place.\n", replaced)
	}
	_, err = fmt.Fprintf(sh.out, "Copied %d rows to %s, and read them again: both are the same.\n", rows, to.ShownDB())
	return err
}

// database is a configuration of nothing but a database.
func (c *migrateStoreCmd) database(flag, address string) (config.Config, error) {
	db := config.Config{DB: address}
	switch {
	case db.Postgres():
		db.DBPasswordFile = c.PasswordFile
	case db.SQLitePath() != "":
		path, err := filepath.Abs(db.SQLitePath())
		if err != nil {
			return config.Config{}, err
		}
		db.DB = "sqlite:" + path
	default:
		return config.Config{}, &usageError{flag + " must be sqlite:PATH or postgres://USER@HOST/DATABASE", "orchestrate migrate-store --help"}
	}
	return db, nil
}
