// Package api holds the HTTP API's documents and the interface that package
// httpd implements, generated from api/openapi.yaml.
package api

//go:generate ../../../.cache/bin/oapi-codegen -config oapi-codegen.yaml ../../../api/openapi.yaml
