package check

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// maxFound is how many manifests of a folder are read.
const maxFound = 20

// FindManifests looks for what to start from in a folder: multivariant playlists
// and DASH manifests at the highest level where there are any. Of playlists,
// index.m3u8 is taken before others, and where there is none, those of the same
// level that other files do not name.
func FindManifests(folder fs.FS) ([]string, error) {
	type found struct {
		name  string
		depth int
	}
	var all []found
	err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		ext := strings.ToLower(path.Ext(name))
		if entry.Type().IsRegular() && (ext == ".m3u8" || ext == ".mpd") && len(all) < 1000 {
			all = append(all, found{name, strings.Count(name, "/")})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []string
	for _, ext := range []string{".m3u8", ".mpd"} {
		var names []string
		top := -1
		for _, f := range all {
			if strings.ToLower(path.Ext(f.name)) != ext || (top >= 0 && f.depth > top) {
				continue
			}
			if f.depth < top {
				names = nil
			}
			top = f.depth
			names = append(names, f.name)
		}
		out = append(out, multivariant(folder, names)...)
	}
	if len(out) > maxFound {
		out = out[:maxFound]
	}
	return out, nil
}

// hasVariants tells whether a playlist is a multivariant one.
func hasVariants(folder fs.FS, name string) bool {
	f, err := folder.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxManifest))
	return err == nil && bytes.Contains(text, []byte("#EXT-X-STREAM-INF"))
}

// multivariant leaves out media playlists where there are multivariant ones.
func multivariant(folder fs.FS, names []string) []string {
	var out []string
	for _, name := range names {
		if strings.HasSuffix(strings.ToLower(name), ".mpd") || hasVariants(folder, name) {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		out = names
	}
	slices.Sort(out)
	return out
}
