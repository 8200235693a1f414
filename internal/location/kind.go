package location

import (
	"path"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/objectstore"
)

// How long others may keep what is in a bucket. Each attempt has a folder of its
// own, and its files never change once it is committed; manifests are looked at
// again all the same, since removing them is how a video is taken back.
const (
	keptForGood   = "public, max-age=31536000, immutable"
	keptForMinute = "public, max-age=60"
)

// fileOf is an entry as it is written into a bucket: with the type and the
// lifetime in caches that players and CDNs need which read it there directly.
// The types are those under which the server itself serves media.
func fileOf(e Entry) objectstore.File {
	f := objectstore.File{Size: e.Size, SHA256: e.SHA256, ContentType: "application/octet-stream", CacheControl: keptForGood}
	switch strings.ToLower(path.Ext(e.Name)) {
	case ".m3u8":
		f.ContentType, f.CacheControl = "application/vnd.apple.mpegurl", keptForMinute // RFC 8216 section 4
	case ".mpd":
		f.ContentType, f.CacheControl = "application/dash+xml", keptForMinute // ISO/IEC 23009-1 annex C
	case ".smil":
		f.ContentType, f.CacheControl = "application/smil+xml", keptForMinute
	case ".m4s", ".mp4", ".m4a", ".m4v":
		f.ContentType = "video/mp4"
	case ".vtt":
		f.ContentType = "text/vtt; charset=utf-8"
	case ".jpg", ".jpeg":
		f.ContentType = "image/jpeg"
	case ".png":
		f.ContentType = "image/png"
	case ".json":
		f.ContentType, f.CacheControl = "application/json", "no-store"
	}
	return f
}
