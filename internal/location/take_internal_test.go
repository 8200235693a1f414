package location

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Where there can be no hard link, the files are copied; other errors count.
func TestLinkOrCopy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	if err := os.WriteFile(from, []byte("segment"), fileMode); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	refuse := func(why error) func(from, to string) error {
		return func(from, to string) error { return &os.LinkError{Op: "link", Old: from, New: to, Err: why} }
	}
	if err := linkOrCopy(t.Context(), in, from, to, refuse(syscall.ENOSPC)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a full disk: %v", err)
	}
	if err := linkOrCopy(t.Context(), in, from, to, refuse(syscall.EXDEV)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(to)
	if err != nil || string(text) != "segment" {
		t.Errorf("the copy holds %q, %v", text, err)
	}
	one, err := os.Stat(from)
	if err != nil {
		t.Fatal(err)
	}
	if other, err := os.Stat(to); err != nil || os.SameFile(one, other) {
		t.Errorf("it is no copy: %v", err)
	}
}
