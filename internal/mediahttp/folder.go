package mediahttp

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strconv"
	"syscall"
)

// Folder serves the files below a folder, which may come to exist later.
func Folder(root string) Files { return folder(root) }

type folder string

// open implements [Files].
func (f folder) open(_ *http.Request, name string) (answer, error) {
	file, stat, err := openRegular(string(f), name)
	if err != nil {
		if gone(err) {
			err = fmt.Errorf("%w: %w", fs.ErrNotExist, err)
		}
		return nil, err
	}
	return &localFile{file, stat}, nil
}

// localFile is an open file of this machine.
type localFile struct {
	file *os.File
	stat fs.FileInfo
}

func (f *localFile) send(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", etag(f.stat))
	http.ServeContent(w, r, "", f.stat.ModTime(), f.file)
}

func (f *localFile) close() { _ = f.file.Close() } // It was only read.

// openRegular opens a regular file below root. O_NONBLOCK keeps a named pipe from
// blocking the request for ever.
func openRegular(root, name string) (*os.File, fs.FileInfo, error) {
	dir, err := os.OpenRoot(root)
	if err != nil {
		return nil, nil, err
	}
	defer dir.Close()
	f, err := dir.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	stat, err := f.Stat()
	if err == nil && !stat.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		_ = f.Close()
		return nil, nil, err
	}
	return f, stat, nil
}

// gone tells whether err means that the file is not there for the caller,
// rather than that the server has a problem: too many open files and failing
// disks are the latter, and must not be remembered by caches as 404.
func gone(err error) bool {
	for _, broken := range []error{syscall.EMFILE, syscall.ENFILE, syscall.EIO, syscall.ENOMEM} {
		if errors.Is(err, broken) {
			return false
		}
	}
	return true
}

// etag is a strong validator: a file below a key is written once, so its size
// and the time of that in nanoseconds identify its bytes.
func etag(stat fs.FileInfo) string {
	return `"` + strconv.FormatInt(stat.ModTime().UnixNano(), 36) + "-" + strconv.FormatInt(stat.Size(), 36) + `"`
}
