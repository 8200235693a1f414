package config

import (
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// isS3 tells whether a root is in a bucket and not a folder.
func isS3(root string) bool { return strings.HasPrefix(root, "s3:") }

// bucketForm is what AWS calls a bucket; other services take no more.
var bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// rootLocation reads a root: a folder, or s3://bucket/prefix with the parameters
// endpoint, region and iamRoleArn.
func rootLocation(root string) (loc vod.Location, problem string) {
	if !isS3(root) {
		return vod.Location{Type: vod.LocationFile, Path: root}, ""
	}
	u, err := url.Parse(root)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		return loc, "must be like s3://bucket/prefix?endpoint=https://s3.example.com&region=eu-north-1"
	case u.Port() != "":
		return loc, "names a bucket after s3://; the address of the service is its parameter endpoint"
	}
	parameters, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return loc, "has parameters that cannot be read"
	}
	for key, values := range parameters {
		if !slices.Contains([]string{"endpoint", "region", "iamRoleArn"}, key) || len(values) != 1 {
			return loc, fmt.Sprintf("has the parameter %q; use endpoint, region and iamRoleArn, once each", key)
		}
	}
	bucket, prefix := u.Host, strings.Trim(u.Path, "/")
	if prefix != "" {
		bucket += "/" + prefix
	}
	loc = vod.Location{
		Type: vod.LocationS3, S3Arn: "arn:aws:s3:::" + bucket,
		Endpoint: strings.TrimRight(parameters.Get("endpoint"), "/"), Region: parameters.Get("region"), IAMRoleArn: parameters.Get("iamRoleArn"),
	}
	for _, p := range s3Problems(loc) {
		return loc, p.text
	}
	return loc, ""
}

// s3Problem is what is wrong with one key of an S3 location.
type s3Problem struct{ key, text string }

// s3Problems tells what is wrong with an S3 location, nothing if it can be used.
func s3Problems(loc vod.Location) (all []s3Problem) {
	bad := func(key, format string, args ...any) { all = append(all, s3Problem{key, fmt.Sprintf(format, args...)}) }
	name, isARN := strings.CutPrefix(loc.S3Arn, "arn:aws:s3:::")
	bucket, prefix, hasPrefix := strings.Cut(name, "/")
	switch {
	case !isARN || !bucketForm.MatchString(bucket):
		bad("s3Arn", "%q does not name a bucket, such as arn:aws:s3:::bucket/prefix", loc.S3Arn)
	case hasPrefix && (prefix == "" || !plainPath(prefix)):
		bad("s3Arn", "%q has a prefix with an empty, . or .. part", loc.S3Arn)
	}
	if loc.Endpoint != "" {
		if p := urlProblem(loc.Endpoint); p != "" {
			bad("endpoint", "%s", p)
		}
	}
	if loc.IAMRoleArn != "" && !strings.HasPrefix(loc.IAMRoleArn, "arn:") {
		bad("iamRoleArn", "%q is not the ARN of a role, such as arn:aws:iam::123456789012:role/media", loc.IAMRoleArn)
	}
	return all
}

// plainPath tells whether a prefix is like the path of a folder.
func plainPath(prefix string) bool {
	for part := range strings.SplitSeq(prefix, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return true
}

// checkRoots reports what is wrong with where files are kept. What is served
// stands apart from what is not, and what outlives a process from what does not.
func (c *Config) checkRoots(report func(key, problem string)) {
	media, mediaProblem := rootLocation(c.MediaRoot)
	store, storeProblem := rootLocation(c.StoreRoot)
	if mediaProblem == "" && media.Type == vod.LocationFile {
		mediaProblem = mediaRootProblem(c.MediaRoot, c.Data)
	}
	report("media-root", mediaProblem)
	if mediaProblem == "" && storeProblem == "" && overlap(media, store) {
		storeProblem = fmt.Sprintf("%q and the media root lie within each other; what is served must stand apart from what is not", c.StoreRoot)
	}
	report("store-root", storeProblem)
	if mediaProblem != "" || storeProblem != "" {
		return // What lies within what follows from that.
	}
	scratch := vod.Location{Type: vod.LocationFile, Path: c.Scratch}
	for _, root := range []struct {
		key string
		loc vod.Location
	}{{"media-root", media}, {"store-root", store}} {
		if overlap(root.loc, scratch) {
			report("scratch", fmt.Sprintf("%q and %s lie within each other; what is in the scratch folder is removed", c.Scratch, root.key))
		}
	}
}

// overlap tells whether one of the locations lies within the other.
func overlap(a, b vod.Location) bool {
	if a.Type != b.Type || a.Endpoint != b.Endpoint {
		return false
	}
	if a.Type == vod.LocationS3 {
		return strings.HasPrefix(a.S3Arn+"/", b.S3Arn+"/") || strings.HasPrefix(b.S3Arn+"/", a.S3Arn+"/")
	}
	return below(a.Path, b.Path) || below(b.Path, a.Path)
}

// below tells whether a path is that of the folder or lies in it.
func below(folder, path string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(rel)
}

// MediaLocation is where the files are that are served, without a name. It holds
// for a configuration without problems, as the next one does.
func (c *Config) MediaLocation() vod.Location {
	loc, _ := rootLocation(c.MediaRoot)
	return loc
}

// StoreLocation is where the files are that steps hand to each other, without a
// name.
func (c *Config) StoreLocation() vod.Location {
	loc, _ := rootLocation(c.StoreRoot)
	return loc
}

// storeBeside is where steps put their files where nothing else is said: beside
// the media root if that is in a bucket, for then it is for several machines.
func storeBeside(mediaRoot, data string) string {
	if !isS3(mediaRoot) {
		return filepath.Join(data, "store")
	}
	address, query, hasQuery := strings.Cut(mediaRoot, "?")
	bucket, prefix, _ := strings.Cut(strings.TrimPrefix(address, "s3://"), "/")
	store := "s3://" + bucket + "/"
	if prefix = strings.Trim(prefix, "/"); prefix != "" {
		store += prefix + "-"
	}
	store += "store"
	if hasQuery {
		store += "?" + query
	}
	return store
}
