package main

import (
	"bytes"
	_ "embed"
	"flag"
	"fmt"
	"html/template"
	"os"

	"go.yaml.in/yaml/v3"
)

//go:embed page.html
var pageText string

func main() {
	in := flag.String("i", "api/openapi.yaml", "OpenAPI document to read")
	out := flag.String("o", "internal/apidoc/page.gen.html", "page to write")
	flag.Parse()
	if err := run(*in, *out); err != nil {
		fmt.Fprintln(os.Stderr, "apidoc:", err)
		os.Exit(1)
	}
}

func run(in, out string) error {
	text, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	html, err := render(text)
	if err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	return os.WriteFile(out, html, 0o644) //nolint:gosec // a file for everybody
}

// render makes the page of a document.
func render(document []byte) ([]byte, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(document, &root); err != nil {
		return nil, err
	}
	page, err := read(node{&root, &root}.document())
	if err != nil {
		return nil, err
	}
	t, err := template.New("page").Parse(pageText)
	if err != nil {
		return nil, err
	}
	var html bytes.Buffer
	if err := t.Execute(&html, page); err != nil {
		return nil, err
	}
	return html.Bytes(), nil
}
