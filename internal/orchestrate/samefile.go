package orchestrate

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// SameFile tells whether the file that a client describes is one that this
// server reads as a file: source: below one of SourceDirs, and the same file
// by device, inode, size and time. Anything else is just false, so that the
// answer tells nothing about files elsewhere.
func (s *Service) SameFile(_ context.Context, by vod.Caller, c FileCheck) (bool, error) {
	if err := by.Require(vod.SubmitIngests); err != nil {
		return false, err
	}
	return s.reads(c), nil
}

func (s *Service) reads(c FileCheck) bool {
	path, err := filepath.EvalSymlinks(c.Path)
	if err != nil || !s.isSource(path) {
		return false
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	sys, ok := info.Sys().(*syscall.Stat_t)
	return ok && sys.Ino == c.Inode && sys.Dev == c.Dev && info.Size() == c.Size && info.ModTime().Equal(c.MTime)
}

func (s *Service) isSource(path string) bool {
	for _, dir := range s.SourceDirs {
		real, err := filepath.EvalSymlinks(dir)
		if err != nil {
			continue
		}
		rel, err := filepath.Rel(real, path)
		if err == nil && rel != ".." && !strings.HasPrefix(rel, "../") {
			return true
		}
	}
	return false
}
