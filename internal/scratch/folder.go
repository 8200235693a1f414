package scratch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
	"github.com/google/uuid"
)

const (
	prefix = "process-" // of the names of processes' folders
	suffix = ".lock"    // of the names of their locks
)

// claim makes a folder below dir that is this process's own until release, which
// removes it. What dead processes left is removed before.
func claim(dir string) (own string, release func() error, err error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", nil, err
	}
	gate := flock.New(filepath.Join(dir, "lock"))
	if err := gate.Lock(); err != nil {
		return "", nil, fmt.Errorf("lock %s: %w", gate.Path(), err)
	}
	defer func() { err = errors.Join(err, gate.Unlock()) }()
	if err := clearDead(dir); err != nil {
		return "", nil, err
	}
	own = filepath.Join(dir, prefix+uuid.NewString())
	alive := flock.New(own + suffix)
	if got, err := alive.TryLock(); err != nil || !got {
		return "", nil, fmt.Errorf("lock %s: %w", alive.Path(), errors.Join(err, errors.New("is somebody else's")))
	}
	if err := os.Mkdir(own, 0o750); err != nil {
		return "", nil, errors.Join(err, os.Remove(alive.Path()), alive.Unlock())
	}
	return own, func() error {
		return errors.Join(os.RemoveAll(own), os.Remove(alive.Path()), alive.Unlock())
	}, nil
}

// clearDead removes the folders whose locks nobody holds. The caller holds the
// gate, so that none is just being made.
func clearDead(dir string) error {
	locks, err := filepath.Glob(filepath.Join(dir, prefix+"*"+suffix))
	if err != nil {
		return err
	}
	for _, path := range locks {
		folder := strings.TrimSuffix(path, suffix)
		if uuid.Validate(strings.TrimPrefix(filepath.Base(folder), prefix)) != nil {
			continue // Not ours.
		}
		l := flock.New(path)
		dead, err := l.TryLock()
		if err != nil {
			return fmt.Errorf("lock %s: %w", path, err)
		}
		if !dead {
			continue
		}
		if err := errors.Join(os.RemoveAll(folder), os.Remove(path), l.Unlock()); err != nil {
			return fmt.Errorf("clear what another process left: %w", err)
		}
	}
	return nil
}
