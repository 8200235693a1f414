package main

import (
	"encoding/json"
	"html/template"
	"strings"

	"go.yaml.in/yaml/v3"
)

// width is how long a JSON value may be, in characters, to stand on one line.
const width = 72

// jsonOf writes an example as indented JSON, with its keys in the document's
// order, and marked up for colours.
func jsonOf(n node) template.HTML {
	return template.HTML(value(n, "", true)) //nolint:gosec // every text is escaped
}

// value writes a value; what fits stands on one line. indent is that of the
// line on which it begins.
func value(n node, indent string, colours bool) string {
	switch n.at.Kind {
	case yaml.MappingNode:
		var members []string
		for key, member := range n.entries() {
			members = append(members, marked("k", quoted(key), colours)+": "+value(member.resolved(), indent+"  ", colours))
		}
		return group("{", "}", members, indent)
	case yaml.SequenceNode:
		var items []string
		for _, item := range n.items() {
			items = append(items, value(item, indent+"  ", colours))
		}
		return group("[", "]", items, indent)
	case yaml.ScalarNode:
		if n.at.Tag == "!!str" {
			return marked("s", quoted(n.text()), colours)
		}
		return marked("n", n.text(), colours)
	}
	panic("an example holds an alias")
}

func group(open, end string, members []string, indent string) string {
	line := open + strings.Join(members, ", ") + end
	if !strings.Contains(line, "\n") && len(bare(line))+len(indent) <= width {
		return line
	}
	inner := "\n" + indent + "  "
	return open + inner + strings.Join(members, ","+inner) + "\n" + indent + end
}

// bare is the text without the marks.
func bare(text string) string {
	for {
		before, rest, found := strings.Cut(text, "<")
		if !found {
			return text
		}
		_, after, _ := strings.Cut(rest, ">")
		text = before + after
	}
}

func marked(class, text string, colours bool) string {
	if !colours {
		return text
	}
	return `<span class="` + class + `">` + template.HTMLEscapeString(text) + `</span>`
}

func quoted(text string) string {
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // a string always encodes
	return strings.TrimSpace(out.String())
}
