package main

import (
	"net/url"
	"strings"
)

// curl is the operation as a command line, with the document's examples.
// $SERVER and $TOKEN are the reader's.
func curl(o operation, op node, parameters []node) string {
	words := []string{"curl"}
	switch o.Method {
	case "GET":
	case "HEAD":
		words = append(words, "--head")
	default:
		words = append(words, "-X "+o.Method)
	}
	if !o.Public {
		words = append(words, `-H "Authorization: Bearer $TOKEN"`)
	}
	path := o.Path
	for _, p := range parameters {
		name, shown := p.get("name").text(), p.get("example").text()
		switch {
		case p.get("in").text() == "path" && shown != "":
			path = strings.ReplaceAll(path, "{"+name+"}", strings.ReplaceAll(url.PathEscape(shown), "%2F", "/"))
		case p.get("in").text() == "header" && p.get("required").text() == "true":
			words = append(words, "-H "+quote(name+": "+shown))
		}
	}
	words = append(words, body(op)...)
	return strings.Join(append(words, `"$SERVER`+path+`"`), " \\\n  ")
}

// body sends the first example of the request's first type, or a file.
func body(op node) []string {
	for kind, t := range op.get("requestBody", "content").entries() {
		words := []string{"-H " + quote("Content-Type: "+kind)}
		if e := t.get("example"); e.there() {
			return append(words, "-d "+quote(value(e, "  ", false)))
		}
		for _, e := range t.get("examples").entries() {
			return append(words, "-d "+quote(value(e.resolved().get("value"), "  ", false)))
		}
		return append(words, "--data-binary @clip.mp4")
	}
	return nil
}

// quote makes one word for the shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
