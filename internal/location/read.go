package location

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
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
	return plain(filepath.Join(p.path(), rest), uri)
}

// readable tells which attempt's folder an address leads into, and the rest of
// it, if the tenant may read that.
func (s *Set) readable(tenant, uri string) (p place, rest string, err error) {
	path, err := PathOf(uri)
	if err != nil {
		return place{}, "", forbiddenError(err.Error())
	}
	p, rest, ok := s.find(tenant, path)
	if !ok || rest == "" {
		return place{}, "", forbiddenError(fmt.Sprintf("Tenant %q may not read %s.", tenant, uri))
	}
	return p, rest, nil
}

// plain checks that path is there and that nothing in it is a symbolic link.
func plain(path, uri string) (string, error) {
	resolved, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", missingError(fmt.Sprintf("File %s is gone.", uri), err)
	}
	if err != nil {
		return "", missingError(fmt.Sprintf("File %s cannot be reached%s.", uri, errnoText(err)), err)
	}
	if resolved != path {
		return "", forbiddenError(fmt.Sprintf("File %s is reached through a symbolic link, which is not allowed.", uri))
	}
	return path, nil
}

// PathOf is the absolute path that a file: address names (RFC 8089, on this
// host).
func PathOf(uri string) (string, error) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" || u.Opaque != "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
		(u.Host != "" && u.Host != "localhost") {
		return "", fmt.Errorf("the address is not a file: address of this machine")
	}
	if !filepath.IsAbs(u.Path) || filepath.Clean(u.Path) != u.Path || strings.ContainsRune(u.Path, 0) {
		return "", fmt.Errorf("the file: address does not hold a clean absolute path")
	}
	return u.Path, nil
}

// find tells which attempt's folder path lies in, and the rest of path in it.
// Roots are compared as configured and with symbolic links resolved, so that
// addresses outlive the move of a data folder to behind a link.
func (s *Set) find(tenant, path string) (p place, rest string, ok bool) {
	if !tenantForm.MatchString(tenant) {
		return place{}, "", false
	}
	for _, r := range s.roots(tenant) {
		for _, form := range []string{filepath.Clean(r.path), canonical(r.path)} {
			parts := split(form, path)
			p, ok := r.find(canonical(r.path), parts)
			if !ok || (p.tenant != "" && p.tenant != tenant) {
				continue
			}
			used := len(strings.Split(p.rel, string(filepath.Separator)))
			return p, filepath.Join(parts[used:]...), true
		}
	}
	return place{}, "", false
}

// root is a folder below which attempts have their folders.
type root struct {
	path  string
	depth int // the most elements from path to an attempt's folder
	find  func(root string, parts []string) (place, bool)
}

// roots lists where the tenant's files can be; all tenants' for "".
func (s *Set) roots(tenant string) []root {
	var all []root
	for _, loc := range s.config.Named {
		if loc.Type != vod.LocationFile || s.isMedia(canonical(loc.Path)) {
			continue
		}
		all = append(all, root{loc.Path, namedDepth, placeAt})
	}
	if s.config.Media != "" {
		all = append(all, root{s.config.Media, mediaDepth, placeInMedia})
	}
	for owner := range s.config.Folders {
		if tenant == "" || owner == "*" || owner == tenant {
			for _, f := range s.config.Folders[owner] {
				all = append(all, root{f, inlineDepth + namedDepth, placeBelow})
			}
		}
	}
	return all
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
	if _, err := plain(filepath.Join(p.path(), rest), uri); err != nil {
		return Inventory{}, err
	}
	return readInventory(Inventory{Folder: p.path(), Name: filepath.ToSlash(rest)}, uri)
}

func readInventory(inv Inventory, uri string) (Inventory, error) {
	text, err := os.ReadFile(filepath.Join(inv.Folder, InventoryName))
	if err != nil {
		inv.bare = errors.Is(err, fs.ErrNotExist)
		return inv, missingError(fmt.Sprintf("The inventory beside %s is missing.", uri), err)
	}
	if err := json.Unmarshal(text, &inv); err != nil {
		return Inventory{}, missingError(fmt.Sprintf("The inventory beside %s is damaged.", uri), err)
	}
	for _, e := range inv.Files {
		if !filepath.IsLocal(filepath.FromSlash(e.Name)) || e.Size < 0 {
			return Inventory{}, missingError(fmt.Sprintf("The inventory beside %s is damaged.", uri), nil)
		}
	}
	return inv, nil
}

// Exists tells whether all that the filesets name is there: each entry file,
// the inventory beside it, and every file of that with the right size.
// Addresses of other kinds than file: count as existing.
func (s *Set) Exists(ctx context.Context, tenant string, filesets []vod.Fileset) bool {
	checked := map[string]bool{}
	for _, fs := range filesets {
		for _, f := range fs.Files {
			if isFileURI(f.URI) && !s.exists(ctx, tenant, f.URI, checked) {
				return false
			}
		}
	}
	return true
}

func (s *Set) exists(ctx context.Context, tenant, uri string, checked map[string]bool) bool {
	inv, err := s.Inventory(ctx, tenant, uri)
	if err != nil {
		return false
	}
	if checked[inv.Folder] {
		return true
	}
	for _, e := range inv.Files {
		info, err := os.Lstat(filepath.Join(inv.Folder, filepath.FromSlash(e.Name)))
		if err != nil || !info.Mode().IsRegular() || info.Size() != e.Size {
			return false
		}
	}
	checked[inv.Folder] = true
	return true
}

func isFileURI(uri string) bool {
	return len(uri) >= 5 && strings.EqualFold(uri[:5], "file:")
}
