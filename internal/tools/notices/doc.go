// Command notices writes THIRD_PARTY_NOTICES: the licence texts of everything
// of others that is in the binary, which are the Go standard library, the
// modules that cmd/orchestrate is built from, and the scripts under
// internal/web/page/static/vendor. It is run by `make generate`.
//
// The result depends only on go.mod and the vendored files: modules are listed
// for linux/amd64 wherever it runs.
package main
