package location

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Local is the path of the file that an address names, if the job's tenant may
// read it: within an attempt's folder of its own at any location, or one below
// a media key. Errors are a [vod.StepError]: CONFIG forbidden when it may not,
// INFRA source_missing when there is no such file.
func (s *Set) Local(ctx context.Context, job step.Job, uri string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	p, rest, err := s.readable(job.Tenant, uri)
	if err != nil {
		return "", err
	}
	if b, ok := p.tree.(bucket); ok {
		return b.download(ctx, job, p, rest, uri)
	}
	return filepath.Join(p.show(), filepath.FromSlash(rest)), p.tree.check(ctx, path.Join(p.rel, rest), uri)
}

// readable tells which attempt's folder an address leads into, and the rest of
// it, if the tenant may read that.
func (s *Set) readable(tenant, uri string) (p place, rest string, err error) {
	at, err := parseAddress(uri)
	if err != nil {
		return place{}, "", forbiddenError(err.Error())
	}
	p, rest, ok := s.find(tenant, at)
	if !ok || rest == "" {
		return place{}, "", forbiddenError(fmt.Sprintf("Tenant %q may not read %s.", tenant, uri))
	}
	return p, rest, nil
}

// find tells which attempt's folder an address leads into, and the rest of it.
func (s *Set) find(tenant string, at address) (p place, rest string, ok bool) {
	if !tenantForm.MatchString(tenant) {
		return place{}, "", false
	}
	for _, r := range s.roots(tenant) {
		for _, parts := range r.tree.below(at) {
			p, ok := r.find(r.tree.settled(), parts)
			if !ok || (p.tenant != "" && p.tenant != tenant) {
				continue
			}
			return p, path.Join(parts[len(strings.Split(p.rel, "/")):]...), true
		}
	}
	return place{}, "", false
}

// root is where attempts have their folders below.
type root struct {
	tree  tree
	depth int // the most elements to an attempt's folder
	find  func(t tree, parts []string) (place, bool)
}

// roots lists where the tenant's files can be; all tenants' for "".
func (s *Set) roots(tenant string) []root {
	var all []root
	for _, name := range slices.Sorted(maps.Keys(s.config.Named)) {
		loc := s.config.Named[name]
		t := s.treeOf(tenant, loc)
		switch {
		case t == nil:
		case s.isMedia(loc):
			all = append(all, root{t, mediaDepth, placeInMedia})
		default:
			all = append(all, root{t, namedDepth, placeAt})
		}
	}
	for owner := range s.config.Folders {
		if tenant == "" || owner == "*" || owner == tenant {
			for _, f := range s.config.Folders[owner] {
				all = append(all, root{disk{f, &s.prune}, inlineDepth + namedDepth, placeBelow})
			}
		}
	}
	for owner := range s.config.Buckets {
		if tenant == "" || owner == "*" || owner == tenant {
			for _, loc := range s.config.Buckets[owner] {
				all = append(all, root{s.bucketOf(tenant, loc), inlineDepth + namedDepth, placeBelow})
			}
		}
	}
	return all
}

// treeOf is the tree of a location; nil where it has none.
func (s *Set) treeOf(tenant string, loc vod.Location) tree {
	switch loc.Type {
	case vod.LocationFile:
		return disk{loc.Path, &s.prune}
	case vod.LocationS3:
		return s.bucketOf(tenant, loc)
	case vod.LocationWeb:
	}
	return nil
}

// Inventory reads the inventory of the attempt's folder that holds the file.
// Errors are those of [Set.Local]; it is source_missing too when the folder was
// never committed. Then the inventory given lists nothing, but can open what is
// in the folder.
func (s *Set) Inventory(ctx context.Context, tenant, uri string) (Inventory, error) {
	if err := ctx.Err(); err != nil {
		return Inventory{}, err
	}
	p, rest, err := s.readable(tenant, uri)
	if err != nil {
		return Inventory{}, err
	}
	if err := p.tree.check(ctx, path.Join(p.rel, rest), uri); err != nil {
		return Inventory{}, err
	}
	return readInventory(ctx, Inventory{Name: rest, place: p}, uri)
}

// maxInventory is the most bytes of an inventory that are read: those of a
// hundred thousand files.
const maxInventory = 64 << 20

func readInventory(ctx context.Context, inv Inventory, uri string) (Inventory, error) {
	text, err := readAll(ctx, inv, InventoryName)
	if errors.Is(err, fs.ErrNotExist) {
		return inv, missingError(fmt.Sprintf("The inventory beside %s is missing.", uri), err)
	}
	if err != nil {
		return Inventory{}, ReadError(inv.place.show(), err)
	}
	inv.text = text
	err = inv.parse(text, uri)
	return inv, err
}

// parse reads the list of files.
func (inv *Inventory) parse(text []byte, uri string) error {
	if err := json.Unmarshal(text, inv); err != nil {
		return missingError(fmt.Sprintf("The inventory beside %s is damaged.", uri), nil)
	}
	for _, e := range inv.Files {
		if !filepath.IsLocal(filepath.FromSlash(e.Name)) || e.Size < 0 {
			return missingError(fmt.Sprintf("The inventory beside %s is damaged.", uri), nil)
		}
	}
	return nil
}

func readAll(ctx context.Context, inv Inventory, name string) ([]byte, error) {
	file, err := inv.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxInventory))
}

// Exists tells whether all that the filesets name is there: each entry file,
// the inventory beside it, and every file of that with the right size.
// Addresses of other kinds than file: and s3: count as existing, and what cannot
// be asked for now as not.
func (s *Set) Exists(ctx context.Context, tenant string, filesets []vod.Fileset) bool {
	checked := map[string]bool{}
	for _, fs := range filesets {
		for _, f := range fs.Files {
			if (isFileURI(f.URI) || isS3URI(f.URI)) && !s.exists(ctx, tenant, f.URI, checked) {
				return false
			}
		}
	}
	return true
}

func (s *Set) exists(ctx context.Context, tenant, uri string, checked map[string]bool) bool {
	p, rest, err := s.readable(tenant, uri)
	if err != nil || p.tree.check(ctx, path.Join(p.rel, rest), uri) != nil {
		return false
	}
	if checked[p.show()] {
		return true
	}
	inv, err := s.Inventory(ctx, tenant, uri)
	if err != nil {
		return false
	}
	sizes, err := p.tree.sizes(ctx, p.rel, inv.Files)
	if err != nil {
		return false
	}
	for _, e := range inv.Files {
		if size, ok := sizes[e.Name]; !ok || size != e.Size {
			return false
		}
	}
	checked[p.show()] = true
	return true
}
