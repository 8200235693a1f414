package distribution

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	// chunk is how much is copied between two looks at the context.
	chunk = 32 << 20
	// copyShare is the share of the work that copying is; the rest is reading
	// back.
	copyShare = 0.6
)

// transfer fills the folder and checks it: what is read back has to be what the
// inventories of the sources say. That a source was read right follows from it.
func transfer(ctx context.Context, job step.Job, p plan, folder *location.Folder) error {
	var total, done int64
	for _, t := range p.trees {
		for _, e := range t.files {
			total += e.Size
		}
	}
	report := func(n int64) {
		done += n
		job.Progress(copyShare * float64(done) / float64(max(total, 1)))
	}
	for _, t := range p.trees {
		if err := copyTree(ctx, t, folder.Path(), report); err != nil {
			return err
		}
	}
	inv, err := folder.Commit(ctx)
	if err != nil {
		return err
	}
	if err := verify(ctx, p, inv); err != nil {
		return err
	}
	job.Progress(1)
	return nil
}

func copyTree(ctx context.Context, t *tree, target string, report func(int64)) error {
	source, err := os.OpenRoot(t.folder)
	if err != nil {
		return readError(t.folder, err)
	}
	defer source.Close()
	made := map[string]bool{}
	for _, e := range t.files {
		to := filepath.Join(target, filepath.FromSlash(path.Join(t.prefix, e.Name)))
		if dir := filepath.Dir(to); !made[dir] {
			if err := os.MkdirAll(dir, 0o750); err != nil {
				return location.WriteError(to, err)
			}
			made[dir] = true
		}
		if err := copyFile(ctx, source, e, to, report); err != nil {
			return err
		}
	}
	return nil
}

// copyFile lets the kernel copy, which shares blocks where the file system can.
func copyFile(ctx context.Context, source *os.Root, e location.Entry, to string, report func(int64)) error {
	from := filepath.Join(source.Name(), filepath.FromSlash(e.Name))
	in, err := source.Open(filepath.FromSlash(e.Name))
	if err != nil {
		return readError(from, err)
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return readError(from, err)
	}
	if !info.Mode().IsRegular() || info.Size() != e.Size {
		return checksumError(from, fmt.Sprintf("has %d bytes, but its inventory says %d", info.Size(), e.Size))
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return location.WriteError(to, err)
	}
	for err == nil && ctx.Err() == nil {
		var n int64
		n, err = io.CopyN(out, in, chunk)
		report(n)
	}
	if cerr := out.Close(); errors.Is(err, io.EOF) {
		err = cerr
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return location.WriteError(to, err)
}

// verify compares what was read back with what there was to copy.
func verify(ctx context.Context, p plan, inv location.Inventory) error {
	got := make(map[string]location.Entry, len(inv.Files))
	for _, e := range inv.Files {
		got[e.Name] = e
	}
	for _, t := range p.trees {
		for _, want := range t.files {
			name := path.Join(t.prefix, want.Name)
			if e := got[name]; e.Size == want.Size && e.SHA256 == want.SHA256 {
				continue
			}
			return blame(ctx, t, want, filepath.Join(inv.Folder, filepath.FromSlash(name)))
		}
	}
	return nil
}

// blame reads the source again to tell which side is damaged.
func blame(ctx context.Context, t *tree, want location.Entry, target string) error {
	from := filepath.Join(t.folder, filepath.FromSlash(want.Name))
	e, err := entryOf(ctx, from, want.Name)
	if err != nil {
		return err
	}
	if e != want {
		return checksumError(from, "is not what its inventory says: its SHA-256 differs")
	}
	return checksumError(target, "was not written right: read back, its SHA-256 differs from the source's")
}

func checksumError(file, what string) error {
	return &vod.StepError{
		Class: vod.ClassInfra, Reason: vod.ReasonChecksum,
		Message: fmt.Sprintf("%s %s.", file, what),
		Hint:    "Check the disk that it is on. Retrying the ingest does the work again whose files are gone.",
	}
}

func readError(file string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	e := &vod.StepError{
		Class: vod.ClassInfra, Reason: vod.ReasonSourceUnreadable, Cause: err,
		Message: fmt.Sprintf("Reading %s failed.", file),
		Hint:    "Check the disk or the mount that it is on, then retry the ingest.",
	}
	if errors.Is(err, os.ErrNotExist) {
		e.Reason, e.Message = vod.ReasonSourceMissing, fmt.Sprintf("File %s is gone.", file)
	}
	return e
}
