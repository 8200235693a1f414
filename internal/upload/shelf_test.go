package upload

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// folder is [Objects] in a folder, which can be out of order.
type folder struct {
	dir    string
	broken atomic.Bool
}

var errBroken = errors.New("out of order")

func (f *folder) path(key string) string { return filepath.Join(f.dir, filepath.FromSlash(key)) }

func (f *folder) Put(_ context.Context, key string, file *os.File) error {
	if f.broken.Load() {
		return errBroken
	}
	data, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	return errors.Join(os.MkdirAll(filepath.Dir(f.path(key)), 0o700), os.WriteFile(f.path(key), data, 0o600))
}

func (f *folder) Get(_ context.Context, key string) (io.ReadSeekCloser, Object, error) {
	if f.broken.Load() {
		return nil, Object{}, errBroken
	}
	file, err := os.Open(f.path(key))
	if err != nil {
		return nil, Object{}, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, Object{}, err
	}
	return file, Object{key, info.Size(), info.ModTime()}, nil
}

func (f *folder) List(_ context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		for _, key := range f.keys() {
			info, err := os.Stat(f.path(key))
			if errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(key, prefix) {
				continue
			}
			if err != nil || !yield(Object{key, info.Size(), info.ModTime()}, nil) {
				return
			}
		}
	}
}

func (f *folder) Remove(_ context.Context, key string) error {
	if f.broken.Load() {
		return errBroken
	}
	return ignoreMissing(os.Remove(f.path(key)))
}

func (f *folder) Tidy(context.Context, string, time.Time) error { return nil }

func (f *folder) keys() (keys []string) {
	_ = filepath.WalkDir(f.dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(f.dir, path)
			keys = append(keys, filepath.ToSlash(rel))
		}
		return nil
	})
	slices.Sort(keys)
	return keys
}

// shelved gives two servers that share a shelf.
func shelved(t *testing.T, change func(*Options)) (one, other *bundle, objects *folder) {
	t.Helper()
	objects = &folder{dir: t.TempDir()}
	set := func(o *Options) {
		o.Shelf = NewShelf(objects)
		if change != nil {
			change(o)
		}
	}
	return setup(t, set), setup(t, set), objects
}

