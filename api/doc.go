// Package api holds the HTTP contract, openapi.yaml: the types of the server
// (internal/httpd/api) and the client (client) are generated from it.
package api

import _ "embed"

//go:embed openapi.yaml
var document []byte

// Document is the text of openapi.yaml. The caller must not change it.
func Document() []byte { return document }
