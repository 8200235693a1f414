package location

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/via-orchestrate/orchestrate/internal/objectstore"
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
	// Media is the folder that is served under /media/: an absolute path, or
	// s3://bucket/prefix, as [FolderOf] gives it.
	Media string
	// Folders lists, by tenant or "*" for every tenant, absolute folders at or
	// below which inline file locations may be.
	Folders map[string][]string
	// Buckets lists, likewise, locations of type s3 at or below which inline ones
	// may be, and from which s3: sources may be read.
	Buckets map[string][]vod.Location
	// Objects reaches buckets; nil: with the usual options.
	Objects *objectstore.Clients
}

// Set is all locations of one configuration. It is safe for concurrent use.
type Set struct {
	config  Config
	prune   sync.Mutex // see disk
	objects *objectstore.Clients
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
	if err := errors.Join(checkMedia(c), checkBuckets(c)); err != nil {
		return nil, err
	}
	for _, name := range []string{NameStore, NameMedia} {
		if loc, ok := c.Named[name]; ok && loc.Type == vod.LocationFile {
			if err := os.MkdirAll(loc.Path, folderMode); err != nil {
				return nil, fmt.Errorf("location %q: %w", name, err)
			}
		}
	}
	return &Set{config: c, objects: cmp.Or(c.Objects, objectstore.New(objectstore.Options{}))}, nil
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
		_, _, err := splitARN(loc.S3Arn)
		return err
	}
	return fmt.Errorf("type %q is none of file, s3 and web", loc.Type)
}

// checkMedia refuses a served folder that has another location within it, or
// lies within one: what is not meant to be public would be.
func checkMedia(c Config) error {
	if c.Media == "" {
		return nil
	}
	if !filepath.IsAbs(c.Media) && !isS3URI(c.Media) {
		return fmt.Errorf("media folder %q is neither an absolute path nor in a bucket", c.Media)
	}
	for name, loc := range c.Named {
		if isFolder(loc, c.Media) || FolderOf(loc) == "" {
			continue
		}
		if folder := FolderOf(loc); overlap(folder, c.Media) {
			return fmt.Errorf("location %q: %s and the served media folder %s lie within each other", name, folder, c.Media)
		}
	}
	return nil
}

// checkBuckets refuses a bucket that is used in two ways: an address names it,
// but not the endpoint.
func checkBuckets(c Config) error {
	endpoints := map[string]string{} // by bucket
	all := slices.Collect(maps.Values(c.Named))
	for _, allowed := range c.Buckets {
		all = append(all, allowed...)
	}
	for _, loc := range all {
		if loc.Type != vod.LocationS3 {
			continue
		}
		name, _, err := splitARN(loc.S3Arn)
		if err != nil {
			return fmt.Errorf("location %q: %w", loc.Name, err)
		}
		if known, ok := endpoints[name]; ok && known != loc.Endpoint {
			return fmt.Errorf("location %q: bucket %s is at endpoint %q here and %q elsewhere", loc.Name, name, loc.Endpoint, known)
		}
		endpoints[name] = loc.Endpoint
	}
	return nil
}

// overlap tells whether one of two folders lies within the other, or is it.
func overlap(a, b string) bool {
	if isS3URI(a) || isS3URI(b) {
		return strings.HasPrefix(a+"/", b+"/") || strings.HasPrefix(b+"/", a+"/")
	}
	a, b = canonical(a), canonical(b)
	return within(a, b) || within(b, a)
}

// isFolder tells whether a location's folder is that one.
func isFolder(loc vod.Location, folder string) bool {
	if loc.Type == vod.LocationFile && filepath.IsAbs(folder) {
		return canonical(loc.Path) == canonical(folder)
	}
	return folder != "" && FolderOf(loc) == folder
}

// isMedia tells whether the location's folder is the served one.
func (s *Set) isMedia(loc vod.Location) bool { return isFolder(loc, s.config.Media) }

// media is the location of the served folder, as far as it is known.
func (s *Set) media() (loc vod.Location, ok bool) {
	for _, loc := range s.config.Named {
		if s.isMedia(loc) {
			return loc, true
		}
	}
	return vod.Location{}, false
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
