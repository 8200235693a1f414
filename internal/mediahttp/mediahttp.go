package mediahttp

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"github.com/via-orchestrate/orchestrate/internal/problem"
)

const (
	forGood   = "public, max-age=31536000, immutable" // RFC 8246
	forMinute = "public, max-age=60"
)

var keyPattern = regexp.MustCompile(`^[0-9a-f]{32}$`)

// kind is how files of one extension are served.
type kind struct {
	contentType  string
	cacheControl string
}

// kindOf is the closed list of what is served. Segments (.m4s) go out as
// video/mp4, audio ones too: the type that every player and CDN knows for
// CMAF (ISO/IEC 23000-19), where video/iso.segment is known by few.
func kindOf(name string) (kind, bool) {
	switch path.Ext(name) {
	case ".m3u8":
		return kind{"application/vnd.apple.mpegurl", forMinute}, true // RFC 8216 section 4
	case ".mpd":
		return kind{"application/dash+xml", forMinute}, true // ISO/IEC 23009-1 annex C
	case ".m4s", ".mp4":
		return kind{"video/mp4", forGood}, true
	case ".vtt":
		return kind{"text/vtt; charset=utf-8", forGood}, true
	case ".jpg":
		return kind{"image/jpeg", forGood}, true
	}
	return kind{}, false
}

// Handler serves the files below the folder root, which may come to exist
// later. It expects whole paths, beginning with /media/.
func Handler(root string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		// Players run on other sites than this one. Nothing here depends on
		// who asks, so every origin may read.
		h.Set("Access-Control-Allow-Origin", "*")
		switch r.Method {
		case http.MethodGet, http.MethodHead:
			serve(w, r, root)
		case http.MethodOptions:
			preflight(w)
		default:
			h.Set("Allow", "GET, HEAD, OPTIONS")
			problem.Write(w, r, problem.Document{
				Status: http.StatusMethodNotAllowed, Detail: "Media can only be read: GET, HEAD or OPTIONS.",
			})
		}
	})
}

// preflight answers a browser that asks whether a player may send Range and
// conditional requests (Fetch standard, CORS preflight).
func preflight(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Allow", "GET, HEAD, OPTIONS")
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Range, If-Range, If-None-Match, If-Modified-Since, Cache-Control")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}

func serve(w http.ResponseWriter, r *http.Request, root string) {
	name, k, ok := resolve(r.URL.Path)
	if !ok {
		missing(w, r)
		return
	}
	f, stat, err := open(root, name)
	if err != nil {
		if gone(err) {
			missing(w, r)
			return
		}
		problem.Write(w, r, problem.FromError(err))
		return
	}
	defer f.Close()

	h := w.Header()
	h.Set("Content-Type", k.contentType)
	h.Set("Cache-Control", k.cacheControl)
	h.Set("ETag", etag(stat))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Access-Control-Expose-Headers", "Accept-Ranges, Content-Length, Content-Range, Date, ETag")
	h.Set("Timing-Allow-Origin", "*") // Lets players measure their throughput.
	http.ServeContent(w, r, "", stat.ModTime(), f)
}

// missing is the one answer for everything that is not served, so that it
// tells nothing about what is there.
func missing(w http.ResponseWriter, r *http.Request) {
	problem.Write(w, r, problem.Document{Status: http.StatusNotFound, Detail: "There is no such media file."})
}

// resolve turns the path of a request into a file name below the root.
func resolve(urlPath string) (name string, k kind, ok bool) {
	name, ok = strings.CutPrefix(urlPath, "/media/")
	if !ok || !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") {
		return "", kind{}, false
	}
	key, rest, _ := strings.Cut(name, "/")
	if !keyPattern.MatchString(key) || rest == "" {
		return "", kind{}, false
	}
	if strings.HasPrefix(rest, ".") || strings.Contains(rest, "/.") || path.Base(rest) == "inventory.json" {
		return "", kind{}, false
	}
	k, ok = kindOf(rest)
	return name, k, ok
}

// open opens a regular file below root. O_NONBLOCK keeps a named pipe from
// blocking the request for ever.
func open(root, name string) (*os.File, fs.FileInfo, error) {
	dir, err := os.OpenRoot(root)
	if err != nil {
		return nil, nil, err
	}
	defer dir.Close()
	f, err := dir.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	stat, err := f.Stat()
	if err == nil && !stat.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		_ = f.Close()
		return nil, nil, err
	}
	return f, stat, nil
}

// gone tells whether err means that the file is not there for the caller,
// rather than that the server has a problem: too many open files and failing
// disks are the latter, and must not be remembered by caches as 404.
func gone(err error) bool {
	for _, broken := range []error{syscall.EMFILE, syscall.ENFILE, syscall.EIO, syscall.ENOMEM} {
		if errors.Is(err, broken) {
			return false
		}
	}
	return true
}

// etag is a strong validator: a file below a key is written once, so its size
// and the time of that in nanoseconds identify its bytes.
func etag(stat fs.FileInfo) string {
	return `"` + strconv.FormatInt(stat.ModTime().UnixNano(), 36) + "-" + strconv.FormatInt(stat.Size(), 36) + `"`
}
