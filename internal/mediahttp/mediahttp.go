package mediahttp

import (
	"errors"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"

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

// Files are what is served. Names are slash-separated paths, which
// [fs.ValidPath] has found right.
type Files interface {
	// open finds the answer to a GET or HEAD request for a file. One that is not
	// there, as far as the caller may know, is [fs.ErrNotExist]; a problem of the
	// storage that may pass is an [*unavailable].
	open(r *http.Request, name string) (answer, error)
}

// answer is what a request gets.
type answer interface {
	// send writes all that is about the file: status, headers, body.
	send(w http.ResponseWriter, r *http.Request)
	close()
}

// unavailable is an error of the storage.
type unavailable struct {
	status int
	detail string // for everybody to read
}

func (e *unavailable) Error() string { return e.detail }

// Handler serves the files. It expects whole paths, beginning with /media/.
func Handler(files Files) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		// Players run on other sites than this one. Nothing here depends on
		// who asks, so every origin may read.
		h.Set("Access-Control-Allow-Origin", "*")
		switch r.Method {
		case http.MethodGet, http.MethodHead:
			serve(w, r, files)
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

func serve(w http.ResponseWriter, r *http.Request, files Files) {
	name, k, ok := resolve(r.URL.Path)
	if !ok {
		missing(w, r)
		return
	}
	found, err := files.open(r, name)
	if err != nil {
		refuse(w, r, err)
		return
	}
	defer found.close()

	h := w.Header()
	h.Set("Content-Type", k.contentType)
	h.Set("Cache-Control", k.cacheControl)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Access-Control-Expose-Headers", "Accept-Ranges, Content-Length, Content-Range, Date, ETag")
	h.Set("Timing-Allow-Origin", "*") // Lets players measure their throughput.
	found.send(w, r)
}

// retryAfter is when a client may ask a storage again that is out of order, in
// seconds.
const retryAfter = "5"

func refuse(w http.ResponseWriter, r *http.Request, err error) {
	var away *unavailable
	switch {
	case errors.Is(err, fs.ErrNotExist):
		missing(w, r)
	case errors.As(err, &away):
		w.Header().Set("Retry-After", retryAfter)
		problem.Write(w, r, problem.Document{Status: away.status, Detail: away.detail})
	default:
		problem.Write(w, r, problem.FromError(err))
	}
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
