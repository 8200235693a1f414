package location

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// disk is a folder of this machine. [os.Root] keeps symbolic links below it from
// leading elsewhere.
type disk struct {
	path string
	// prune is held while folders are made and while empty parents are removed,
	// so that no parent vanishes under a folder that is being made.
	prune *sync.Mutex
}

var _ tree = disk{}

func (d disk) key() string                { return canonical(d.path) }
func (d disk) address(name string) string { return FileURI(d.show(name)) }
func (d disk) show(name string) string    { return filepath.Join(d.path, filepath.FromSlash(name)) }
func (d disk) settled() tree              { return disk{canonical(d.path), d.prune} }

// below compares the path as configured and with symbolic links resolved, so
// that addresses outlive the move of a data folder to behind a link.
func (d disk) below(a address) [][]string {
	if a.bucket != "" {
		return nil
	}
	return [][]string{split(filepath.Clean(d.path), a.path), split(canonical(d.path), a.path)}
}

// walkChunk is how many entries of a folder are read at a time: a tenant may
// have millions of ingests.
const walkChunk = 256

func (d disk) folders(_ context.Context, name string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		dir, err := os.Open(d.show(name))
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err != nil {
			yield("", err)
			return
		}
		defer dir.Close()
		for {
			entries, err := dir.ReadDir(walkChunk)
			for _, e := range entries {
				if e.IsDir() && !yield(e.Name(), nil) {
					return
				}
			}
			if errors.Is(err, io.EOF) || errors.Is(err, fs.ErrNotExist) {
				return
			}
			if err != nil {
				yield("", err)
				return
			}
		}
	}
}

func (d disk) found(_ context.Context, name string) (bool, error) {
	info, err := os.Lstat(d.show(name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && info.IsDir(), err
}

func (d disk) newest(ctx context.Context, name string) (newest time.Time, err error) {
	err = filepath.WalkDir(d.show(name), func(_ string, e fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
		return err
	})
	return newest, err
}

// remove is done even when the context is.
func (d disk) remove(_ context.Context, name string) error {
	root, err := os.OpenRoot(d.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("remove %s: %w", d.show(name), err)
	}
	defer root.Close()
	rel := filepath.FromSlash(name)
	if err := root.RemoveAll(rel); err != nil {
		return fmt.Errorf("remove %s: %w", d.show(name), err)
	}
	d.prune.Lock()
	defer d.prune.Unlock()
	for dir := filepath.Dir(rel); dir != "."; dir = filepath.Dir(dir) {
		if root.Remove(dir) != nil {
			break // not empty: others use it
		}
	}
	return nil
}

// makeEmpty makes a folder anew.
func (d disk) makeEmpty(name string) error {
	d.prune.Lock()
	defer d.prune.Unlock()
	if err := os.MkdirAll(d.path, folderMode); err != nil {
		return err
	}
	root, err := os.OpenRoot(d.path)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.RemoveAll(name); err != nil {
		return err
	}
	return root.MkdirAll(name, folderMode)
}

func (d disk) open(_ context.Context, folder, name string) (io.ReadCloser, error) {
	return d.openFile(folder, name)
}

func (d disk) openFile(folder, name string) (*os.File, error) {
	root, err := os.OpenRoot(d.show(folder))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	file, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", name)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// check refuses symbolic links.
func (d disk) check(_ context.Context, name, uri string) error {
	path := d.show(name)
	resolved, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return missingError(fmt.Sprintf("File %s is gone.", uri), err)
	}
	if err != nil {
		return missingError(fmt.Sprintf("File %s cannot be reached%s.", uri, errnoText(err)), err)
	}
	if resolved != path {
		return forbiddenError(fmt.Sprintf("File %s is reached through a symbolic link, which is not allowed.", uri))
	}
	return nil
}

// sizes leaves out what is not a regular file.
func (d disk) sizes(_ context.Context, folder string, files []Entry) (map[string]int64, error) {
	sizes := map[string]int64{}
	for _, e := range files {
		info, err := os.Lstat(filepath.Join(d.show(folder), filepath.FromSlash(e.Name)))
		if err == nil && info.Mode().IsRegular() {
			sizes[e.Name] = info.Size()
		}
	}
	return sizes, nil
}
