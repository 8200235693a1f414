package httpd

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

// access gives every request an id, logs it once it is answered, without its
// query, and answers 500 to a panic. What only reads is logged at debug level,
// for it is much, unless it was refused.
func (s *server) access(next http.Handler, mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		r = s.withSpanPlace(withRequestID(w, r))
		_, route := mux.Handler(r)
		seen := &watched{ResponseWriter: w}
		s.observer.RequestBegan()
		defer s.ended(seen, r, route, begun)
		defer s.rescue(seen, r)
		next.ServeHTTP(seen, r)
	})
}

func (s *server) ended(w *watched, r *http.Request, route string, begun time.Time) {
	took := time.Since(begun)
	s.observer.RequestEnded(RequestEnd{Method: r.Method, Route: routePath(route), Status: w.status, Bytes: w.bytes, Took: took})
	level := accessLevel(r.Method, w.status)
	if !s.log.Enabled(r.Context(), level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("method", r.Method), slog.String("path", loggedPath(r)), slog.String("route", route),
		slog.Int("status", w.status), slog.Int64("bytes", w.bytes), slog.Duration("took", took),
	}
	if turnedAway(w.status) {
		attrs = append(attrs, slog.String("from", s.proxies.origin(r)))
	}
	s.log.LogAttrs(inSpan(r.Context()), level, "request", attrs...)
}

// turnedAway tells that the sender may not, or not so often: who it is, is what
// the person on call looks for.
func turnedAway(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusTooManyRequests
}

// routePath is the pattern without its method.
func routePath(pattern string) string {
	if pattern == "" {
		return "none"
	}
	return pattern[strings.IndexByte(pattern, ' ')+1:]
}

// rescue, deferred, logs a panic with its stack and answers 500. An answer
// that has begun is cut instead, so that nobody takes it for whole.
func (s *server) rescue(w *watched, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(http.ErrAbortHandler)
	}
	err := fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
	if w.status == 0 {
		s.internal(w, r, err)
		return
	}
	s.log.ErrorContext(r.Context(), "internal error in the midst of an answer", "method", r.Method, "path", loggedPath(r), "error", err)
	panic(http.ErrAbortHandler)
}

// accessLevel: a client that watches an ingest asks twice a second.
func accessLevel(method string, status int) slog.Level {
	reads := method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
	if reads && status < http.StatusInternalServerError && !turnedAway(status) {
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// loggedPath is the path without a media key, which is a capability, and in
// bounds: anybody may send a path of 64 kB, and have it logged.
func loggedPath(r *http.Request) string {
	if rest, ok := strings.CutPrefix(r.URL.Path, "/media/"); ok {
		_, file, _ := strings.Cut(rest, "/")
		return "/media/…/" + shown(file)
	}
	return shown(r.URL.Path)
}

// watched remembers what was answered.
type watched struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader implements http.ResponseWriter.
func (w *watched) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *watched) Write(p []byte) (int, error) {
	w.begin()
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// ReadFrom implements io.ReaderFrom, so that files are still sent by the
// kernel.
func (w *watched) ReadFrom(src io.Reader) (int64, error) {
	w.begin()
	n, err := io.Copy(w.ResponseWriter, src)
	w.bytes += n
	return n, err
}

// Unwrap serves [http.ResponseController].
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *watched) begin() {
	if w.status == 0 {
		w.status = http.StatusOK
	}
}
