// Command apidoc writes internal/apidoc/page.gen.html: api/openapi.yaml as a
// page for people. It is run by `make generate`.
//
// The document is read as YAML nodes, which keep the order of keys: examples
// are shown with the keys as the server sends them. Only what that document
// uses of OpenAPI 3.0 is understood; anything else fails.
package main
