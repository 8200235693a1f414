package location

import (
	"errors"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// inlineDepth is how far below an allowed folder an inline location may be.
// It bounds what the sweeper has to look at.
const inlineDepth = 4

// Resolve gives the full value of a location as it stands in a profile. One
// that has nothing but a name is the operator's of that name. An inline one is
// checked to be allowed to the tenant: a folder at or below one of
// [Config.Folders], a bucket and prefix at or below one of [Config.Buckets], or
// an absolute http(s) address. Errors are a [vod.Fault]
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
		return s.resolveS3(tenant, loc)
	}
	return vod.Location{}, vod.Faultf(vod.Unusable, "Location %q: type %q is none of file, s3 and web.", loc.Name, loc.Type)
}

// resolveFile checks an inline folder. Its elements below the allowed folder
// must not look like ids, so that no location can lie within the folder of an
// attempt or of an ingest.
func (s *Set) resolveFile(tenant string, loc vod.Location) (vod.Location, error) {
	if !filepath.IsAbs(loc.Path) || strings.ContainsRune(loc.Path, 0) {
		return vod.Location{}, vod.Faultf(vod.Unusable, "Location %q: path %q is not absolute.", loc.Name, loc.Path)
	}
	path := canonical(loc.Path)
	if media, ok := s.media(); ok && media.Type == vod.LocationFile && within(canonical(media.Path), path) {
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
		if slices.ContainsFunc(parts, uuidForm.MatchString) {
			return vod.Location{}, vod.Faultf(vod.Unusable, "Location %q: %s lies within the folder of an ingest.", loc.Name, loc.Path)
		}
		loc.Path = path
		return loc, nil
	}
	return vod.Location{}, vod.Faultf(vod.Unusable, "Location %q: tenant %q may not use folder %s.", loc.Name, tenant, loc.Path)
}

// resolveS3 checks an inline bucket and prefix like an inline folder. What it
// leaves out is that of the bucket it lies in, and what it says must be equal to
// that: no profile can have this server's credentials sent elsewhere.
func (s *Set) resolveS3(tenant string, loc vod.Location) (vod.Location, error) {
	name, prefix, err := splitARN(strings.TrimRight(loc.S3Arn, "/"))
	if err != nil {
		return vod.Location{}, vod.Faultf(vod.Unusable, "Location %q: %v.", loc.Name, err)
	}
	loc.S3Arn = strings.TrimRight(loc.S3Arn, "/")
	loc.Endpoint = strings.TrimRight(loc.Endpoint, "/")
	if media, ok := s.media(); ok && media.Type == vod.LocationS3 && (loc.S3Arn+"/" == media.S3Arn+"/" || strings.HasPrefix(loc.S3Arn, media.S3Arn+"/")) {
		return vod.Location{}, vod.Faultf(vod.Unusable, "Location %q: what goes into the served bucket goes through the location named %q.", loc.Name, NameMedia)
	}
	allowed, rest, ok := s.allowed(tenant, name, prefix)
	if !ok {
		return vod.Location{}, vod.Faultf(vod.Unusable, "Location %q: tenant %q may not use %s.", loc.Name, tenant, FolderOf(loc))
	}
	if len(rest) > inlineDepth {
		return vod.Location{}, vod.Faultf(vod.Unusable, "Location %q: %s is more than %d folders below the allowed one.", loc.Name, FolderOf(loc), inlineDepth)
	}
	if slices.ContainsFunc(rest, uuidForm.MatchString) {
		return vod.Location{}, vod.Faultf(vod.Unusable, "Location %q: %s lies within the folder of an ingest.", loc.Name, FolderOf(loc))
	}
	for _, field := range []struct {
		key         string
		given, have string
		into        *string
	}{
		{"endpoint", loc.Endpoint, allowed.Endpoint, &loc.Endpoint},
		{"region", loc.Region, allowed.Region, &loc.Region},
		{"iamRoleArn", loc.IAMRoleArn, allowed.IAMRoleArn, &loc.IAMRoleArn},
	} {
		if field.given != "" && field.given != field.have {
			return vod.Location{}, vod.Faultf(vod.Unusable, "Location %q: its %s is not that which the operator configured for %s.", loc.Name, field.key, FolderOf(loc))
		}
		*field.into = field.have
	}
	return loc, nil
}

// allowed finds the bucket that the tenant may use which the prefix lies in, and
// the elements below it.
func (s *Set) allowed(tenant, name, prefix string) (loc vod.Location, rest []string, ok bool) {
	owners := []string{tenant, "*"}
	if tenant == "*" { // no tenant can have this name
		owners = owners[1:]
	}
	for _, owner := range owners {
		for _, loc := range s.config.Buckets[owner] {
			bucket, top, _ := splitARN(loc.S3Arn)
			if bucket != name {
				continue
			}
			if prefix == top {
				return loc, nil, true
			}
			if top != "" {
				top += "/"
			}
			if below, ok := strings.CutPrefix(prefix, top); ok {
				return loc, strings.Split(below, "/"), true
			}
		}
	}
	return vod.Location{}, nil, false
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
