package profile

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// DefaultName is the name of the built-in profile.
const DefaultName = "default"

//go:embed default.yaml
var defaultText []byte

// Document is a profile document that was found in order.
type Document struct {
	Name string
	// JSON is the canonical form: the keys in the order of the Status API's
	// page, every stage present, numbers with their digits as written. Parsing
	// it gives the same text again.
	JSON json.RawMessage
}

// Default gives the built-in profile, which needs no configuration.
func Default() Document {
	doc, err := Parse(DefaultName, defaultText)
	if err != nil {
		panic(fmt.Sprintf("profile: the built-in profile is not in order: %v", err)) // a test parses it
	}
	return doc
}

// Parse reads a document in YAML or JSON. name is the name under which it is
// applied; if it is empty the document must hold one, and if both are there
// they must be equal.
//
// The error is a *[vod.Fault] with code [vod.Unusable] whose Problems are all
// that is wrong with the document (the first 100), in the order of their paths.
// Messages never repeat the value of a secret field.
func Parse(name string, data []byte) (Document, error) {
	value, problems := readText(data)
	if len(problems) > 0 && value == nil {
		return Document{}, fault(name, problems)
	}
	doc, isObject := value.(map[string]any)
	if isObject {
		problems = append(problems, settleName(doc, &name)...)
	}
	shape, err := checkShape(value)
	if err != nil {
		return Document{}, err
	}
	problems = append(problems, except(shape, problems)...)
	problems = append(problems, checkMeaning(doc, len(problems) == 0)...)
	if len(problems) > 0 {
		return Document{}, fault(name, problems)
	}
	return Document{Name: name, JSON: canonicalDocument(doc)}, nil
}

// settleName gives the document the name that it is applied under. The schema
// checks the name's form afterwards.
func settleName(object map[string]any, name *string) []vod.FieldProblem {
	own, given := object["name"]
	text, isText := own.(string)
	switch {
	case !given && *name == "":
		return []vod.FieldProblem{{Path: "/name", Message: "is missing"}}
	case !given:
		object["name"] = *name
	case isText && *name == "":
		*name = text
	case isText && text != *name:
		return []vod.FieldProblem{{
			Path:    "/name",
			Message: fmt.Sprintf("is %s, but the profile is applied as %s", quoted(text), quoted(*name)),
		}}
	}
	return nil
}

// except leaves out what is wrong with a value that could not be read anyway.
func except(problems, known []vod.FieldProblem) []vod.FieldProblem {
	return slices.DeleteFunc(problems, func(p vod.FieldProblem) bool {
		return slices.ContainsFunc(known, func(k vod.FieldProblem) bool { return k.Path != "" && k.Path == p.Path })
	})
}

func fault(name string, problems []vod.FieldProblem) *vod.Fault {
	slices.SortStableFunc(problems, func(a, b vod.FieldProblem) int { return comparePaths(a.Path, b.Path) })
	problems = slices.Compact(problems)
	message := "The profile document has "
	if name != "" {
		message = fmt.Sprintf("The profile document %s has ", quoted(name))
	}
	n := len(problems)
	if n == 1 {
		message += "a problem."
	} else {
		message += fmt.Sprintf("%d problems.", n)
	}
	problems = slices.Clone(problems[:min(n, maxProblems)])
	for i, p := range problems {
		problems[i] = vod.FieldProblem{Path: told(p.Path), Message: told(p.Message)}
	}
	if n > maxProblems {
		problems = append(problems, vod.FieldProblem{Message: fmt.Sprintf("%d more problems are not listed", n-maxProblems)})
	}
	return &vod.Fault{Code: vod.Unusable, Message: message, Problems: problems}
}

// told is a path or a message as an answer has it: keys and tags of a hostile
// document can be as long as the document, and hold anything.
func told(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
	if len(text) > maxTold {
		text = strings.ToValidUTF8(text[:maxTold], "") + "…"
	}
	return text
}
