package profile

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// patternMeaning says in words what each part of the schema that has a pattern
// wants. The value itself is not repeated: it may be a secret.
func patternMeaning(schemaURL string) string {
	switch schemaURL[strings.LastIndex(schemaURL, "/")+1:] {
	case "name":
		return "must be 1 to 100 letters, digits, dots, dashes or underscores, and begin with a letter or digit"
	case "label", "labelOrNull":
		return "must be 1 to 100 letters, digits, dots, dashes or underscores, and begin with a letter"
	case "path":
		return "must be an absolute path, such as /srv/video"
	case "s3Arn":
		return "must be the ARN of a bucket, and a prefix if need be, such as arn:aws:s3:::my-bucket/vod"
	case "endpoint":
		return "must be an http or https address without user-info and path, such as https://s3.example.com"
	case "region":
		return "must be the name of a region, such as eu-north-1"
	case "iamRoleArn":
		return "must be the ARN of a role, such as arn:aws:iam::123456789012:role/media"
	case "baseUrl":
		return "must be an http or https address without user-info, query, fragment and slash at the end"
	case "url":
		return "must be an http or https address without user-info and fragment"
	case "secret":
		return "must refer to a secret (env:NAME, file:NAME or ssm:NAME), not be one"
	}
	return "does not have the right form"
}

// choiceMeaning says in words what each part of the schema with a oneOf wants.
func choiceMeaning(schemaURL string) string {
	if strings.HasSuffix(schemaURL, "/encryption") {
		return "needs keyFile or keyServer, one of the two"
	}
	return "must have one of several forms, and has none or more than one"
}

// explain says what a validation error means, in words for whoever wrote the
// document. Most give one problem; each missing or unknown key gives its own.
func explain(path string, e *jsonschema.ValidationError, known func(url string) []string) []vod.FieldProblem {
	one := func(format string, args ...any) []vod.FieldProblem {
		return []vod.FieldProblem{{Path: path, Message: fmt.Sprintf(format, args...)}}
	}
	switch k := e.ErrorKind.(type) {
	case *kind.Type:
		return one("%s", typeMessage(k))
	case *kind.Enum:
		return one("%s is not possible here; %s", shown(k.Got), choice(k.Want))
	case *kind.Required:
		return each(path, k.Missing, "is missing")
	case *kind.AdditionalProperties:
		return each(path, k.Properties, "unknown key; known here: "+strings.Join(known(e.SchemaURL), ", "))
	case *kind.DependentRequired:
		return each(path, k.Missing, "is missing, but "+k.Prop+" is given")
	case *kind.FalseSchema:
		return one("a location of this type has no such key")
	case *kind.OneOf:
		return one("%s", choiceMeaning(e.SchemaURL))
	case *kind.Not:
		return one("has a meaning of its own in filters and cannot be the label of a step")
	case *kind.Pattern:
		return one("%s", patternMeaning(e.SchemaURL))
	case *kind.MinItems:
		return one("must have %d entries or more", k.Want)
	case *kind.MaxItems:
		return one("has %d entries; %d are possible", k.Got, k.Want)
	case *kind.UniqueItems:
		return one("has the same entry twice, at %d and %d", min(k.Duplicates[0], k.Duplicates[1]), max(k.Duplicates[0], k.Duplicates[1]))
	case *kind.MinLength:
		return one("is empty")
	case *kind.MaxLength:
		return one("has %d characters; %d are possible", k.Got, k.Want)
	case *kind.Minimum:
		return one("is %s; %s is the least", decimal(k.Got), decimal(k.Want))
	case *kind.Maximum:
		return one("is %s; %s is the most", decimal(k.Got), decimal(k.Want))
	case *kind.MultipleOf:
		return one("is %s; it must be a multiple of %s", decimal(k.Got), decimal(k.Want))
	default:
		return one("is not in order (%s)", strings.Join(e.ErrorKind.KeywordPath(), "/"))
	}
}

func each(path string, keys []string, message string) []vod.FieldProblem {
	problems := make([]vod.FieldProblem, len(keys))
	for i, key := range keys {
		problems[i] = vod.FieldProblem{Path: pointer(path, key), Message: message}
	}
	return problems
}

func typeMessage(k *kind.Type) string {
	want := strings.Join(k.Want, " or ")
	if k.Got == "number" && strings.Contains(want, "string") {
		return fmt.Sprintf("must be of type %s, not number; put it in quotes", want)
	}
	return fmt.Sprintf("must be of type %s, not %s", want, k.Got)
}

func choice(want []any) string {
	texts := make([]string, len(want))
	for i, w := range want {
		texts[i] = fmt.Sprint(w)
	}
	if len(texts) == 1 {
		return "it must be " + texts[0]
	}
	return "it must be one of " + strings.Join(texts, ", ")
}

// shown is a value as messages show it.
func shown(v any) string {
	switch v := v.(type) {
	case string:
		return quoted(v)
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	case nil:
		return "null"
	case json.Number:
		return strings.Trim(quoted(v.String()), `"`)
	default:
		return quoted(fmt.Sprint(v))
	}
}

// quoted is a text in quotes, cut when it is long.
func quoted(text string) string {
	const most = 60
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return fmt.Sprintf("%q", text)
}

func decimal(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	f, _ := r.Float64()
	return fmt.Sprint(f)
}
