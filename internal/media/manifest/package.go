package manifest

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
)

// packageVersion is raised when [Package] changes so that an older program would
// read it wrong.
const packageVersion = 1

// maxPackage is the most bytes of a package.json that are read: a day of ten
// renditions in segments of one second has 60 million.
const maxPackage = 256 << 20

// Package is what [PackageName] holds: all that has to be known of a folder with
// segments and manifests to write other manifests over the same segments. It
// holds no key.
type Package struct {
	Version int `json:"version"`
	// Poster is the name of an image in the folder; empty for none.
	Poster string `json:"poster,omitempty"`
	Presentation
}

// folderForm is what names of folders and images in a package look like.
var folderForm = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$`)

// WritePackage writes the package as JSON.
func WritePackage(w io.Writer, p Package) error {
	p.Version = packageVersion
	if err := json.NewEncoder(w).Encode(p); err != nil {
		return fmt.Errorf("write %s: %w", PackageName, err)
	}
	return nil
}

// ReadPackage reads what WritePackage wrote, and refuses what manifests cannot
// be made of.
func ReadPackage(r io.Reader) (Package, error) {
	var p Package
	if err := json.NewDecoder(io.LimitReader(r, maxPackage)).Decode(&p); err != nil {
		return Package{}, fmt.Errorf("read %s: %w", PackageName, err)
	}
	if p.Version != packageVersion {
		return Package{}, fmt.Errorf("%s is of version %d; this program reads version %d", PackageName, p.Version, packageVersion)
	}
	if what := p.wrong(); what != "" {
		return Package{}, fmt.Errorf("%s is damaged: %s", PackageName, what)
	}
	return p, nil
}

// wrong says what is wrong with a package; empty for nothing.
func (p Package) wrong() string {
	if len(p.Tracks()) == 0 {
		return "it has no tracks"
	}
	if p.Poster != "" && !folderForm.MatchString(p.Poster) {
		return "the name of the poster"
	}
	folders := map[string]bool{}
	taken := func(folder string) bool {
		bad := !folderForm.MatchString(folder) || folders[folder]
		folders[folder] = true
		return bad
	}
	for i, t := range p.Tracks() {
		isVideo := i < len(p.Video)
		switch {
		case taken(t.Folder):
			return fmt.Sprintf("the name of folder %q", t.Folder)
		case t.Timescale == 0, len(t.Segments) == 0, t.Codecs == "":
			return "track " + t.Folder
		case isVideo && (t.Width <= 0 || t.Height <= 0 || t.SARNum <= 0 || t.SARDen <= 0):
			return "the picture size of track " + t.Folder
		}
		for n, s := range t.Segments {
			if s.Start < 0 || s.Duration <= 0 || s.Size <= 0 {
				return fmt.Sprintf("segment %d of track %s", n+1, t.Folder)
			}
		}
	}
	for _, t := range p.Text {
		if taken(t.Folder) || len(t.Segments) == 0 {
			return fmt.Sprintf("text track %q", t.Folder)
		}
	}
	if p.Thumbnails != nil && !p.Thumbnails.Valid() {
		return "the thumbnails"
	}
	return ""
}