// local lists the files in a server's own folder.
func local(b *bundle) []string {
	b.Helper()
	entries, err := os.ReadDir(b.server.dir)
	if err != nil {
		b.Fatal(err)
	}
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// A complete upload is known to all servers before its client is told.
func TestMovedToTheShelf(t *testing.T) {
	t.Parallel()
	one, other, objects := shelved(t, nil)
	path := one.create(4, "clip.mp4")
	wantStatus(t, one.patch(path, 0, strings.NewReader("ab"), nil), 204)
	wantStatus(t, other.do("HEAD", path, nil, nil), 404) // Only its own server knows one that is under way.
	wantStatus(t, one.patch(path, 2, strings.NewReader("cd"), nil), 204)
	if files := local(one); len(files) != 0 {
		t.Errorf("left in the server's folder: %q", files)
	}
	key := ".uploads/a/" + idOf(path)
	if keys := objects.keys(); !slices.Equal(keys, []string{key, key + ".json"}) {
		t.Errorf("objects: %q", keys)
	}
	for _, b := range []*bundle{one, other} {
		if n := b.offset(path); n != 4 {
			t.Errorf("stands at %d", n)
		}
		if name, text := b.content(path); name != "clip.mp4" || text != "abcd" {
			t.Errorf("%q holds %q", name, text)
		}
		wantStatus(t, b.do("HEAD", path, nil, header{"X-Vimond-Tenant": "b"}), 404)
		wantStatus(t, b.do("DELETE", path, nil, header{"X-Vimond-Tenant": "b"}), 404)
		wantStatus(t, b.patch(path, 4, strings.NewReader(""), nil), 204)
		wantStatus(t, b.patch(path, 0, strings.NewReader("x"), nil), 409)
		wantStatus(t, b.patch(path, 4, strings.NewReader("x"), nil), 413)
		wantStatus(t, b.patch(path, 4, unsized("x"), nil), 413)
	}
	wantStatus(t, other.do("DELETE", path, nil, nil), 204)
	if keys := objects.keys(); len(keys) != 0 {
		t.Errorf("left on the shelf: %q", keys)
	}
	if _, _, _, err := one.server.Open(t.Context(), "a", idOf(path)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open of one that was deleted: %v", err)
	}
}

func TestEmptyFileIsMoved(t *testing.T) {
	t.Parallel()
	one, other, _ := shelved(t, nil)
	if name, text := other.content(one.create(0, "none")); name != "none" || text != "" {
		t.Errorf("%q holds %q", name, text)
	}
}

// A client is not told that an upload is complete until it is moved; asking
// again moves it.
func TestShelfOutOfOrder(t *testing.T) {
	t.Parallel()
	one, other, objects := shelved(t, nil)
	path := one.create(2, "")
	objects.broken.Store(true)
	detail := "All bytes have arrived, but the storage that they belong in does not take them now. They are kept; try again in a moment."
	wantProblem(t, one.patch(path, 0, strings.NewReader("ab"), nil), 503, detail)
	wantStatus(t, one.do("HEAD", path, nil, nil), 503)
	wantProblem(t, other.patch(path, 2, strings.NewReader(""), nil), 503, "The storage of uploads does not answer. Try again in a moment.")
	objects.broken.Store(false)
	if n := one.offset(path); n != 2 {
		t.Errorf("stands at %d", n)
	}
	if _, text := other.content(path); text != "ab" {
		t.Errorf("holds %q", text)
	}
}

// What was complete when the server was killed is moved by its successor.
func TestMoveIsTakenUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := setupIn(t, dir, nil)
	path := first.create(2, "")
	wantStatus(t, first.patch(path, 0, strings.NewReader("ab"), nil), 204)
	begun := first.create(2, "")
	objects := &folder{dir: t.TempDir()}
	second := setupIn(t, dir, func(o *Options) { o.Shelf = NewShelf(objects) })
	if n, err := second.server.Sweep(time.Now()); n != 0 || err != nil {
		t.Fatalf("took %d, %v", n, err)
	}
	if n := second.offset(path); n != 2 { // It waits for the move.
		t.Errorf("stands at %d", n)
	}
	if name := local(second); !slices.Equal(name, []string{idOf(begun) + ".data", idOf(begun) + ".json"}) {
		t.Errorf("in the server's folder: %q", name)
	}
	if keys := objects.keys(); len(keys) != 2 {
		t.Errorf("on the shelf: %q", keys)
	}
}

// Any server sweeps the shelf, of data that came alone too.
func TestSweepOfTheShelf(t *testing.T) {
	t.Parallel()
	used := ""
	one, other, objects := shelved(t, func(o *Options) {
		o.InUse = func(tenant, id string) (bool, error) { return tenant == "a" && id == used, nil }
	})
	needed, complete := one.create(0, ""), one.create(0, "")
	used = idOf(needed)
	alone := ".uploads/a/" + strings.Repeat("a", 32)
	if err := os.WriteFile(objects.path(alone), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := other.server.Sweep(time.Now().Add(Lifetime - time.Minute)); n != 0 || err != nil {
		t.Fatalf("took %d before their time, %v", n, err)
	}
	if n, err := other.server.Sweep(time.Now().Add(Lifetime + shelfEvery)); n != 2 || err != nil {
		t.Fatalf("took %d, want 2; %v", n, err)
	}
	wantStatus(t, one.do("HEAD", needed, nil, nil), 200)
	wantStatus(t, one.do("HEAD", complete, nil, nil), 404)
	if keys := objects.keys(); len(keys) != 2 {
		t.Errorf("on the shelf: %q", keys)
	}
}
