package apicheck

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"

	contract "github.com/via-orchestrate/orchestrate/api"
)

// Checker holds exchanges against the document. It is safe for concurrent use.
type Checker struct {
	doc *openapi3.T

	mu   sync.Mutex
	seen map[string]bool // "operationId status"
}

// New reads the document and makes it strict.
func New() (*Checker, error) {
	doc, err := openapi3.NewLoader().LoadFromData(contract.Document())
	if err != nil {
		return nil, fmt.Errorf("read the OpenAPI document: %w", err)
	}
	for name, schema := range doc.Components.Schemas {
		tighten(name, schema.Value)
	}
	return &Checker{doc: doc, seen: map[string]bool{}}, nil
}

// timeForm is how the Status API writes times.
const timeForm = `^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$`

// tighten forbids keys that an object does not name, and other forms of times.
func tighten(name string, schema *openapi3.Schema) {
	if len(schema.Properties) > 0 && schema.AdditionalProperties.Has == nil {
		closed := false
		schema.AdditionalProperties.Has = &closed
	}
	for _, property := range schema.Properties {
		// Times in what a caller sends have any offset, and those of files are to the
		// nanosecond.
		if property.Value.Format == "date-time" && !slices.Contains([]string{"FileCheck", "Submission", "ScheduleChange"}, name) {
			property.Value.Pattern = timeForm
		}
	}
}

// place is where a request leads in the document.
type place struct {
	item      *openapi3.PathItem  // nil: no path of the document
	operation *openapi3.Operation // that of GET for HEAD, unless the document has one
	route     *routers.Route
	params    map[string]string
	options   bool // OPTIONS, which the document describes for all paths together
}

// find looks the request's path and method up. Of several paths that fit, the
// one with fewer parameters counts, as for [http.ServeMux].
func (c *Checker) find(r *http.Request) place {
	best, fewest := place{}, -1
	for path, item := range c.doc.Paths.Map() {
		params, ok := match(path, r.URL.EscapedPath())
		if ok && (fewest < 0 || len(params) < fewest) {
			fewest = len(params)
			best = place{item: item, params: params, route: &routers.Route{Spec: c.doc, Path: path, PathItem: item}}
		}
	}
	if best.item == nil {
		return best
	}
	best.operation = best.item.GetOperation(r.Method)
	if best.operation == nil && r.Method == http.MethodHead {
		best.operation = best.item.Get
	}
	best.options = best.operation == nil && r.Method == http.MethodOptions
	best.route.Operation, best.route.Method = best.operation, r.Method
	return best
}

// rest is the parameter that stands for the rest of a path, slashes included,
// which OpenAPI cannot say.
const rest = "{path}"

// match fits an escaped path to a template, and gives the parameters.
func match(template, path string) (map[string]string, bool) {
	params := map[string]string{}
	have := strings.Split(path, "/")
	for i, want := range strings.Split(template, "/") {
		if i >= len(have) {
			return nil, false
		}
		switch {
		case want == rest:
			params["path"] = strings.Join(have[i:], "/")
			return params, params["path"] != ""
		case strings.HasPrefix(want, "{") && have[i] != "":
			params[strings.Trim(want, "{}")] = have[i]
		case want != have[i]:
			return nil, false
		}
	}
	return params, strings.Count(template, "/") == strings.Count(path, "/")
}
