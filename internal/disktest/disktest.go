// Package disktest gives tests a real disk that fills up.
package disktest

import (
	"os"
	"syscall"
	"testing"
)

// Mount gives a new folder on a file system of its own of that many bytes,
// until the test ends. It needs root. Where it cannot be had the test is
// skipped, but fails where CI is set.
func Mount(t testing.TB, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("mount a small disk: %v", err)
		}
		t.Skipf("needs root to mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}
