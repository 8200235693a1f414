package vod

import (
	"errors"
	"fmt"
)

// Code says what kind of refusal a [Fault] is.
type Code string

// The codes. Each has one HTTP status.
const (
	Invalid         Code = "invalid"         // 400: the request is malformed
	Unauthenticated Code = "unauthenticated" // 401: no token, or none that is good
	Forbidden       Code = "forbidden"       // 403
	NotFound        Code = "not_found"       // 404
	Conflict        Code = "conflict"        // 409: not in this state
	TooLarge        Code = "too_large"       // 413
	Unsupported     Code = "unsupported"     // 415
	Unusable        Code = "unusable"        // 422: well-formed, but cannot be carried out
	RateLimited     Code = "rate_limited"    // 429
	Unavailable     Code = "unavailable"     // 503
)

// Fault is a request refused, with a message for the caller. It is what use
// cases and stores return for everything that is the caller's to mend; all
// other errors are internal.
type Fault struct {
	Code     Code
	Message  string
	Problems []FieldProblem // every problem of a document, when there are several
}

// FieldProblem is one problem of a document or request.
type FieldProblem struct {
	Path    string `json:"path"` // JSON pointer, or the name of a parameter
	Message string `json:"message"`
}

// Error implements error.
func (f *Fault) Error() string { return f.Message }

// Faultf makes a Fault with a formatted message.
func Faultf(code Code, format string, args ...any) *Fault {
	return &Fault{Code: code, Message: fmt.Sprintf(format, args...)}
}

// CodeOf is the code of the Fault in err's chain, or "" if there is none.
func CodeOf(err error) Code {
	var f *Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}
