package upload

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// Folder is [Objects] in a folder that all machines share. It is safe for
// concurrent use.
type Folder struct{ root *os.Root }

// OpenFolder opens the folder, which is made where it is missing. Close releases
// it.
func OpenFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Folder{root}, nil
}

// Close releases the folder.
func (f *Folder) Close() error { return f.root.Close() }

// partial is what the name of a file that is being written ends with.
const partial = ".part"

// Put implements [Objects]. The file takes its name once it is on the disk.
func (f *Folder) Put(ctx context.Context, key string, file *os.File) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	name := filepath.FromSlash(key)
	if err := f.root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	to, err := f.root.OpenFile(name+partial, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, &whileAsked{ctx, file})
	if err = errors.Join(err, to.Sync(), to.Close()); err == nil {
		err = f.root.Rename(name+partial, name)
	}
	if err != nil {
		return errors.Join(err, f.remove(name+partial))
	}
	return nil
}

// whileAsked reads until the context is done.
type whileAsked struct {
	ctx context.Context
	io.Reader
}

func (r *whileAsked) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

// Get implements [Objects].
func (f *Folder) Get(_ context.Context, key string) (io.ReadSeekCloser, Object, error) {
	file, err := f.root.Open(filepath.FromSlash(key))
	if err != nil {
		return nil, Object{}, err
	}
	stat, err := file.Stat()
	if err != nil {
		return nil, Object{}, errors.Join(err, file.Close())
	}
	return file, Object{key, stat.Size(), stat.ModTime()}, nil
}

// List implements [Objects]. The prefix ends at a folder.
func (f *Folder) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		err := fs.WalkDir(f.root.FS(), path.Clean(prefix), func(name string, d fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil
			case err != nil:
				return err
			case ctx.Err() != nil:
				return ctx.Err()
			case d.IsDir():
				return nil
			}
			info, err := d.Info()
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			key := strings.TrimSuffix(name, partial) // What a crash left is to be found, and removed.
			if err == nil && !yield(Object{key, info.Size(), info.ModTime()}, nil) {
				return fs.SkipAll
			}
			return err
		})
		if err != nil {
			yield(Object{}, err)
		}
	}
}

// Remove implements [Objects].
func (f *Folder) Remove(_ context.Context, key string) error {
	name := filepath.FromSlash(key)
	return errors.Join(f.remove(name), f.remove(name+partial))
}

// Tidy implements [Objects]. List shows all that there is.
func (f *Folder) Tidy(context.Context, string, time.Time) error { return nil }

func (f *Folder) remove(name string) error {
	err := f.root.Remove(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
