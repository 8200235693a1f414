package httpd

import (
	"net/http"
	"path"
	"strings"

	"github.com/klauspost/compress/gzhttp"
)

// compressedFrom is the size in bytes from which compressing saves packets.
const compressedFrom = 1 << 10

// compressed compresses texts where the client asks for it (RFC 9110 section
// 12.5.3). It leaves alone what is asked for in ranges, events, which must not
// wait for others, and media segments, which are compressed already and sent by
// the kernel.
func compressed(next http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(
		gzhttp.MinSize(compressedFrom),
		gzhttp.EnableZstd(false), // One coding is enough for texts of some kilobytes.
		gzhttp.SetContentType(false),
		gzhttp.ContentTypes([]string{
			"application/json", "application/problem+json", "application/yaml", "application/schema+json",
			"application/vnd.apple.mpegurl", "application/x-mpegurl", "application/dash+xml", "image/svg+xml",
			"text/css", "text/html", "text/javascript", "text/plain", "text/vtt",
		}),
	)
	if err != nil {
		panic(err) // The options are constant, and valid.
	}
	compressing := wrap(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !mayCompress(r) {
			next.ServeHTTP(w, r)
			return
		}
		compressing.ServeHTTP(&weakETag{w}, r)
	})
}

func mayCompress(r *http.Request) bool {
	if r.Header.Get("Range") != "" || isEvents(r.URL.Path) {
		return false
	}
	if !strings.HasPrefix(r.URL.Path, "/media/") {
		return r.Method == http.MethodGet || r.Method == http.MethodHead
	}
	switch path.Ext(r.URL.Path) {
	case ".m3u8", ".mpd", ".vtt":
		return true
	}
	return false
}

// weakETag makes the ETag of an answer weak once it is compressed: a strong
// one would name these very bytes (RFC 9110 section 8.8.1). If-None-Match finds
// it all the same, and If-Range rightly does not.
type weakETag struct{ http.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (w *weakETag) WriteHeader(status int) {
	header := w.Header()
	if tag := header.Get("ETag"); header.Get("Content-Encoding") != "" && strings.HasPrefix(tag, `"`) {
		header.Set("ETag", "W/"+tag)
	}
	w.ResponseWriter.WriteHeader(status)
}

// Flush implements http.Flusher, which is how gzhttp flushes: it does not look
// for a flusher within.
func (w *weakETag) Flush() {
	// An error is that of a connection that is gone, or cannot flush.
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap serves [http.ResponseController].
func (w *weakETag) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// within finds a writer among w and those that it wraps.
func within[T http.ResponseWriter](w http.ResponseWriter) (found T, ok bool) {
	for {
		if found, ok = w.(T); ok {
			return found, true
		}
		outer, wraps := w.(interface{ Unwrap() http.ResponseWriter })
		if !wraps {
			return found, false
		}
		w = outer.Unwrap()
	}
}

// takesGzip tells whether what is written to w would be compressed.
func takesGzip(w http.ResponseWriter) bool {
	_, ok := within[*gzhttp.GzipResponseWriter](w)
	return ok
}
