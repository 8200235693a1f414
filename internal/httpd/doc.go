// Package httpd is the HTTP API: it turns requests into calls of the use cases
// (the [Service] that package orchestrate implements) and what they give into
// the documents of api/openapi.yaml, byte for byte in the form of the Status
// API's page.
//
// A request passes, outermost first: the access log and the net under panics
// (access.go), the guard of servers without sign-in (guard.go), who asks
// (signin.go, caller.go), compression (compress.go), the route (route.go), the ETag of what
// is read (etag.go), for lists the pages that are kept (pages.go), the rules for
// its query and body (query.go, body.go), the generated binding of package
// httpd/api, and then one method of server, in the file of its resource. Every
// error ends in problem.go.
package httpd
