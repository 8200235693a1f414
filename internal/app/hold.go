package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/dustin/go-humanize"

	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/upload"
)

// folder is one whose disk has to have space.
type folder struct{ name, path string }

// folders are those that this process writes to. What is within the data folder
// is on its disk.
func folders(c config.Config) []folder {
	all := []folder{{"data", c.Data}}
	for _, f := range []folder{{"media", c.MediaLocation().Path}, {"store", c.StoreLocation().Path}, {"scratch", c.Scratch}} {
		rel, err := filepath.Rel(c.Data, f.path)
		if f.path != "" && (f.name == "media" || err != nil || !filepath.IsLocal(rel)) {
			all = append(all, f)
		}
	}
	return all
}

// hold says why no task that writes files may start now; empty when it may.
func (p *core) hold() string {
	for _, f := range folders(p.config) {
		dir := f.path
		free, err := freeSpace(dir)
		if err != nil {
			return fmt.Sprintf("The free space of %s cannot be measured (%v); new work waits until the folder can be used again.", dir, err)
		}
		if free < int64(p.config.MinFree) {
			return fmt.Sprintf("Only %s are free at %s; new work waits for %s (--min-free).",
				humanize.Bytes(uint64(max(free, 0))), dir, p.config.MinFree)
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
