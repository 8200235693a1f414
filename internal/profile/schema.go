package profile

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

//go:embed schema.json
var schemaText []byte

// schemaURL names the schema to the validator. Nothing is fetched from it.
const schemaURL = "urn:orchestrate:profile"

// Schema gives the JSON Schema (draft 2020-12) of profile documents, for
// editors. It describes the shape; [Parse] checks more.
func Schema() json.RawMessage { return bytes.Clone(schemaText) }

// compiled is the schema, made ready once like a compiled expression: that
// takes ten times as long as to validate a document. It is safe for concurrent
// use.
var compiled = sync.OnceValues(compile) //nolint:gochecknoglobals // see above

// shape is the schema as text that was read, and made ready.
type shape struct {
	text  any
	ready *jsonschema.Schema
}

func compile() (shape, error) {
	text, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaText))
	if err != nil {
		return shape{}, fmt.Errorf("profile schema: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(schemaURL, text); err != nil {
		return shape{}, fmt.Errorf("profile schema: %w", err)
	}
	ready, err := compiler.Compile(schemaURL)
	if err != nil {
		return shape{}, fmt.Errorf("profile schema: %w", err)
	}
	return shape{text, ready}, nil
}

// checkShape validates a value against the schema. Its error is a defect of
// the schema, never of the document.
func checkShape(value any) ([]vod.FieldProblem, error) {
	schema, err := compiled()
	if err != nil {
		return nil, err
	}
	err = schema.ready.Validate(value)
	if err == nil {
		return nil, nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return nil, fmt.Errorf("profile schema: %w", err)
	}
	return shapeProblems(invalid, func(url string) []string { return knownKeys(schema.text, url) }), nil
}

// shapeProblems gives the leaves of a tree of validation errors: groups such as
// allOf, then and $ref say nothing of their own.
func shapeProblems(e *jsonschema.ValidationError, known func(url string) []string) []vod.FieldProblem {
	_, choice := e.ErrorKind.(*kind.OneOf) // What each of its parts misses would mislead.
	if len(e.Causes) == 0 || choice {
		path := ""
		for _, key := range e.InstanceLocation {
			path = pointer(path, key)
		}
		return explain(path, e, known)
	}
	var problems []vod.FieldProblem
	for _, cause := range e.Causes {
		problems = append(problems, shapeProblems(cause, known)...)
	}
	return problems
}

// knownKeys are the keys that the part of the schema at url describes.
func knownKeys(doc any, url string) []string {
	_, fragment, _ := strings.Cut(url, "#")
	for _, key := range strings.Split(fragment, "/")[1:] {
		switch part := doc.(type) {
		case map[string]any:
			doc = part[key]
		case []any:
			return nil
		}
	}
	part, _ := doc.(map[string]any)
	properties, _ := part["properties"].(map[string]any)
	return slices.Sorted(maps.Keys(properties))
}
