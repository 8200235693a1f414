package location

import (
	"errors"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// inlineDepth is how far below an allowed folder an inline location may be.
// It bounds what the sweeper has to look at.
const inlineDepth = 4

var errNoS3 = errors.New("S3 locations are not supported yet; use a location of type file")

// Resolve gives the full value of a location as it stands in a profile. One
// that has nothing but a name is the operator's of that name. An inline one is
// checked to be allowed to the tenant: a folder at or below one of
// [Config.Folders], or an absolute http(s) address. Errors are a [vod.Fault]
// with code Unusable.
func (s *Set) Resolve(tenant string, loc vod.Location) (vod.Location, error) {
	named, known := s.config.Named[loc.Name]
	known = known && s.mayUse(tenant, loc.Name)
	named.VersionID = loc.VersionID // The version is the profile's to say.
	if known && loc == named {
		return named, nil
	}
	if (loc == vod.Location{Name: loc.Name, VersionID: loc.VersionID}) {
		if !known {
			return vod.Location{}, vod.Faultf(vod.Unusable, "There is no location named %q.", loc.Name)
		}
		return named, nil
	}
	switch loc.Type {
	case vod.LocationFile:
		return s.resolveFile(tenant, loc)
	case vod.LocationWeb:
		base, err := baseURL(loc.BaseURL)
		if err != nil {
			return vod.Location{}, vod.Faultf(vod.Unusable, "Location %q: %v.", loc.Name, err)
		}
		loc.BaseURL = base
		return loc, nil
	case vod.LocationS3:
		return vod.Location{}, vod.Faultf(vod.Unusable, "Location %q: %v.", loc.Name, errNoS3)
	}
	return vod.Location{}, vod.Faultf(vod.Unusable, "Location %q: type %q is none of file and web.", loc.Name, loc.Type)
}

// resolveFile checks an inline folder. Its elements below the allowed folder
// must not look like ids, so that no location can lie within the folder of an
// attempt or of an ingest.
func (s *Set) resolveFile(tenant string, loc vod.Location) (vod.Location, error) {
	if !filepath.IsAbs(loc.Path) || strings.ContainsRune(loc.Path, 0) {
		return vod.Location{}, vod.Faultf(vod.Unusable, "Location %q: path %q is not absolute.", loc.Name, loc.Path)
	}
	path := canonical(loc.Path)
	if s.config.Media != "" && within(canonical(s.config.Media), path) {
		return vod.Location{}, vod.Faultf(vod.Unusable, "Location %q: what goes into the served media folder goes through the location named %q.", loc.Name, NameMedia)
	}
	for _, folder := range s.foldersOf(tenant) {
		folder = canonical(folder)
		if !within(folder, path) {
			continue
		}
		parts := split(folder, path)
		if len(parts) > inlineDepth {
			return vod.Location{}, vod.Faultf(vod.Unusable, "Location %q: %s is more than %d folders below the allowed one.", loc.Name, loc.Path, inlineDepth)
		}
		for _, p := range parts {
			if uuidForm.MatchString(p) {
				return vod.Location{}, vod.Faultf(vod.Unusable, "Location %q: %s lies within the folder of an ingest.", loc.Name, loc.Path)
			}
		}
		loc.Path = path
		return loc, nil
	}
	return vod.Location{}, vod.Faultf(vod.Unusable, "Location %q: tenant %q may not use folder %s.", loc.Name, tenant, loc.Path)
}

// baseURL checks an address that others are put together from, and drops its
// trailing slashes.
func baseURL(text string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return "", errors.New("baseUrl is not an absolute http or https address")
	case u.User != nil, u.RawQuery != "", u.ForceQuery, u.Fragment != "":
		return "", errors.New("baseUrl must have no user, query or fragment")
	}
	return strings.TrimRight(u.String(), "/"), nil
}
