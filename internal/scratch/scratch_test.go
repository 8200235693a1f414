package scratch

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// TestMain plays a process that dies with its folder when it is told to.
func TestMain(m *testing.M) {
	if dir := os.Getenv("SCRATCH_TEST_DIR"); dir != "" {
		s, err := Open(Options{Dir: dir})
		if err != nil {
			panic(err)
		}
		_, _ = os.Stdout.WriteString(s.Folder() + "\n")
		_, _ = os.Stdin.Read(make([]byte, 1)) // Until it is killed.
		return
	}
	os.Exit(m.Run())
}

func open(t *testing.T, o Options) *Space {
	t.Helper()
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Error(err)
		}
	})
	return s
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// TestProcessesShareAFolder: what lives is left alone, what a killed process left
// is cleared, and nothing else is touched.
func TestProcessesShareAFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	foreign := filepath.Join(dir, "process-films")
	for _, path := range []string{foreign, foreign + suffix, filepath.Join(dir, "films")} {
		if err := os.Mkdir(path, 0o750); err != nil {
			t.Fatal(err)
		}
	}
	living := open(t, Options{Dir: dir})
	other := exec.CommandContext(t.Context(), os.Args[0])
	other.Env = append(os.Environ(), "SCRATCH_TEST_DIR="+dir)
	in, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	theirs := strings.TrimSpace(line)
	left := filepath.Join(theirs, "task-1", "half.mp4")
	if err := errors.Join(os.Mkdir(filepath.Dir(left), 0o750), os.WriteFile(left, []byte("x"), 0o600)); err != nil {
		t.Fatal(err)
	}
	open(t, Options{Dir: dir})
	if !exists(left) {
		t.Fatal("the folder of a process that lives was cleared")
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait()
	third := open(t, Options{Dir: dir})
	if exists(theirs) || exists(theirs+suffix) {
		t.Error("what a dead process left is still there")
	}
	for _, path := range []string{living.Folder(), third.Folder(), foreign, foreign + suffix, filepath.Join(dir, "films")} {
		if !exists(path) {
			t.Errorf("%s is gone", path)
		}
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := Open(Options{Dir: filepath.Join(dir, "new")})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(filepath.Join(dir, "new")); err != nil || len(entries) != 1 || entries[0].Name() != "lock" {
		t.Errorf("left: %v, %v", entries, err)
	}
	blocked := filepath.Join(dir, "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Options{Dir: blocked}); err == nil || !strings.Contains(err.Error(), "--scratch") {
		t.Errorf("a file as the folder: %v", err)
	}
}

// fill writes a file of so many bytes into the process's folder.
func (s *Space) fill(t failer, bytes int64) {
	path := filepath.Join(s.own, uuid.NewString())
	f, err := os.Create(path)
	if err == nil {
		err = errors.Join(f.Truncate(bytes), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

type failer interface{ Fatal(args ...any) }

// TestNeverOverBudget: whatever is reserved, used and given back in whatever
// order, what is promised is there, and in the end all is given back.
func TestNeverOverBudget(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		const total = 1000
		foreign := rapid.Int64Range(0, total).Draw(t, "used by others")
		o := Options{Dir: dir, Size: rapid.Int64Range(0, total).Draw(t, "size"), Keep: rapid.Int64Range(0, 200).Draw(t, "keep")}
		o.Disk = func(own string) (Disk, error) {
			used, err := usage(own)
			return Disk{Free: max(0, total-foreign-used), Total: total}, err
		}
		s, err := Open(o)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		type task struct {
			bytes, unused int64
			release       func()
		}
		var tasks []*task
		var sum int64
		t.Repeat(map[string]func(*rapid.T){
			"reserve": func(t *rapid.T) {
				bytes := rapid.Int64Range(-1, total+1).Draw(t, "bytes")
				release, err := s.Reserve(bytes)
				var full *FullError
				switch {
				case err == nil && bytes > 0:
					tasks, sum = append(tasks, &task{bytes, bytes, release}), sum+bytes
				case err == nil:
					release()
				case !errors.As(err, &full) || full.Sentence == "":
					t.Fatalf("not a FullError: %v", err)
				case full.Never != (o.Size > 0 && bytes > o.Size || bytes > total-o.Keep):
					t.Fatalf("%d bytes, never: %t", bytes, full.Never)
				}
			},
			"use": func(t *rapid.T) {
				if len(tasks) > 0 {
					task := rapid.SampledFrom(tasks).Draw(t, "task")
					bytes := rapid.Int64Range(0, task.unused).Draw(t, "bytes")
					s.fill(t, bytes)
					task.unused -= bytes
				}
			},
			"release": func(t *rapid.T) {
				if len(tasks) > 0 {
					i := rapid.IntRange(0, len(tasks)-1).Draw(t, "task")
					tasks[i].release()
					tasks[i].release()
					sum -= tasks[i].bytes
					tasks = append(tasks[:i], tasks[i+1:]...)
				}
			},
			"": func(t *rapid.T) {
				if s.Reserved() != sum {
					t.Fatalf("%d are reserved, want %d", s.Reserved(), sum)
				}
				if o.Size > 0 && sum > o.Size {
					t.Fatalf("%d of %d", sum, o.Size)
				}
			},
		})
		for _, task := range tasks {
			task.release()
		}
		if s.Reserved() != 0 {
			t.Fatalf("%d are not given back", s.Reserved())
		}
	})
}

// TestDiskOfOthers: what others use of the disk is not promised, and what is
// reserved but not yet written is not promised twice.
func TestDiskOfOthers(t *testing.T) {
	t.Parallel()
	free := int64(100)
	s := open(t, Options{Dir: t.TempDir(), Keep: 10, Disk: func(string) (Disk, error) { return Disk{Free: free, Total: 200}, nil }})
	release, err := s.Reserve(60)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Reserve(31); err == nil {
		t.Error("60 of 90 are taken, and 31 were given")
	}
	s.fill(t, 40) // The first task has used that of its 60.
	free -= 40
	if _, err := s.Reserve(31); err == nil {
		t.Error("20 of 50 are promised, and 31 were given")
	}
	if total, err := s.Total(); err != nil || total != 90 {
		t.Errorf("in all %d, %v; want 90", total, err)
	}
	last, err := s.Reserve(30)
	if err != nil {
		t.Fatal(err)
	}
	release()
	last()
	free = 5
	var full *FullError
	if _, err := s.Reserve(1); !errors.As(err, &full) || full.Never || !strings.Contains(full.Sentence, "--min-free") {
		t.Errorf("a disk that others filled: %v", err)
	}
	if _, err := s.Reserve(191); !errors.As(err, &full) || !full.Never {
		t.Errorf("more than the disk has: %v", err)
	}
}

// TestReserveAtOnce: many tasks ask at the same time.
func TestReserveAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Dir: t.TempDir(), Size: 10})
	var mu sync.Mutex
	var got []func()
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if release, err := s.Reserve(1); err == nil {
				mu.Lock()
				defer mu.Unlock()
				got = append(got, release)
			}
		})
	}
	all.Wait()
	if len(got) != 10 {
		t.Errorf("%d got one of 10", len(got))
	}
	for _, release := range got {
		release()
	}
	if total, err := s.Total(); err != nil || total != 10 || s.Reserved() != 0 {
		t.Errorf("in all %d, %v; %d reserved", total, err, s.Reserved())
	}
}
