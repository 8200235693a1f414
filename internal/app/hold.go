package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/dustin/go-humanize"

	"github.com/via-orchestrate/orchestrate/internal/upload"
)

// hold says why no task that writes files may start now; empty when it may.
func (a *App) hold() string {
	for _, dir := range []string{a.config.Data, a.config.MediaRoot} {
		free, err := freeSpace(dir)
		if err != nil {
			return fmt.Sprintf("The free space of %s cannot be measured (%v); new work waits until the folder can be used again.", dir, err)
		}
		if free < int64(a.config.MinFree) {
			return fmt.Sprintf("Only %s are free at %s; new work waits for %s (--min-free).",
				humanize.Bytes(uint64(max(free, 0))), dir, a.config.MinFree)
		}
	}
	return ""
}

// freeSpace makes a folder that has vanished anew: what was in it is missed
// where it is needed, and must not keep all other work waiting.
func freeSpace(dir string) (int64, error) {
	free, err := upload.FreeSpace(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return free, err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return 0, err
	}
	return upload.FreeSpace(dir)
}
