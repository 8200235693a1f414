package profile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Limits of a document. They are far above what a pipeline needs and keep a
// hostile document from costing more than a few milliseconds.
const (
	maxBytes    = 1 << 20 // size of the text
	maxDepth    = 32      // lists and objects inside each other
	maxValues   = 50_000  // values, after aliases are followed
	maxProblems = 100     // problems that are told
	maxNumber   = 32      // characters of a number
	maxExponent = 30      // of ten; the schema compares exactly, in memory that grows with it
	maxTold     = 500     // bytes of a path or a message
)

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE]([+-]?[0-9]+))?$`)

// reader turns a text into objects (map[string]any), lists ([]any), strings,
// json.Number, bool and nil, and collects what is wrong with it on the way.
type reader struct {
	problems []vod.FieldProblem
	values   int
	stopped  bool // a limit was passed, or the rest cannot be read
}

// readText reads a document: JSON when it begins with a brace, else YAML. The
// value is nil if there are problems that hide the rest.
func readText(data []byte) (any, []vod.FieldProblem) {
	r := &reader{}
	if len(data) > maxBytes {
		r.stop("", "the document is larger than %d bytes", maxBytes)
		return nil, r.problems
	}
	if !utf8.Valid(data) {
		r.stop("", "the document is not UTF-8 text")
		return nil, r.problems
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var value any
	switch text := bytes.TrimSpace(data); {
	case len(text) == 0:
		r.stop("", "the document is empty")
	case text[0] == '{':
		value = r.readJSON(data)
	default:
		value = r.readYAML(data)
	}
	if r.stopped {
		return nil, r.problems
	}
	return value, r.problems
}

func (r *reader) refuse(path, format string, args ...any) {
	r.problems = append(r.problems, vod.FieldProblem{Path: path, Message: fmt.Sprintf(format, args...)})
}

func (r *reader) stop(path, format string, args ...any) {
	if !r.stopped {
		r.refuse(path, format, args...)
	}
	r.stopped = true
}

// enter counts a value and tells whether to read on.
func (r *reader) enter(path string, depth int) bool {
	r.values++
	switch {
	case r.stopped:
	case depth > maxDepth:
		r.stop(path, "lists and objects stand more than %d deep inside each other", maxDepth)
	case r.values > maxValues:
		r.stop("", "the document has more than %d values", maxValues)
	}
	return !r.stopped
}

// text checks a string value.
func (r *reader) text(path, value string) string {
	if strings.ContainsRune(value, 0) {
		r.refuse(path, "holds the character U+0000")
	}
	return value
}

// number gives a JSON number in the form that is kept: whole ones without
// fraction and exponent, so that 720, 720.0 and 7.2e2 are one height, all others
// with their digits as written. It refuses what is too large to be compared
// exactly.
func number(text string) (json.Number, bool) {
	m := jsonNumber.FindStringSubmatch(text)
	if m == nil || len(text) > maxNumber {
		return "0", false
	}
	if exponent, err := strconv.Atoi(m[4]); m[4] != "" && (err != nil || exponent < -maxExponent || exponent > maxExponent) {
		return "0", false
	}
	exact, ok := new(big.Rat).SetString(text)
	if ok && exact.IsInt() {
		return json.Number(exact.Num().String()), true
	}
	return json.Number(text), ok
}

// pointer extends a JSON pointer (RFC 6901).
func pointer(path, key string) string {
	return path + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

func index(path string, i int) string { return path + "/" + strconv.Itoa(i) }
