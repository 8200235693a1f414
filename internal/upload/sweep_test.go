package upload

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestSweep(t *testing.T) {
	t.Parallel()
	used := ""
	b := setup(t, func(o *Options) {
		o.InUse = func(tenant, id string) (bool, error) { return tenant == "a" && id == used, nil }
	})
	needed, complete, begun := b.create(0, ""), b.create(1, ""), b.create(5, "")
	used = idOf(needed)
	wantStatus(t, b.patch(complete, 0, strings.NewReader("x"), nil), 204)
	leftover := filepath.Join(b.server.dir, strings.Repeat("a", 32)+".data")
	foreign := filepath.Join(b.server.dir, "notes.txt")
	for _, path := range []string{leftover, foreign} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := b.server.Sweep(time.Now().Add(Lifetime - time.Minute)); n != 0 || err != nil {
		t.Fatalf("took %d before their time, %v", n, err)
	}
	if n, err := b.server.Sweep(time.Now().Add(Lifetime + time.Minute)); n != 3 || err != nil {
		t.Fatalf("took %d, want 3; %v", n, err)
	}
	wantStatus(t, b.do("HEAD", needed, nil, nil), 200)
	wantStatus(t, b.do("HEAD", complete, nil, nil), 404)
	wantStatus(t, b.do("HEAD", begun, nil, nil), 404)
	if _, err := os.Stat(leftover); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the leftover is still there: %v", err)
	}
	if _, err := os.Stat(foreign); err != nil {
		t.Errorf("a file that is no upload's: %v", err)
	}
}

// TestSweepGoesOnAfterAnError has one upload whose use cannot be told.
func TestSweepGoesOnAfterAnError(t *testing.T) {
	t.Parallel()
	unknown := errors.New("store is away")
	bad := ""
	b := setup(t, func(o *Options) {
		o.InUse = func(_, id string) (bool, error) {
			if id == bad {
				return false, unknown
			}
			return false, nil
		}
	})
	kept := b.create(1, "")
	bad = idOf(kept)
	b.create(1, "")
	n, err := b.server.Sweep(time.Now().Add(Lifetime + time.Minute))
	if n != 1 || !errors.Is(err, unknown) {
		t.Errorf("took %d, %v; want 1 and the error", n, err)
	}
	wantStatus(t, b.do("HEAD", kept, nil, nil), 200)
}

func TestFreeSpace(t *testing.T) {
	t.Parallel()
	if n, err := FreeSpace(t.TempDir()); n <= 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := FreeSpace(filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("a missing folder has free space")
	}
}

func TestCleanName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"clip.mp4": "clip.mp4", "/etc/passwd": "passwd", `C:\a\b.mov`: "b.mov", "..": "", "a/..": "", "": "",
		"a\x00b\nc.mp4": "abc.mp4", "50 % #1.mp4": "50 % #1.mp4", "bad\xff.mp4": "bad_.mp4",
		strings.Repeat("é", 200) + ".mp4": strings.Repeat("é", 125) + ".mp4",
	} {
		if got := cleanName(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestCleanNameIsAlwaysPlain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := string(rapid.SliceOfN(rapid.Byte(), 0, 400).Draw(t, "name"))
		got := cleanName(in)
		if len(got) > maxName || !utf8.ValidString(got) || strings.ContainsAny(got, "/\\\x00") || got == ".." {
			t.Fatalf("%q became %q", in, got)
		}
		if again := cleanName(got); again != got {
			t.Fatalf("%q is not stable: %q", got, again)
		}
	})
}
