package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/via-orchestrate/orchestrate/internal/config"
)

type serveCmd struct{ config.Config }

func (c *serveCmd) Run(ctx context.Context, sh *shell) error {
	if err := sh.source.Finish(&c.Config); err != nil {
		return err
	}
	return explainFolder(sh.Serve(ctx, c.Config, sh.err))
}

// explainFolder tells what to do about a folder that the process may not use.
func explainFolder(err error) error {
	var file *fs.PathError // A port may be forbidden, too.
	if errors.As(err, &file) && errors.Is(err, fs.ErrPermission) {
		return &hinted{err, "give the data folder, with all that is in it, to the user that the server runs as (chown -R)."}
	}
	return err
}

type workerCmd struct{ config.Config }

func (c *workerCmd) Run(ctx context.Context, sh *shell) error {
	if err := sh.source.Finish(&c.Config); err != nil {
		return err
	}
	if problem := c.WorkerProblem(); problem != "" {
		return &usageError{problem, "orchestrate serve, or a Postgres database (--db postgres://…) and Temporal (--temporal HOST:PORT)"}
	}
	return explainFolder(sh.Work(ctx, c.Config, sh.err))
}

type backupCmd struct {
	config.Config `embed:"" group:"Configuration, as of orchestrate serve:"`
	To            string `arg:"" name:"file" help:"The file to write; it must not exist."`
}

func (c *backupCmd) Run(ctx context.Context, sh *shell) error {
	if err := sh.source.Finish(&c.Config); err != nil {
		return err
	}
	if c.Postgres() {
		return &usageError{"a Postgres database is backed up by its own tools, while servers run", "pg_dump, or what your Postgres service offers"}
	}
	if _, err := os.Stat(c.SQLitePath()); err != nil {
		return &hinted{fmt.Errorf("there is no database to back up: %w", err), "name the data folder with --data, or the database with --db."}
	}
	to, err := filepath.Abs(c.To)
	if err != nil {
		return err
	}
	err = sh.Backup(ctx, c.Config, to)
	switch {
	case errors.Is(err, fs.ErrExist):
		return &hinted{err, "name a file that does not exist yet."}
	case err != nil:
		return err
	}
	stat, err := os.Stat(to)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(sh.out, "Wrote %s, %s.\n", to, config.Bytes(stat.Size()))
	return err
}

type configCmd struct{ config.Config }

func (c *configCmd) Run(sh *shell) error {
	if err := sh.source.Finish(&c.Config); err != nil {
		return err
	}
	text, err := c.Print()
	if err != nil {
		return err
	}
	_, err = sh.out.Write(text)
	return err
}

type versionCmd struct{}

func (versionCmd) Run(sh *shell) error {
	version, revision, goVersion := "unknown", "", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		version, goVersion = info.Main.Version, info.GoVersion
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = " " + s.Value
			}
		}
	}
	_, err := fmt.Fprintf(sh.out, "orchestrate %s%s %s\n", version, revision, goVersion)
	return err
}
