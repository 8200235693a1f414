package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Backup writes the store as it stands now into a new file, while work goes
// on. It refuses a file that exists. The copy appears under its name when it
// is whole and on disk; it is readable by its owner alone.
func (s *Store) Backup(ctx context.Context, file string) (err error) {
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
	if err := s.vacuumInto(ctx, part); err != nil {
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

// vacuumInto copies over a connection of its own: those of the read pool
// cannot write, not even elsewhere.
func (s *Store) vacuumInto(ctx context.Context, file string) (err error) {
	db, err := connect(ctx, s.path, 1, pragmas("FULL", false))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
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
