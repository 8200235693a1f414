package app

import (
	"fmt"

	"github.com/gofrs/flock"
)

// lock takes the file as this process's own until unlock, or until the process
// ends in whatever way. Beside the data folder, the database has a lock of its
// own: it may lie elsewhere, and be named by two servers.
func lock(path string) (unlock func() error, err error) {
	l := flock.New(path)
	got, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	if !got {
		return nil, fmt.Errorf("another server is at work here (%s is locked): with SQLite exactly one process serves; stop it, or choose another folder with --data and another database with --db", path)
	}
	return l.Unlock, nil
}
