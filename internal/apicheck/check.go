package apicheck

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// Exchange is a request and its answer. The bodies are beside them, for they
// were read; a body that is nil, as of a film, is not looked at.
type Exchange struct {
	Request     *http.Request
	RequestBody []byte
	Response    *http.Response
	Body        []byte
}

// Check tells everything about the exchange that the document does not say.
func (c *Checker) Check(e Exchange) error {
	at := c.find(e.Request)
	var problems []error
	note := func(err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("%s %s, answered %d: %w", e.Request.Method, e.Request.URL.Path, e.Response.StatusCode, err))
		}
	}
	note(checkBodyless(e))
	note(checkProblem(e))
	switch {
	case at.operation != nil:
		c.count(at.operation.OperationID, e.Response.StatusCode)
		note(checkResponse(at, e))
		note(checkHeaders(at, e))
		if e.Response.StatusCode < http.StatusMultipleChoices {
			note(checkRequest(at, e))
		}
	case at.options:
		note(checkImplied(e, http.StatusNoContent))
	case at.item != nil:
		note(checkImplied(e, http.StatusMethodNotAllowed))
	default:
		note(checkImplied(e, http.StatusNotFound))
	}
	return errors.Join(problems...)
}

// checkImplied is for what the document says of all paths together: other
// methods are 405 and OPTIONS 204, both with Allow, other paths 404; before
// that the caller may be refused.
func checkImplied(e Exchange, want int) error {
	got := e.Response.StatusCode
	early := []int{
		http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests,
		http.StatusInternalServerError, http.StatusServiceUnavailable,
	}
	switch {
	case got == want && want != http.StatusNotFound && e.Response.Header.Get("Allow") == "":
		return errors.New("the answer has no Allow")
	case got == want || slices.Contains(early, got):
		return nil
	}
	return fmt.Errorf("the document has no such path or method, which would be %d", want)
}

// checkBodyless holds that answers that have no body have none.
func checkBodyless(e Exchange) error {
	status := e.Response.StatusCode
	if len(e.Body) > 0 && (e.Request.Method == http.MethodHead || status == http.StatusNoContent || status == http.StatusNotModified) {
		return fmt.Errorf("the answer has a body of %d bytes", len(e.Body))
	}
	return nil
}

// checkProblem holds that a problem says of itself what the answer is.
func checkProblem(e Exchange) error {
	if e.Body == nil || e.Request.Method == http.MethodHead || !strings.HasPrefix(e.Response.Header.Get("Content-Type"), "application/problem+json") {
		return nil
	}
	var p struct {
		Status int
		Title  string
	}
	if err := json.Unmarshal(e.Body, &p); err != nil {
		return fmt.Errorf("the problem is no JSON: %w", err)
	}
	if p.Status != e.Response.StatusCode || p.Title != http.StatusText(p.Status) {
		return fmt.Errorf("the problem says %d %s", p.Status, p.Title)
	}
	return nil
}

func options() *openapi3filter.Options {
	return &openapi3filter.Options{
		IncludeResponseStatus: true, MultiError: true, SkipSettingDefaults: true,
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
	}
}

func checkResponse(at place, e Exchange) error {
	o := options()
	documented := at.operation.Responses.Status(e.Response.StatusCode)
	if documented == nil {
		return errors.New("the document has no such status here")
	}
	kind := e.Response.Header.Get("Content-Type")
	switch content := documented.Value.Content; {
	case len(content) == 0 && len(e.Body) > 0:
		return fmt.Errorf("the document has no body here, and the answer one of %d bytes", len(e.Body))
	case len(content) > 0 && content.Get(kind) == nil && (kind != "" || len(e.Body) > 0):
		return fmt.Errorf("the document has no Content-Type %q here", kind)
	}
	// Of an answer without a body, or with one that is no document, the headers
	// still count. The library would not look at those of HEAD at all.
	o.ExcludeResponseBody = e.Body == nil || e.Request.Method == http.MethodHead || !structured(kind)
	request := e.Request.Clone(e.Request.Context())
	request.Method = http.MethodGet
	return openapi3filter.ValidateResponse(e.Request.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: request, Route: at.route, PathParams: at.params, Options: o},
		Status:                 e.Response.StatusCode, Header: e.Response.Header, Body: io.NopCloser(bytes.NewReader(e.Body)), Options: o,
	})
}

// structured tells whether a body of this type has a schema that says more
// than that it is text.
func structured(contentType string) bool {
	kind, _, _ := mime.ParseMediaType(contentType)
	return strings.HasSuffix(kind, "json") || strings.HasSuffix(kind, "yaml")
}

// checkHeaders holds that the answer has no header that is neither documented
// for it nor of HTTP in general.
func checkHeaders(at place, e Exchange) error {
	documented := at.operation.Responses.Status(e.Response.StatusCode)
	if documented == nil {
		return nil // told by checkResponse
	}
	known := func(name string) bool {
		for given := range documented.Value.Headers {
			if strings.EqualFold(given, name) {
				return true
			}
		}
		return general(name)
	}
	var odd []string
	for name := range e.Response.Header {
		if !known(name) {
			odd = append(odd, name)
		}
	}
	if slices.Sort(odd); len(odd) > 0 {
		return fmt.Errorf("the document does not name the headers %s", strings.Join(odd, ", "))
	}
	return nil
}

// general tells whether a header may be in any answer: those of HTTP about the
// body, those that tell browsers what not to do, the request's id, and the
// version of tus, which every answer about an upload names.
func general(name string) bool {
	switch name {
	case "Cache-Control", "Connection", "Date", "Transfer-Encoding", "Trailer", "Vary", "X-Request-Id", "Tus-Resumable",
		"Accept-Ranges", "Content-Encoding", "Content-Length", "Content-Type", "Last-Modified",
		"Content-Security-Policy", "Cross-Origin-Resource-Policy", "Permissions-Policy", "Referrer-Policy",
		"Strict-Transport-Security", "Timing-Allow-Origin", "X-Content-Type-Options", "X-Frame-Options":
		return true
	}
	return strings.HasPrefix(name, "Access-Control-")
}

// checkRequest holds that a request that was taken is one that the document
// allows.
func checkRequest(at place, e Exchange) error {
	for name := range e.Request.URL.Query() {
		if at.operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			return fmt.Errorf("the query parameter %s was taken, and the document has none", name)
		}
	}
	o := options()
	o.ExcludeRequestBody = e.RequestBody == nil
	request := e.Request.Clone(e.Request.Context())
	request.Body = io.NopCloser(bytes.NewReader(e.RequestBody))
	// The document takes the older names of YAML's type in words only.
	if kind, _, _ := mime.ParseMediaType(request.Header.Get("Content-Type")); strings.HasSuffix(kind, "yaml") {
		request.Header.Set("Content-Type", "application/yaml")
	}
	// Several values in one parameter are beyond what the schema can say.
	query := request.URL.Query()
	if given, ok := query["status"]; ok {
		query["status"] = strings.Split(strings.Join(given, ","), ",")
		request.URL.RawQuery = query.Encode()
	}
	err := openapi3filter.ValidateRequest(e.Request.Context(), &openapi3filter.RequestValidationInput{
		Request: request, Route: at.route, PathParams: at.params, Options: o,
	})
	if err != nil {
		return fmt.Errorf("the request was taken, and the document does not allow it: %w", err)
	}
	return nil
}
