package location

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Names of the locations that every installation has.
const (
	NameStore  = "store"  // folder for what steps hand to each other
	NameMedia  = "media"  // folder that is served under /media/
	NamePublic = "public" // the base URL of /media
)

// folderMode keeps other users of the machine out.
const folderMode = 0o750

// Config says which locations there are and who may use them.
type Config struct {
	// Named are the operator's locations by name.
	Named map[string]vod.Location
	// Tenants lists, by the name of a location, who may use it; "*" is every
	// tenant. Every tenant may use a location that is not listed.
	Tenants map[string][]string
	// Media is the absolute folder that is served under /media/.
	Media string
	// Folders lists, by tenant or "*" for every tenant, absolute folders at or
	// below which inline file locations may be.
	Folders map[string][]string
}

// Set is all locations of one configuration. It is safe for concurrent use.
type Set struct {
	config Config
	// prune is held while folders are made and while empty parents are removed,
	// so that no parent vanishes under a folder that is being made.
	prune sync.Mutex
}

// New checks the configuration and creates the store and media folders where
// they are missing. Other folders may come and go, as mounts do.
func New(c Config) (*Set, error) {
	for name, loc := range c.Named {
		if loc.Name != name {
			return nil, fmt.Errorf("location %q: its name field says %q", name, loc.Name)
		}
		if err := checkNamed(loc); err != nil {
			return nil, fmt.Errorf("location %q: %w", name, err)
		}
	}
	for tenant, folders := range c.Folders {
		for _, f := range folders {
			if !filepath.IsAbs(f) {
				return nil, fmt.Errorf("folder %q of tenant %q is not an absolute path", f, tenant)
			}
		}
	}
	if err := checkMedia(c); err != nil {
		return nil, err
	}
	for _, name := range []string{NameStore, NameMedia} {
		if loc, ok := c.Named[name]; ok && loc.Type == vod.LocationFile {
			if err := os.MkdirAll(loc.Path, folderMode); err != nil {
				return nil, fmt.Errorf("location %q: %w", name, err)
			}
		}
	}
	return &Set{config: c}, nil
}

// checkNamed tells what is wrong with a location of the operator's.
func checkNamed(loc vod.Location) error {
	switch loc.Type {
	case vod.LocationFile:
		if !filepath.IsAbs(loc.Path) {
			return fmt.Errorf("path %q is not absolute", loc.Path)
		}
		return nil
	case vod.LocationWeb:
		_, err := baseURL(loc.BaseURL)
		return err
	case vod.LocationS3:
		return errNoS3
	}
	return fmt.Errorf("type %q is none of file and web", loc.Type)
}

// checkMedia refuses a served folder that has another location within it, or
// lies within one: what is not meant to be public would be.
func checkMedia(c Config) error {
	if c.Media == "" {
		return nil
	}
	if !filepath.IsAbs(c.Media) {
		return fmt.Errorf("media folder %q is not an absolute path", c.Media)
	}
	media := canonical(c.Media)
	for name, loc := range c.Named {
		if loc.Type != vod.LocationFile {
			continue
		}
		path := canonical(loc.Path)
		if path != media && (within(media, path) || within(path, media)) {
			return fmt.Errorf("location %q: %s and the served media folder %s lie within each other", name, loc.Path, c.Media)
		}
	}
	return nil
}

// isMedia tells whether a canonical folder is the served one.
func (s *Set) isMedia(folder string) bool {
	return s.config.Media != "" && folder == canonical(s.config.Media)
}

// mayUse tells whether the tenant may use the operator's location.
func (s *Set) mayUse(tenant, name string) bool {
	tenants, limited := s.config.Tenants[name]
	return !limited || slices.Contains(tenants, tenant) || slices.Contains(tenants, "*")
}

// foldersOf lists the folders for inline locations of the tenant.
func (s *Set) foldersOf(tenant string) []string {
	own := s.config.Folders[tenant]
	if tenant == "*" { // no tenant can have this name
		own = nil
	}
	return append(append([]string{}, own...), s.config.Folders["*"]...)
}
