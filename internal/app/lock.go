package app

import (
	"fmt"

	"github.com/gofrs/flock"
)

// lock takes the file as this process's own until unlock, or until the process
// ends in whatever way.
func lock(path string) (unlock func() error, err error) {
	l := flock.New(path)
	got, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	if !got {
		return nil, fmt.Errorf("another server uses the data folder (%s is locked): with SQLite exactly one process serves; stop it or choose another folder with --data", path)
	}
	return l.Unlock, nil
}
