package main

import (
	"bytes"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

// page is what page.html shows.
type page struct {
	Title, Version string
	Description    template.HTML
	Security       []scheme
	Tags           []tag
	Shared         []answer // those that operations only name
	Schemas        []schema
}

type scheme struct {
	Name, Usage string
	Description template.HTML
}

type tag struct {
	Name, Description string
	Operations        []operation
}

type operation struct {
	ID, Method, Path, Summary string
	Head                      bool // HEAD is answered as well
	Public                    bool
	Permission                string
	Description               template.HTML
	Parameters                []parameter
	Bodies                    []content // of the request
	Curl                      string
	Answers                   []answer
}

type parameter struct {
	Name, In    string
	Required    bool
	Type        template.HTML
	Description template.HTML
}

// content is a body of one type.
type content struct {
	Type     string
	Schema   template.HTML
	Examples []example
}

type example struct {
	Title string
	JSON  template.HTML
}

type answer struct {
	Status      string // empty for a shared one
	Shared      string // name of the shared answer that this is, or empty
	Description template.HTML
	Headers     []parameter
	Bodies      []content
}

// methods are the operations of a path, in the order in which they are shown.
func methods() []string { return []string{"get", "head", "post", "put", "patch", "delete", "options"} }

func read(doc node) (page, error) {
	p := page{
		Title: doc.get("info", "title").text(), Version: doc.get("info", "version").text(),
		Description: markdown(doc.get("info", "description").text()),
	}
	for name, s := range doc.get("components", "securitySchemes").entries() {
		p.Security = append(p.Security, readScheme(name, s))
	}
	operations := map[string][]operation{}
	for path, item := range doc.get("paths").entries() {
		for _, method := range methods() {
			if op := item.get(method); op.there() {
				name := op.get("tags").items()[0].text()
				operations[name] = append(operations[name], readOperation(path, method, item, op))
			}
		}
	}
	for _, t := range doc.get("tags").items() {
		name := t.get("name").text()
		if len(operations[name]) == 0 {
			return p, fmt.Errorf("the tag %s has no operations", name)
		}
		p.Tags = append(p.Tags, tag{name, t.get("description").text(), operations[name]})
		delete(operations, name)
	}
	if len(operations) > 0 {
		return p, fmt.Errorf("operations have tags that the document does not list: %v", operations)
	}
	for name, response := range doc.get("components", "responses").entries() {
		p.Shared = append(p.Shared, readAnswer("", name, response))
	}
	p.Schemas = readSchemas(doc)
	return p, nil
}

func readScheme(name string, s node) scheme {
	usage := "Authorization: Bearer TOKEN"
	if s.get("type").text() == "apiKey" {
		usage = s.get("name").text() + ": TENANT"
	}
	return scheme{name, usage, markdown(s.get("description").text())}
}

func readOperation(path, method string, item, op node) operation {
	o := operation{
		ID: op.get("operationId").text(), Method: strings.ToUpper(method), Path: path, Summary: op.get("summary").text(),
		Head: method == "get" && !item.get("head").there(), Permission: op.get("x-permission").text(),
		Public: op.get("security").there() && len(op.get("security").items()) == 0,
	}
	// The permission and that it is public are shown beside the heading.
	o.Description = markdown(withoutAccess(op.get("description").text()))
	parameters := slices.Concat(item.get("parameters").items(), op.get("parameters").items())
	for _, p := range parameters {
		o.Parameters = append(o.Parameters, readParameter(p.get("name").text(), p))
	}
	o.Bodies = readContent(op.get("requestBody", "content"))
	for status, response := range op.get("responses").entries() {
		o.Answers = append(o.Answers, readAnswer(status, response.reference(), response.resolved()))
	}
	o.Curl = curl(o, op, parameters)
	return o
}

func withoutAccess(description string) string {
	var kept []string
	for line := range strings.Lines(description) {
		if !strings.HasPrefix(line, "Needs the permission `") {
			kept = append(kept, line)
		}
	}
	text := strings.TrimSpace(strings.Join(kept, ""))
	text, _ = strings.CutPrefix(text, "Public.")
	text, _ = strings.CutSuffix(text, "Public.")
	return strings.TrimSpace(text)
}

func readParameter(name string, p node) parameter {
	return parameter{
		Name: name, In: p.get("in").text(), Required: p.get("required").text() == "true",
		Type: typeOf(p.child("schema"), p.raw("schema")), Description: markdown(p.get("description").text()),
	}
}

func readAnswer(status, shared string, response node) answer {
	a := answer{
		Status: status, Shared: shared, Description: markdown(response.get("description").text()),
		Bodies: readContent(response.get("content")),
	}
	for name, h := range response.get("headers").entries() {
		a.Headers = append(a.Headers, readParameter(name, h.resolved()))
	}
	return a
}

func readContent(types node) (list []content) {
	for name, t := range types.entries() {
		c := content{Type: name, Schema: typeOf(t.get("schema"), t.raw("schema"))}
		if e := t.get("example"); e.there() {
			c.Examples = append(c.Examples, example{JSON: jsonOf(e)})
		}
		for _, e := range t.get("examples").entries() {
			e = e.resolved()
			c.Examples = append(c.Examples, example{e.get("summary").text(), jsonOf(e.get("value"))})
		}
		list = append(list, c)
	}
	return list
}

// markdown renders CommonMark with tables, as descriptions are written in. Raw
// HTML in it is left out.
func markdown(text string) template.HTML {
	var html bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.Table)).Convert([]byte(text), &html); err != nil {
		panic(err) // A buffer takes everything.
	}
	return template.HTML(html.String()) //nolint:gosec // goldmark escapes, and the text is the project's own
}
