package httpd

import (
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/problem"
)

// ruled registers the generated routes, each behind the rules for its query
// and body, which the generated binding would not keep.
type ruled struct {
	*http.ServeMux
	server  *server
	queries map[string]queryRule
	bodies  map[string]bodyRule
}

// HandleFunc implements api.ServeMux.
func (m *ruled) HandleFunc(pattern string, bind func(http.ResponseWriter, *http.Request)) {
	query, body := m.queries[pattern], m.bodies[pattern]
	handle := func(w http.ResponseWriter, r *http.Request) {
		if err := query.check(r.URL.RawQuery); err != nil {
			m.server.fail(w, r, err)
			return
		}
		place := m.server.room.place()
		defer place.leave()
		checked, err := body.read(w, r, place)
		if err != nil {
			m.server.fail(w, r, err)
			return
		}
		bind(w, checked)
	}
	if pattern == "GET /ingests" {
		handle = m.server.keptList(handle)
	}
	m.ServeMux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if revalidated(pattern) {
			conditional(w, r, handle)
		} else {
			handle(w, r)
		}
	})
}

// revalidated tells whether the answers of a route have an ETag. Those about
// the server itself are new each time.
func revalidated(pattern string) bool {
	return strings.HasPrefix(pattern, "GET ") && pattern != "GET /healthz" && pattern != "GET /readyz"
}

// route finds the handler. What the mux would answer in plain text, 404 and
// 405, is a problem here, and OPTIONS tells the methods of a path. There is
// nothing at paths that the mux would clean and redirect.
func (s *server) route(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		plain := isPlain(r.URL)
		if _, pattern := mux.Handler(r); pattern != "" && plain {
			mux.ServeHTTP(w, r)
			return
		}
		allowed := methodsOf(mux, r)
		if len(allowed) == 0 || !plain {
			problem.Write(w, r, problem.Document{Status: http.StatusNotFound, Detail: "There is nothing at this path."})
			return
		}
		w.Header().Set("Allow", strings.Join(append(allowed, http.MethodOptions), ", "))
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		problem.Write(w, r, problem.Document{
			Status: http.StatusMethodNotAllowed, Detail: "This path takes " + strings.Join(allowed, ", ") + ".",
		})
	})
}

// isPlain tells whether a path is as a client writes it that means no harm:
// text, without empty parts and steps upwards.
func isPlain(u *url.URL) bool {
	raw := u.EscapedPath()
	return isText(u.Path) && (raw == path.Clean(raw) || raw == path.Clean(raw)+"/")
}

func methodsOf(mux *http.ServeMux, r *http.Request) []string {
	var allowed []string
	probe := r.Clone(r.Context())
	for _, method := range []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
	} {
		probe.Method = method
		if _, pattern := mux.Handler(probe); pattern != "" {
			allowed = append(allowed, method)
		}
	}
	return allowed
}
