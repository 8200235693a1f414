package httpd

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"

	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
	"github.com/via-orchestrate/orchestrate/internal/problem"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// fail answers with the problem that err stands for. The cause of an internal
// one goes to the log only, under the errorId that the answer names.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var fault *vod.Fault
	seen, watching := within[*watched](w)
	switch {
	case watching && seen.status != 0:
		// The answer was given, and the connection is gone.
		s.log.DebugContext(r.Context(), "answer not delivered", "path", loggedPath(r), "error", err)
	case errors.As(err, &fault):
		problem.Write(w, r, problem.FromError(fault))
	case r.Context().Err() != nil:
		// The caller is gone, and nobody reads this.
		s.log.DebugContext(r.Context(), "request given up", "path", loggedPath(r), "error", err)
		problem.Write(w, r, problem.FromError(vod.Faultf(vod.Unavailable, "The request was given up.")))
	default:
		s.internal(w, r, err)
	}
}

// refuse answers a request that the generated code could not bind.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var form *api.InvalidParamFormatError
	var many *api.TooManyValuesForParamError
	switch {
	case errors.As(err, &form):
		s.fail(w, r, badParameter(form.ParamName, parameterForm(form.ParamName)))
	case errors.As(err, &many):
		s.fail(w, r, badParameter(many.ParamName, "may be given only once"))
	default:
		s.fail(w, r, vod.Faultf(vod.Invalid, "The request is malformed."))
	}
}

// internal answers an error that is nobody's business but the operator's.
func (s *server) internal(w http.ResponseWriter, r *http.Request, err error) {
	id := rand.Text()
	s.log.ErrorContext(r.Context(), "internal error", "errorId", id, "method", r.Method, "path", loggedPath(r), "error", err)
	d := problem.FromError(err)
	d.ErrorID = id
	problem.Write(w, r, d)
}

// badParameter refuses a parameter of the query or a header by its name.
func badParameter(name, message string) *vod.Fault {
	name = shown(name)
	return &vod.Fault{
		Code: vod.Invalid, Message: fmt.Sprintf("The parameter %s %s.", name, message),
		Problems: []vod.FieldProblem{{Path: name, Message: message}},
	}
}

// parameterForm says what a parameter that the generated code binds must be.
func parameterForm(name string) string {
	switch name {
	case "limit":
		return "must be a whole number from 1 to 500"
	case "versionId", "profileVersionId":
		return "must be a whole number, 1 or more"
	case "dryRun":
		return "must be true or false"
	}
	return "is not valid"
}
