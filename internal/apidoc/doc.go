// Package apidoc serves the reference of the API as a page: api/openapi.yaml
// for people. It is plain HTML, made from the document by
// internal/tools/apidoc when code is generated, with one style sheet and no
// script, and loads nothing from anywhere else. [Handler] serves it.
package apidoc

//go:generate go run ../tools/apidoc -i ../../api/openapi.yaml -o page.gen.html
