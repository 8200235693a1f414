package apicheck

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Transport gives a transport over base (nil: [http.DefaultTransport]) that
// fails the test on every exchange that the document does not describe. A
// redirect is an answer, too.
func (c *Checker) Transport(t testing.TB, base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	return &transport{t: t, checker: c, base: base}
}

// Client is an HTTP client over [Checker.Transport].
func (c *Checker) Client(t testing.TB) *http.Client {
	return &http.Client{Transport: c.Transport(t, nil)}
}

type transport struct {
	t       testing.TB
	checker *Checker
	base    http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (tr *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	sent, body, err := keepRequest(r)
	if err != nil {
		return nil, err
	}
	resp, err := tr.base.RoundTrip(sent)
	if err != nil {
		return nil, err
	}
	answer, err := keepAnswer(r, resp)
	if err != nil {
		return resp, nil //nolint:nilerr // The reader of the body meets the same error.
	}
	if err := tr.checker.Check(Exchange{Request: r, RequestBody: body, Response: resp, Body: answer}); err != nil {
		tr.t.Errorf("the exchange does not fit the OpenAPI document: %v", err)
	}
	return resp, nil
}

// keepRequest reads a body that is a document. Others, uploads, are left alone.
func keepRequest(r *http.Request) (*http.Request, []byte, error) {
	if r.Body == nil || !document(r.Header) {
		return r, nil, nil
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, nil, err
	}
	sent := r.Clone(r.Context())
	sent.Body = io.NopCloser(bytes.NewReader(body))
	return sent, body, nil
}

// keepAnswer reads a body that is a document or empty, and puts it back; an
// error it meets is put back as well.
func keepAnswer(r *http.Request, resp *http.Response) ([]byte, error) {
	if r.Method == http.MethodHead || resp.ContentLength == 0 {
		return []byte{}, nil
	}
	if !document(resp.Header) {
		return nil, nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), broken{err}))
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return plain(resp.Header, body)
}

// plain undoes the compression that the client itself asked for.
func plain(h http.Header, body []byte) ([]byte, error) {
	if h.Get("Content-Encoding") != "gzip" {
		return body, nil
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(unpacked)
}

// document tells whether a body is one that the document describes, rather
// than media.
func document(h http.Header) bool {
	kind := h.Get("Content-Type")
	return structured(kind) || strings.HasPrefix(kind, "text/html") || strings.HasPrefix(kind, "text/css")
}

// broken is the end of a body that did not arrive whole.
type broken struct{ err error }

// Read implements [io.Reader].
func (b broken) Read([]byte) (int, error) { return 0, b.err }
