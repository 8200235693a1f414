package location

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// InventoryName is the name of the list of all files of a committed folder.
const InventoryName = "inventory.json"

// commitWorkers is how many files are read and synced side by side.
const commitWorkers = 4

// Inventory lists every file of a committed folder but itself, by name.
type Inventory struct {
	Name  string  `json:"-"` // of the file that it was asked for, below the folder; with slashes
	Files []Entry `json:"files"`
	place place
	text  []byte // as it was read
}

// Entry is one file of an inventory.
type Entry struct {
	Name   string `json:"name"` // below the folder, with slashes
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// Size is the sum of the files' sizes in bytes.
func (inv Inventory) Size() (sum int64) {
	for _, e := range inv.Files {
		sum += e.Size
	}
	return sum
}

// Folder tells folders apart: it is the same for the same one, for use as a key
// and for people. The zero Inventory has none.
func (inv Inventory) Folder() string {
	if inv.place.tree == nil {
		return ""
	}
	return inv.place.show()
}

// Entry finds a file by name.
func (inv Inventory) Entry(name string) (Entry, bool) {
	i := slices.IndexFunc(inv.Files, func(e Entry) bool { return e.Name == name })
	if i < 0 {
		return Entry{}, false
	}
	return inv.Files[i], true
}

// Commit ends the writing: it reads every file that is not [Folder.Known],
// brings all of it to the location, writes [InventoryName] last and makes all of
// it durable. Errors are a [vod.StepError], or that of ctx.
func (f *Folder) Commit(ctx context.Context) (Inventory, error) {
	commit := f.commitDisk
	if f.remote != nil {
		commit = f.commitBucket
	}
	inv, err := commit(ctx)
	if err != nil {
		return Inventory{}, WriteError(f.Path(), err)
	}
	return inv, nil
}

// commitDisk makes the folders above durable, too.
func (f *Folder) commitDisk(ctx context.Context) (Inventory, error) {
	files, folders, err := listFolder(f.Path())
	if err != nil {
		return Inventory{}, err
	}
	inv := Inventory{place: f.place, Files: make([]Entry, len(files))}
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(commitWorkers)
	for i, name := range files {
		group.Go(func() error {
			return f.reading(groupCtx, name, func(file *os.File, e Entry) error {
				inv.Files[i] = e
				return file.Sync()
			})
		})
	}
	if err := group.Wait(); err != nil {
		return Inventory{}, err
	}
	if err := writeInventory(f.Path(), inv); err != nil {
		return Inventory{}, err
	}
	root := filepath.Clean(f.loc.Path)
	for dir := f.Path(); dir != root; {
		dir = filepath.Dir(dir)
		folders = append(folders, dir)
	}
	for _, dir := range folders {
		if err := syncPath(dir); err != nil {
			return Inventory{}, err
		}
	}
	return inv, nil
}

// listFolder gives the regular files below folder, sorted by name with slashes,
// and all folders. Anything else in there is an error.
func listFolder(folder string) (files, folders []string, err error) {
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			folders = append(folders, path)
			return nil
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, folder+string(filepath.Separator)))
		if !d.Type().IsRegular() {
			return fmt.Errorf("%s is not a regular file", name)
		}
		if name != InventoryName {
			files = append(files, name)
		}
		return nil
	})
	slices.Sort(files)
	return files, folders, err
}

// reading opens a file and has it used with its entry: the known one if the size
// is right, else that of reading it.
func (f *Folder) reading(ctx context.Context, name string, use func(*os.File, Entry) error) error {
	file, err := os.Open(filepath.Join(f.Path(), filepath.FromSlash(name)))
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	entry, ok := f.known[name]
	if !ok || entry.Size != info.Size() {
		if entry, err = EntryOf(ctx, name, file); err != nil {
			return err
		}
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return err
		}
	}
	return use(file, entry)
}

// EntryOf reads r to its end and gives the entry of a file with these bytes.
func EntryOf(ctx context.Context, name string, r io.Reader) (Entry, error) {
	hash := sha256.New()
	size, err := io.CopyBuffer(onlyWriter{hash}, contextReader{ctx, r}, make([]byte, 256<<10))
	if err != nil {
		return Entry{}, err
	}
	return Entry{Name: name, Size: size, SHA256: hex.EncodeToString(hash.Sum(nil))}, nil
}

// onlyWriter hides ReaderFrom, so that the buffer given is the one used.
type onlyWriter struct{ io.Writer }

// contextReader ends reading with the context's error.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

func writeInventory(folder string, inv Inventory) error {
	text, err := json.Marshal(inv)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(folder, InventoryName), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	_, err = file.Write(append(text, '\n'))
	if err == nil {
		err = file.Sync()
	}
	if cerr := file.Close(); err == nil {
		err = cerr
	}
	return err
}

func syncPath(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return file.Sync()
}
