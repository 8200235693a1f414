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
// Requests that may safely be repeated (all but POST, and submissions with an
// idempotency key) are tried again with growing pauses, or after as long as the
// answer asks for, when the connection is refused or cut or the answer is 429,
// 502, 503 or 504. Others are tried again where it is certain that nothing was
// done: after a refused connection and 429. [Client.Upload] resumes after a cut.
//
// [Client.All] goes through the pages of a list; [Client.Wait] and
// [Client.Watch] follow an ingest and ask for nothing that they know already.
// Every call ends with its context.
//
// Everything that begins with New…Request, and [ClientOption] with what makes
// one, is the generated core below [Client]; callers do not need it.
package client

//go:generate ../.cache/bin/oapi-codegen -config oapi-codegen.yaml ../api/openapi.yaml
