package retrieval

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// fileSource is an open file.
type fileSource struct {
	file  io.ReadSeekCloser
	name  string
	shown string
	size  int64
	// now tells the size and the time of the last change, and mod is what it was
	// when the file was opened. nil: the file does not change.
	now func() (fs.FileInfo, error)
	mod time.Time
}

// openFile opens a file: address below one of the folders. [os.Root] keeps
// symbolic links from leading out of it.
func openFile(folders []string, address string) (source, error) {
	path, err := location.PathOf(address)
	if err != nil {
		return nil, &vod.StepError{
			Class: vod.ClassConfig, Reason: vod.ReasonConfig, Message: fmt.Sprintf("%s: %v.", address, err),
			Hint: "Write it as file:///folder/name, percent-encoded, without dots.",
		}
	}
	for _, folder := range folders {
		rel, err := filepath.Rel(folder, path)
		if err != nil || rel == "." || !filepath.IsLocal(rel) {
			continue
		}
		file, err := openBelow(folder, rel)
		if err != nil {
			return nil, openError(address, err)
		}
		return newFileSource(file, filepath.Base(path), address)
	}
	return nil, &vod.StepError{
		Class: vod.ClassConfig, Reason: vod.ReasonForbidden,
		Message: fmt.Sprintf("%s is not below a folder that may be read.", address),
		Hint:    "Start the server with --allow-source-dir for that folder, or upload the file.",
	}
}

// openBelow opens without waiting for the writer of a named pipe.
func openBelow(folder, rel string) (*os.File, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.OpenFile(rel, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

// openUpload opens an uploaded file.
func openUpload(ctx context.Context, uploads Uploads, tenant, id string) (source, error) {
	shown := "upload:" + id
	if uploads == nil {
		return nil, openError(shown, fs.ErrNotExist)
	}
	file, name, size, err := uploads.Open(ctx, tenant, id)
	var se *vod.StepError
	switch {
	case errors.As(err, &se):
		return nil, se
	case errors.Is(err, fs.ErrNotExist):
		return nil, openError(shown, err)
	case err != nil:
		return nil, &vod.StepError{
			Class: vod.ClassInfra, Reason: vod.ReasonSourceUnreadable, Cause: err,
			Message: fmt.Sprintf("%s cannot be opened.", shown),
			Hint:    "Look at the storage of uploads: the disk of the server, or the bucket of store-root.",
		}
	}
	return &fileSource{file: file, name: name, shown: shown, size: size}, nil
}

func newFileSource(file *os.File, name, shown string) (source, error) {
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is not a regular file")
	}
	if err != nil {
		_ = file.Close()
		return nil, openError(shown, err)
	}
	return &fileSource{file: file, name: name, shown: shown, size: info.Size(), now: file.Stat, mod: info.ModTime()}, nil
}

func openError(shown string, err error) error {
	e := &vod.StepError{
		Class: vod.ClassMedia, Reason: vod.ReasonSourceUnreadable, Cause: err,
		Message: fmt.Sprintf("%s cannot be opened.", shown),
		Hint:    "Check that it is a plain file which the server may read, then submit it again.",
	}
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		e.Reason, e.Message = vod.ReasonSourceMissing, fmt.Sprintf("%s does not exist.", shown)
	case errors.Is(err, fs.ErrPermission):
		e.Reason, e.Message = vod.ReasonForbidden, fmt.Sprintf("The server may not read %s.", shown)
	}
	return e
}

func (f *fileSource) Name() string { return f.name }

func (f *fileSource) Close() error { return f.file.Close() }

// CopyTo implements source.
func (f *fileSource) CopyTo(ctx context.Context, s *sink) error {
	if _, err := f.file.Seek(0, io.SeekStart); err != nil {
		return f.readError(err)
	}
	if err := s.expect(f.size); err != nil {
		return err
	}
	for ctx.Err() == nil {
		n, err := f.file.Read(s.buffer)
		if _, werr := s.Write(s.buffer[:n]); werr != nil {
			return werr
		}
		if errors.Is(err, io.EOF) || s.size > f.size { // one that grows may have no end
			return f.checkUnchanged(s.size)
		}
		if err != nil {
			return f.readError(err)
		}
	}
	return ctx.Err()
}

// checkUnchanged refuses a file that was written to while it was read.
func (f *fileSource) checkUnchanged(read int64) error {
	same := read == f.size
	if f.now != nil {
		info, err := f.now()
		if err != nil {
			return f.readError(err)
		}
		same = same && info.Size() == f.size && info.ModTime().Equal(f.mod)
	}
	if same {
		return nil
	}
	return &vod.StepError{
		Class: vod.ClassRemote, Reason: vod.ReasonSourceUnreadable,
		Message: fmt.Sprintf("%s changed while it was read.", f.shown),
		Hint:    "Submit a file once it is complete.",
	}
}

func (f *fileSource) readError(err error) error {
	return &vod.StepError{
		Class: vod.ClassRemote, Reason: vod.ReasonSourceUnreadable, Cause: err,
		Message: fmt.Sprintf("Reading %s failed.", f.shown),
		Hint:    "Check the disk or the mount that it is on.",
	}
}
