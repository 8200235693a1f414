package fetch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"syscall"
)

// Folder is a [Source] over the files below a folder. Symbolic links that lead
// out of it are not followed.
type Folder struct{ root *os.Root }

// OpenFolder opens the folder. The caller closes it.
func OpenFolder(dir string) (*Folder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Folder{root}, nil
}

// Close releases the folder.
func (d *Folder) Close() error { return d.root.Close() }

// FS gives the files to look around in.
func (d *Folder) FS() fs.FS { return d.root.FS() }

// Resolve implements [Source].
func (d *Folder) Resolve(base, reference string) (string, error) {
	u, err := url.Parse(reference)
	if err != nil {
		return "", errNoAddress
	}
	if u.IsAbs() || u.Host != "" {
		return "", fmt.Errorf("%q %w of the folder", clean(reference), ErrOutside)
	}
	name := path.Join(path.Dir(base), u.Path)
	if path.IsAbs(u.Path) || !filepath.IsLocal(filepath.FromSlash(name)) {
		return "", fmt.Errorf("%q %w of the folder", clean(reference), ErrOutside)
	}
	return name, nil
}

// Open implements [Source].
func (d *Folder) Open(_ context.Context, address string, _ int64) (File, error) {
	// Without O_NONBLOCK opening a named pipe would wait for its writer.
	f, err := d.root.OpenFile(filepath.FromSlash(address), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is %w", address, ErrMissing)
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is %w: it is no file", address, ErrMissing)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &folderFile{f, info.Size()}, nil
}

type folderFile struct {
	*os.File
	size int64
}

func (f *folderFile) Size() int64 { return f.size }

// clean leaves user-info and query out of an address for people.
func clean(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an address that is none"
	}
	if u.User != nil {
		u.User = nil
	}
	if u.RawQuery != "" {
		u.RawQuery = "…"
		out := u.Scheme + "://" + u.Host + u.Path + "?…"
		if u.Host == "" {
			out = u.Path + "?…"
		}
		return out
	}
	return u.String()
}
