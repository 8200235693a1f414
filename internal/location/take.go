package location

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	// takeChunk is how much is copied between two looks at the context.
	takeChunk = 32 << 20
	// fileMode keeps other users of the machine out.
	fileMode = 0o640
)

// Open opens a file of the folder, which must be a regular one. The caller
// closes it. Errors wrap [fs.ErrNotExist] where there is none.
func (inv Inventory) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if inv.place.tree == nil {
		return nil, fs.ErrNotExist
	}
	return inv.place.tree.open(ctx, inv.place.rel, name)
}

// Take brings a file of another attempt's folder into this one, under its own
// name, in the way that moves the fewest bytes: as a hard link, which makes the
// folders share the bytes but outlive each other, as a copy that the storage
// makes, or through this machine. What passes through this machine or stays on
// it is read, and has the size and SHA-256 of e; what the storage copies it
// checks itself. Errors are a [vod.StepError], INFRA checksum for other bytes,
// or that of ctx.
func (f *Folder) Take(ctx context.Context, from Inventory, e Entry) error {
	return f.TakeAs(ctx, from, e, e.Name)
}

// TakeAs is [Folder.Take] under another name, which may have slashes.
func (f *Folder) TakeAs(ctx context.Context, from Inventory, e Entry, name string) error {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return configError(fmt.Sprintf("%q cannot be the name of a file.", name))
	}
	if b, ok := from.place.tree.(bucket); ok {
		return f.takeObject(ctx, b, from.place.rel+"/"+e.Name, e, name)
	}
	return f.takeFile(ctx, from, e, name)
}

// takeFile takes a file of this machine.
func (f *Folder) takeFile(ctx context.Context, from Inventory, e Entry, name string) error {
	d, ok := from.place.tree.(disk)
	if !ok {
		return configError("The inventory is of no folder.")
	}
	source := filepath.Join(from.Folder(), filepath.FromSlash(e.Name))
	in, err := d.openFile(from.place.rel, e.Name)
	if err != nil {
		return ReadError(source, err)
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return ReadError(source, err)
	}
	if info.Size() != e.Size {
		return checksumError(source, fmt.Sprintf("has %d bytes, but its inventory says %d", info.Size(), e.Size))
	}
	target, err := f.makeRoom(name)
	if err != nil {
		return err
	}
	if err := linkOrCopy(ctx, in, source, target, os.Link); err != nil {
		return WriteError(target, err)
	}
	if err := f.verify(ctx, in, source, target, e); err != nil {
		return err
	}
	f.Known(Entry{Name: name, Size: e.Size, SHA256: e.SHA256})
	return nil
}

// makeRoom makes the folder that a file is to be in, and gives the file's path.
func (f *Folder) makeRoom(name string) (string, error) {
	target := filepath.Join(f.Path(), filepath.FromSlash(name))
	return target, WriteError(target, os.MkdirAll(filepath.Dir(target), folderMode))
}

// linkOrCopy copies where there can be no hard link. It lets the kernel do it,
// which shares blocks where the file system can.
func linkOrCopy(ctx context.Context, in *os.File, source, target string, link func(from, to string) error) error {
	err := link(source, target)
	if err == nil || !cannotLink(err) {
		return err
	}
	out, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	for err == nil && ctx.Err() == nil {
		_, err = io.CopyN(out, in, takeChunk)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, ctx.Err(), out.Close())
}

// cannotLink tells whether the file system, or a limit of it, is why there is no
// hard link.
func cannotLink(err error) bool {
	for _, why := range []error{syscall.EXDEV, syscall.EPERM, syscall.EMLINK, syscall.ENOTSUP, syscall.ENOSYS} {
		if errors.Is(err, why) {
			return true
		}
	}
	return false
}

// verify reads what was brought, and when it is wrong the source too, to tell
// which side is damaged.
func (f *Folder) verify(ctx context.Context, in io.ReadSeeker, source, target string, want Entry) error {
	file, err := os.Open(target)
	if err != nil {
		return ReadError(target, err)
	}
	defer file.Close()
	got, err := EntryOf(ctx, want.Name, file)
	if err != nil {
		return ReadError(target, err)
	}
	if got == want {
		return nil
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return ReadError(source, err)
	}
	if got, err = EntryOf(ctx, want.Name, in); err != nil {
		return ReadError(source, err)
	}
	if got != want {
		return checksumError(source, "is not what its inventory says: its SHA-256 differs")
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

// ReadError makes the [vod.StepError] for reading a file at a location that
// failed: INFRA source_missing where it is gone, INFRA source_unreadable
// otherwise. A StepError or the end of a context is given back as it is;
// nil for nil.
func ReadError(file string, err error) error {
	var se *vod.StepError
	if err == nil || errors.As(err, &se) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return missingError(fmt.Sprintf("File %s is gone.", file), err)
	}
	return &vod.StepError{
		Class: vod.ClassInfra, Reason: vod.ReasonSourceUnreadable, Cause: err,
		Message: fmt.Sprintf("Reading %s failed%s.", file, errnoText(err)),
		Hint:    "Check the disk or the mount that it is on, then retry the ingest.",
	}
}
