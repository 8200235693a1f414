package orchestrate_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
)

// describe is a file as a client on this machine sees it.
func describe(t *testing.T, path string) orchestrate.FileCheck {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	sys, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		t.Fatal("no inode")
	}
	return orchestrate.FileCheck{Path: path, Size: info.Size(), Inode: sys.Ino, Dev: sys.Dev, MTime: info.ModTime()}
}

// TestSameFile: only a file below a source folder that is the same in
// everything; anything else tells nothing.
func TestSameFile(t *testing.T) {
	t.Parallel()
	s := newService(t)
	sources, elsewhere := t.TempDir(), t.TempDir()
	s.SourceDirs = []string{filepath.Join(elsewhere, "missing"), sources}
	for _, path := range []string{filepath.Join(sources, "a.mp4"), filepath.Join(sources, "..b.mp4"), filepath.Join(elsewhere, "c.mp4")} {
		s.ok(os.WriteFile(path, []byte("x"), 0o600))
	}
	s.ok(os.Symlink(filepath.Join(elsewhere, "c.mp4"), filepath.Join(sources, "out.mp4")))
	s.ok(os.Symlink(filepath.Join(sources, "a.mp4"), filepath.Join(elsewhere, "in.mp4")))

	right := describe(t, filepath.Join(sources, "a.mp4"))
	changed := func(change func(*orchestrate.FileCheck)) orchestrate.FileCheck {
		c := right
		change(&c)
		return c
	}
	for name, test := range map[string]struct {
		check orchestrate.FileCheck
		want  bool
	}{
		"same":              {right, true},
		"dots in its name":  {describe(t, filepath.Join(sources, "..b.mp4")), true},
		"link into":         {describe(t, filepath.Join(elsewhere, "in.mp4")), true},
		"link out":          {describe(t, filepath.Join(sources, "out.mp4")), false},
		"elsewhere":         {describe(t, filepath.Join(elsewhere, "c.mp4")), false},
		"the folder itself": {describe(t, sources), false},
		"other size":        {changed(func(c *orchestrate.FileCheck) { c.Size++ }), false},
		"other inode":       {changed(func(c *orchestrate.FileCheck) { c.Inode++ }), false},
		"other device":      {changed(func(c *orchestrate.FileCheck) { c.Dev++ }), false},
		"other time":        {changed(func(c *orchestrate.FileCheck) { c.MTime = c.MTime.Add(1) }), false},
		"missing":           {changed(func(c *orchestrate.FileCheck) { c.Path += "x" }), false},
		"relative":          {changed(func(c *orchestrate.FileCheck) { c.Path = "a.mp4" }), false},
	} {
		if got, err := s.SameFile(t.Context(), as(tenant), test.check); err != nil || got != test.want {
			t.Errorf("%s: %t, %v", name, got, err)
		}
	}
}
