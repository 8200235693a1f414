package location

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/via-orchestrate/orchestrate/internal/objectstore"
	"github.com/via-orchestrate/orchestrate/internal/step"
)

// download brings a file of an attempt's folder in the bucket into the scratch
// of the attempt that reads it, once, and gives its path. Files of one folder
// come to be in one folder.
func (b bucket) download(ctx context.Context, job step.Job, p place, name, uri string) (string, error) {
	dir, err := scratchFor(job, "fetched", p.show())
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Lstat(path); err == nil {
		return path, nil // It was brought, and checked, before.
	}
	inv, err := b.inventory(ctx, dir, p, uri)
	if err != nil {
		return "", err
	}
	entry, listed := inv.Entry(name)
	if !listed {
		return "", missingError(fmt.Sprintf("File %s is not in the inventory of its folder.", uri), os.ErrNotExist)
	}
	objects, err := b.objects(ctx)
	if err != nil {
		return "", err
	}
	object, err := objects.Head(ctx, b.prefix+p.rel+"/"+name)
	if err != nil {
		return "", err
	}
	if object.Size != entry.Size {
		return "", checksumError(uri, fmt.Sprintf("has %d bytes, but its inventory says %d", object.Size, entry.Size))
	}
	if err := os.MkdirAll(filepath.Dir(path), folderMode); err != nil {
		return "", WriteError(path, err)
	}
	return path, fetchTo(ctx, objects, object, entry, path)
}

// inventory reads that of a folder once per attempt.
func (b bucket) inventory(ctx context.Context, dir string, p place, uri string) (Inventory, error) {
	kept := dir + ".json"
	text, err := os.ReadFile(kept)
	if err == nil {
		inv := Inventory{place: p}
		err := inv.parse(text, uri)
		return inv, err
	}
	inv, err := readInventory(ctx, Inventory{place: p}, uri)
	if err != nil {
		return Inventory{}, err
	}
	if err := os.MkdirAll(filepath.Dir(kept), folderMode); err != nil {
		return Inventory{}, WriteError(kept, err)
	}
	return inv, WriteError(kept, os.WriteFile(kept, inv.text, fileMode))
}

// fetchTo downloads an object to the path, where it appears whole and with the
// SHA-256 of its entry or not at all.
func fetchTo(ctx context.Context, objects *objectstore.Bucket, o objectstore.Object, want Entry, path string) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".fetching-")
	if err != nil {
		return WriteError(path, err)
	}
	err = fetchInto(ctx, objects, o, want, file)
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name()) // The scratch goes with the attempt.
		return WriteError(path, err)
	}
	return nil
}

func fetchInto(ctx context.Context, objects *objectstore.Bucket, o objectstore.Object, want Entry, file *os.File) error {
	if err := objects.Download(ctx, o, file); err != nil {
		return err
	}
	if _, err := file.Seek(0, 0); err != nil {
		return err
	}
	got, err := EntryOf(ctx, want.Name, file)
	if err != nil {
		return err
	}
	if got != want {
		return checksumError(objects.URI(o.Key), "is not what its inventory says: its SHA-256 differs")
	}
	return file.Chmod(fileMode)
}
