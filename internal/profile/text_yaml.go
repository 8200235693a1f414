package profile

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

var yamlLine = regexp.MustCompile(`^line [0-9]+: `)

// readYAML reads one YAML document. It walks the nodes itself, so that aliases
// are followed under the limits of this package (an alias that holds itself
// meets maxDepth, one that multiplies meets maxValues) and every number keeps
// its digits.
func (r *reader) readYAML(data []byte) any {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var first, second yaml.Node
	if err := dec.Decode(&first); errors.Is(err, io.EOF) {
		r.stop("", "the document is empty")
		return nil
	} else if err != nil {
		r.stop("", "%s", yamlMessage(data, err))
		return nil
	}
	if err := dec.Decode(&second); err == nil {
		r.stop("", "line %d: a second document begins here; only one can be applied", second.Line)
		return nil
	} else if !errors.Is(err, io.EOF) {
		r.stop("", "%s", yamlMessage(data, err))
		return nil
	}
	return r.yamlValue(&first, "", 0)
}

// yamlMessage puts the line right. The library names the line on which the
// innermost list or object around a mistake begins, or the one before it; the
// mistake is on the first line with which the text can no longer be read. For
// long texts, where looking for it takes too long, the library's line stays.
func yamlMessage(data []byte, err error) string {
	const longest, largest = 500, 64 << 10 // lines, bytes
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	lines := bytes.SplitAfter(data, []byte("\n"))
	if !yamlLine.MatchString(message) || len(lines) > longest || len(data) > largest {
		return message
	}
	good := len(lines) - 1
	for good > 0 && yaml.Unmarshal(bytes.Join(lines[:good], nil), &yaml.Node{}) != nil {
		good--
	}
	return yamlLine.ReplaceAllString(message, "line "+strconv.Itoa(good+1)+": ")
}

func (r *reader) yamlValue(n *yaml.Node, path string, depth int) any {
	if !r.enter(path, depth) {
		return nil
	}
	switch n.Kind {
	case yaml.DocumentNode:
		return r.yamlValue(n.Content[0], path, depth)
	case yaml.AliasNode:
		return r.yamlValue(n.Alias, path, depth+1)
	case yaml.SequenceNode:
		list := []any{}
		for i, item := range n.Content {
			list = append(list, r.yamlValue(item, index(path, i), depth+1))
		}
		return list
	case yaml.MappingNode:
		return r.yamlObject(n, path, depth)
	default:
		return r.yamlScalar(n, path)
	}
}

func (r *reader) yamlObject(n *yaml.Node, path string, depth int) any {
	object := map[string]any{}
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content) && !r.stopped; i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.ShortTag() != "!!str" {
			r.refuse(path, "line %d: a key must be text; merge keys (<<) are not supported", key.Line)
			continue
		}
		at := pointer(path, r.text(path, key.Value))
		if line, twice := lines[key.Value]; twice {
			r.refuse(at, "line %d: the key stands already on line %d", key.Line, line)
			continue
		}
		lines[key.Value] = key.Line
		object[key.Value] = r.yamlValue(value, at, depth+1)
	}
	return object
}

func (r *reader) yamlScalar(n *yaml.Node, path string) any {
	switch n.ShortTag() {
	case "!!str", "!!timestamp":
		return r.text(path, n.Value)
	case "!!null":
		return nil
	case "!!bool":
		var b bool
		if err := n.Decode(&b); err == nil {
			return b
		}
	case "!!int", "!!float":
		exact, ok := yamlNumber(n)
		if !ok {
			r.refuse(path, "line %d: the number is too long or too large", n.Line)
		}
		return exact
	}
	r.refuse(path, "line %d: values of the type %s are not supported", n.Line, n.ShortTag())
	return nil
}

// yamlNumber keeps the digits of a number that JSON can write the same way, and
// rewrites others (0x10, 1_000, .5).
func yamlNumber(n *yaml.Node) (json.Number, bool) {
	text := n.Value
	if !jsonNumber.MatchString(text) {
		var whole int64
		var real float64
		switch {
		case n.Decode(&whole) == nil:
			text = strconv.FormatInt(whole, 10)
		case n.Decode(&real) == nil:
			b, err := json.Marshal(real) // refuses .inf and .nan
			if err != nil {
				return "0", false
			}
			text = string(b)
		}
	}
	return number(text)
}
