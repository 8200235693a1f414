package doctor

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/upload"
)

// Folders checks the folders that a process writes to, and the space there.
func Folders(c config.Config) (all []Finding) {
	for _, dir := range []struct{ name, path, flag string }{
		{"data folder", c.Data, "--data"},
		{"media folder", c.MediaLocation().Path, "--media-root"},
		{"store folder", c.StoreLocation().Path, "--store-root"},
		{"scratch folder", c.Scratch, "--scratch"},
	} {
		if dir.path == "" || dir.name != "media folder" && dir.path != c.Data && filepath.Dir(dir.path) == c.Data {
			continue // In a bucket, or within the data folder.
		}
		all = append(all, checkWritable(dir.name, dir.path, dir.flag), checkSpace(dir.name, dir.path, c.MinFree))
	}
	return all
}

// existing is the nearest folder above path that exists, path itself included.
func existing(path string) string {
	for {
		if _, err := os.Stat(path); err == nil || path == filepath.Dir(path) {
			return path
		}
		path = filepath.Dir(path)
	}
}

// checkWritable tries to write where the folder is, or would be made.
func checkWritable(name, path, flag string) Finding {
	dir := existing(path)
	f, err := os.CreateTemp(dir, ".orchestrate-doctor-")
	if err == nil {
		err = errors.Join(f.Close(), os.Remove(f.Name()))
	}
	switch {
	case err != nil:
		return Finding{name, Problem, fmt.Sprintf("cannot write to %s: %v", dir, err), "give it to the user that runs this, or name another folder with " + flag}
	case dir != path:
		return Finding{name, OK, path + " will be made", ""}
	}
	return Finding{name, OK, path + " can be written", ""}
}

func checkSpace(name, path string, minFree config.Bytes) Finding {
	free, err := upload.FreeSpace(existing(path))
	name += " space"
	switch {
	case err != nil:
		return failed(name, err, "")
	case free < int64(minFree):
		return Finding{
			name, Problem, fmt.Sprintf("%s free, less than the %s of min-free: new work would wait", config.Bytes(free), minFree),
			"free space on that disk, or lower --min-free",
		}
	}
	return Finding{name, OK, fmt.Sprintf("%s free, min-free is %s", config.Bytes(free), minFree), ""}
}
