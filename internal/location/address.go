package location

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/objectstore"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// address is a file: or s3: address, taken apart.
type address struct {
	bucket string // empty for file:
	path   string // absolute path, or key
}

// parseAddress refuses what names no file clearly.
func parseAddress(uri string) (address, error) {
	if !isS3URI(uri) {
		path, err := PathOf(uri)
		return address{path: path}, err
	}
	bucket, key, err := objectstore.Parse(uri)
	return address{bucket: bucket, path: key}, err
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

// FileURI is the address of an absolute path as RFC 8089 has it, with
// everything percent-encoded that has to be.
func FileURI(path string) string {
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// Beside is the address of another file in the same folder as that at uri.
func Beside(uri, name string) string {
	return uri[:strings.LastIndexByte(uri, '/')+1] + (&url.URL{Path: "/" + name}).EscapedPath()[1:]
}

// FolderOf is the address of a location's own folder, as it is compared: a path
// for type file, s3://bucket/prefix for type s3, empty for others.
func FolderOf(loc vod.Location) string {
	switch loc.Type {
	case vod.LocationFile:
		return loc.Path
	case vod.LocationS3:
		_, name, _ := strings.Cut(loc.S3Arn, arnOfBuckets)
		return "s3://" + name
	case vod.LocationWeb:
	}
	return ""
}

// arnOfBuckets is what the ARN of a bucket has between the partition of AWS, such
// as aws-cn, and the bucket.
const arnOfBuckets = ":s3:::"

// splitARN gives the bucket, and the prefix without slashes around it, that an
// ARN names.
func splitARN(arn string) (bucket, prefix string, err error) {
	partition, rest, ok := strings.Cut(arn, arnOfBuckets)
	bucket, prefix, has := strings.Cut(rest, "/")
	if !ok || !strings.HasPrefix(partition, "arn:aws") || bucket == "" || has && !objectstore.Plain(prefix) {
		return "", "", fmt.Errorf("s3Arn %q does not name a bucket and prefix, such as arn:aws:s3:::bucket/prefix", arn)
	}
	return bucket, prefix, nil
}

func isFileURI(uri string) bool { return hasScheme(uri, "file:") }

func isS3URI(uri string) bool { return hasScheme(uri, "s3:") }

func hasScheme(uri, scheme string) bool {
	return len(uri) >= len(scheme) && strings.EqualFold(uri[:len(scheme)], scheme)
}

// Below is the part of a file's address after that of a location of type file
// or s3: with slashes, and not percent-encoded.
func Below(loc vod.Location, uri string) (rest string, ok bool) {
	at, err := parseAddress(uri)
	if err != nil {
		return "", false
	}
	switch loc.Type {
	case vod.LocationFile:
		rest, err := filepath.Rel(loc.Path, at.path)
		return filepath.ToSlash(rest), at.bucket == "" && err == nil && rest != "." && filepath.IsLocal(rest)
	case vod.LocationS3:
		bucket, prefix, err := splitARN(loc.S3Arn)
		if prefix != "" {
			prefix += "/"
		}
		rest, below := strings.CutPrefix(at.path, prefix)
		return rest, err == nil && bucket == at.bucket && below
	case vod.LocationWeb:
	}
	return "", false
}
