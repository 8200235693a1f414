package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Backup writes the store in the file at path, as it stands now, into a new
// file, while another process may be at work on it. It changes nothing there,
// not even an old schema. It refuses a file that exists. The copy appears under
// its name when it is whole and on disk; it is readable by its owner alone.
func Backup(ctx context.Context, path, file string) (err error) {
	// The empty file holds the name, against another backup too.
	if err := reserve(file); err != nil {
		return err
	}
	part := file + ".part"
	defer func() {
		if err != nil {
			_ = os.Remove(file)
			_ = os.Remove(part)
		}
	}()
	if err := reserve(part); err != nil {
		return err
	}
	if err := vacuumInto(ctx, path, part); err != nil {
		return fmt.Errorf("back up to %s: %w", file, err)
	}
	for _, sync := range []func() error{
		func() error { return syncPath(part) },
		func() error { return os.Rename(part, file) },
		func() error { return syncPath(filepath.Dir(file)) },
	} {
		if err := sync(); err != nil {
			return fmt.Errorf("back up to %s: %w", file, err)
		}
	}
	return nil
}

func reserve(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	return f.Close()
}

// vacuumInto copies a database that has a schema of ours.
func vacuumInto(ctx context.Context, path, file string) (err error) {
	db, err := connect(ctx, path, 1, pragmas("FULL", false))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := schemaVersion(ctx, db); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", file)
	return err
}

// syncPath waits until a file or folder is on disk.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
