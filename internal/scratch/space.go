package scratch

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"

	"github.com/dustin/go-humanize"
	"golang.org/x/sys/unix"
)

// Options say what there is to be used.
type Options struct {
	// Dir is the folder that the processes of this machine share; it is made
	// where it is missing.
	Dir string
	// Size is how many bytes the tasks of this process may use together; 0: what
	// the disk has, but for Keep.
	Size int64
	// Keep is how many bytes of the disk stay free, whoever uses it.
	Keep int64
	// Disk measures a disk; nil: as the system says.
	Disk func(dir string) (Disk, error)
}

// Disk is what a disk has, in bytes.
type Disk struct{ Free, Total int64 }

// Space is the scratch space of one process. It is safe for concurrent use.
type Space struct {
	Options
	own     string
	release func() error

	mu       sync.Mutex
	reserved int64
}

// FullError says why bytes cannot be reserved.
type FullError struct {
	Sentence string // for people
	Never    bool   // there is less than that even when nothing else runs
}

// Error implements error.
func (e *FullError) Error() string { return e.Sentence }

// Open makes this process's own folder, and clears what dead ones left.
func Open(o Options) (*Space, error) {
	if o.Disk == nil {
		o.Disk = measure
	}
	own, release, err := claim(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("scratch folder (--scratch): %w", err)
	}
	return &Space{Options: o, own: own, release: release}, nil
}

// Close removes the process's folder. Nothing may run any more.
func (s *Space) Close() error { return s.release() }

// Folder is the path of the process's own folder, below which attempts have
// theirs.
func (s *Space) Folder() string { return s.own }

// Reserve keeps so many bytes for a task until release is called; to call it
// again does nothing. If there are not as many now, or never will be, the error
// is a [FullError]. Nothing is reserved for 0 bytes or fewer.
func (s *Space) Reserve(bytes int64) (release func(), err error) {
	if bytes <= 0 {
		return func() {}, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	// What can never be is told before what cannot be now.
	if s.Size > 0 && bytes > s.Size {
		return nil, &FullError{fmt.Sprintf("The task needs %s of scratch space, more than the %s that this process has (--scratch-size).", size(bytes), size(s.Size)), true}
	}
	if err := s.fitsDisk(bytes); err != nil {
		return nil, err
	}
	if s.Size > 0 && bytes > s.Size-s.reserved {
		return nil, &FullError{fmt.Sprintf("The task needs %s of scratch space; running tasks have %s of the %s (--scratch-size).", size(bytes), size(s.reserved), size(s.Size)), false}
	}
	s.reserved += bytes
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.reserved -= bytes
	}), nil
}

// fitsDisk looks at the disk, which others use too. What running tasks have
// reserved and not written yet is as good as gone.
func (s *Space) fitsDisk(bytes int64) error {
	disk, err := s.Disk(s.own)
	if err == nil && bytes > disk.Total-s.Keep {
		return &FullError{fmt.Sprintf("The task needs %s of scratch space, more than the disk of %s has (--scratch).", size(bytes), s.Dir), true}
	}
	used, usedErr := usage(s.own)
	if err = errors.Join(err, usedErr); err != nil {
		return &FullError{fmt.Sprintf("The free space of %s cannot be measured: %v.", s.own, err), false}
	}
	free := max(0, disk.Free-s.Keep-max(0, s.reserved-used))
	if bytes > free {
		return &FullError{fmt.Sprintf("The task needs %s of scratch space; %s are free in %s beyond what running tasks need and what is kept free (--min-free).",
			size(bytes), size(free), s.Dir), false}
	}
	return nil
}

// Total is how many bytes the tasks of this process may use together, as far as
// the disk has them now.
func (s *Space) Total() (int64, error) {
	disk, err := s.Disk(s.own)
	if err != nil {
		return 0, err
	}
	used, err := usage(s.own)
	if err != nil {
		return 0, err
	}
	total := max(0, disk.Free+used-s.Keep)
	if s.Size > 0 {
		total = min(total, s.Size)
	}
	return total, nil
}

// Reserved is how many bytes running tasks have reserved.
func (s *Space) Reserved() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reserved
}

func size(bytes int64) string { return humanize.Bytes(uint64(max(0, bytes))) }

func measure(dir string) (Disk, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return Disk{}, fmt.Errorf("statfs %s: %w", dir, err)
	}
	return Disk{Free: int64(st.Bavail) * st.Bsize, Total: int64(st.Blocks) * st.Bsize}, nil
}

// usage is how many bytes the files below a folder have. Those that vanish
// meanwhile have none.
func usage(dir string) (bytes int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			bytes += info.Size()
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
	return bytes, err
}
