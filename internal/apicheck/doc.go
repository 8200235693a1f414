// Package apicheck holds requests and answers of tests against
// api/openapi.yaml, more strictly than the document binds the server towards
// its callers: an answer may have no status, header, content type or key that
// the document does not name, and no time in another form than the Status
// API's; a request that the server took must be one that the document allows.
//
// Make a [Checker] with [New]. [Checker.Check] judges one exchange;
// [Checker.Client] wraps an HTTP client so that all that it sends and receives
// is judged, and the test fails that was told something else. What was seen is
// counted, for a test that asks whether every documented status is produced:
// [Checker.Unseen].
package apicheck
