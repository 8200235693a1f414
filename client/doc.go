// Package client is the Go client of Orchestrate's HTTP API.
//
// Make a [Client] with [New] and call its methods; there is one for each route
// of api/openapi.yaml. Documents have the types of that file, with the keys in
// the order in which the server sends them, so that an answer encoded again
// has the same keys, order and times.
//
// What the server refuses comes back as a [*Problem]:
//
//	var p *client.Problem
//	if errors.As(err, &p) && p.Status == http.StatusNotFound {
//		// No such ingest, or it belongs to another tenant.
//	}
//
// Requests that may safely be repeated (GET, and submissions with an
// idempotency key) are tried again with growing pauses when the connection is
// refused or the answer is 502, 503 or 504. [Client.Upload] resumes after a cut.
//
// Everything that begins with New…Request, and [ClientOption] with what makes
// one, is the generated core below [Client]; callers do not need it.
package client

//go:generate ../.cache/bin/oapi-codegen -config oapi-codegen.yaml ../api/openapi.yaml
