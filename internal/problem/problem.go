// Package problem writes errors as application/problem+json (RFC 9457), the
// one form in which every HTTP handler of this program refuses something.
package problem

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// ContentType is the media type of a problem (RFC 9457 section 6.1).
const ContentType = "application/problem+json"

// Document is a problem detail, with the keys of the schema Problem in
// api/openapi.yaml.
type Document struct {
	Type     string             `json:"type"`
	Title    string             `json:"title"`
	Status   int                `json:"status"`
	Detail   string             `json:"detail,omitempty"`
	Instance string             `json:"instance,omitempty"`
	Code     vod.Code           `json:"code,omitempty"`
	ErrorID  string             `json:"errorId,omitempty"`  // finds the cause of an internal error in the log
	Problems []vod.FieldProblem `json:"problems,omitempty"` // every problem of a document
}

// Write answers r with d. Type, title (RFC 9457 section 4.2.1) and instance are
// set here, and the code where there is none, from the status. Headers set
// before are kept; the answer is marked as not to be stored unless they say
// otherwise.
func Write(w http.ResponseWriter, r *http.Request, d Document) {
	d.Type, d.Title, d.Instance = "about:blank", http.StatusText(d.Status), r.URL.EscapedPath()
	if d.Code == "" {
		d.Code = vod.Code(strings.ReplaceAll(strings.ToLower(d.Title), " ", "_"))
	}
	h := w.Header()
	h.Set("Content-Type", ContentType)
	h.Set("X-Content-Type-Options", "nosniff")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(d.Status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	// The only error left is that of a connection that is gone.
	_ = enc.Encode(d)
}

// FromError is the problem that err stands for: that of the [vod.Fault] in its
// chain, else a 500 that tells nothing of err.
func FromError(err error) Document {
	var f *vod.Fault
	if errors.As(err, &f) {
		return Document{Status: Status(f.Code), Detail: f.Message, Code: f.Code, Problems: f.Problems}
	}
	return Document{
		Status: http.StatusInternalServerError, Code: "internal",
		Detail: "The server could not do this for a reason of its own. Look at its log.",
	}
}

// Status is the HTTP status of a fault's code.
func Status(code vod.Code) int {
	switch code {
	case vod.Invalid:
		return http.StatusBadRequest
	case vod.Unauthenticated:
		return http.StatusUnauthorized
	case vod.Forbidden:
		return http.StatusForbidden
	case vod.NotFound:
		return http.StatusNotFound
	case vod.Conflict:
		return http.StatusConflict
	case vod.TooLarge:
		return http.StatusRequestEntityTooLarge
	case vod.Unsupported:
		return http.StatusUnsupportedMediaType
	case vod.Unusable:
		return http.StatusUnprocessableEntity
	case vod.RateLimited:
		return http.StatusTooManyRequests
	case vod.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}
