package profile

import (
	"bytes"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Lines gives for each problem of a document the line on which the text has
// it, from 1, or 0 where that is not known. What is missing is on the line of
// what it is missing in.
func Lines(data []byte, problems []vod.FieldProblem) []int {
	lines := make([]int, len(problems))
	var root yaml.Node
	if len(data) <= maxBytes {
		// What cannot be read has problems that tell their lines themselves.
		_ = yaml.NewDecoder(bytes.NewReader(data)).Decode(&root)
	}
	for i, p := range problems {
		if said := yamlLine.FindString(p.Message); said != "" {
			lines[i], _ = strconv.Atoi(strings.Trim(said, "line: "))
		} else if strings.HasPrefix(p.Path, "/") && len(root.Content) == 1 {
			lines[i] = lineOf(root.Content[0], p.Path)
		}
	}
	return lines
}

// lineOf follows a JSON pointer (RFC 6901) as far as it leads.
func lineOf(node *yaml.Node, path string) int {
	line := node.Line
	for _, part := range strings.Split(path, "/")[1:] {
		if node.Kind == yaml.AliasNode {
			node = node.Alias
		}
		part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		key, value := child(node, part)
		if value == nil {
			break
		}
		node, line = value, key.Line
	}
	return line
}

// child gives what stands in a list or an object under part of a pointer, and
// where that begins.
func child(node *yaml.Node, part string) (key, value *yaml.Node) {
	switch node.Kind {
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(part); err == nil && i >= 0 && i < len(node.Content) {
			return node.Content[i], node.Content[i]
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == part {
				return node.Content[i], node.Content[i+1]
			}
		}
	}
	return nil, nil
}
