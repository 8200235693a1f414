package main

import (
	"cmp"
	"html/template"
	"slices"
	"strconv"
	"strings"
)

// schema is one of the document's components.
type schema struct {
	Name        string
	Description template.HTML
	Type        template.HTML // of what is no object with keys
	Properties  []parameter
}

func readSchemas(doc node) (list []schema) {
	for name, s := range doc.get("components", "schemas").entries() {
		list = append(list, schema{
			Name: name, Description: markdown(s.get("description").text()), Type: typeOf(s, node{}), Properties: readProperties(s),
		})
	}
	slices.SortFunc(list, func(a, b schema) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

func readProperties(s node) (list []parameter) {
	var required []string
	for _, r := range s.get("required").items() {
		required = append(required, r.text())
	}
	for name, p := range s.get("properties").entries() {
		raw := p
		p = p.resolved()
		list = append(list, parameter{
			Name: name, Required: slices.Contains(required, name), Type: typeOf(p, raw), Description: markdown(p.get("description").text()),
		})
	}
	return list
}

// raw is a child without following its reference.
func (n node) raw(key string) node {
	for name, value := range n.entries() {
		if name == key {
			return value
		}
	}
	return node{root: n.root}
}

// typeOf tells what a value may be: its type or a link to it, then its bounds.
// raw is the same schema as it stands there, which may be a reference.
func typeOf(s, raw node) template.HTML {
	if name := raw.reference(); name != "" {
		return link(name)
	}
	var text string
	if all := s.raw("allOf"); all.there() {
		text = string(link(node{all.at.Content[0], s.root}.reference()))
	} else {
		text = template.HTMLEscapeString(plainType(s))
	}
	if s.get("type").text() == "array" {
		text += " of " + string(typeOf(s.get("items"), s.raw("items")))
	}
	if s.get("nullable").text() == "true" {
		text += " or null"
	}
	if b := bounds(s); b != "" {
		text += " <small>" + template.HTMLEscapeString(b) + "</small>"
	}
	return template.HTML(text) //nolint:gosec // escaped above
}

func link(name string) template.HTML {
	name = template.HTMLEscapeString(name)
	return template.HTML(`<a href="#schema-` + name + `">` + name + `</a>`) //nolint:gosec // escaped above
}

func plainType(s node) string {
	kind := cmp.Or(s.get("type").text(), "any JSON")
	if format := s.get("format").text(); format == "date-time" {
		return "time"
	} else if format == "binary" {
		return "bytes"
	}
	if kind == "object" && s.get("additionalProperties").text() == "true" {
		return "JSON object"
	}
	return kind
}

// bounds are the limits of a value, as people write them.
func bounds(s node) string {
	var list []string
	from, to := s.get("minimum").text(), s.get("maximum").text()
	switch {
	case from != "" && to != "":
		list = append(list, from+" to "+to)
	case from != "":
		list = append(list, "at least "+from)
	}
	low, _ := strconv.Atoi(s.get("minLength").text())
	if high := s.get("maxLength").text(); high != "" {
		list = append(list, strconv.Itoa(low)+" to "+high+" characters")
	} else if low > 0 {
		list = append(list, "not empty")
	}
	if pattern := s.get("pattern").text(); pattern != "" {
		list = append(list, pattern)
	}
	var values []string
	for _, v := range s.get("enum").items() {
		values = append(values, v.text())
	}
	if len(values) > 0 {
		list = append(list, strings.Join(values, ", "))
	}
	if d := s.get("default"); d.there() {
		list = append(list, "default "+d.text())
	}
	return strings.Join(list, "; ")
}
