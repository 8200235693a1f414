package httpd

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
)

// etagBytes is how much of a SHA-256 an ETag carries: two answers out of 2^48
// are likely to share one, which nobody is ever asked to tell apart.
const etagBytes = 12

// etagOf is a weak validator (RFC 9110 section 8.8.1) of a text, given in
// parts. It is weak as it stands for all content codings of the text, and as
// the elapsedTime of unfinished work is left out of what it is made from.
func etagOf(parts ...[]byte) string {
	hash := sha256.New()
	for _, part := range parts {
		hash.Write(part)
	}
	return `W/"` + base64.RawURLEncoding.EncodeToString(hash.Sum(nil)[:etagBytes]) + `"`
}

// matches tells whether If-None-Match names the ETag, by the weak comparison
// (RFC 9110 sections 13.1.2 and 8.8.3.2). Fields that are malformed name none.
func matches(fields []string, etag string) bool {
	opaque := strings.TrimPrefix(etag, "W/")
	for _, field := range fields {
		rest := strings.Trim(field, " \t")
		if rest == "*" {
			return true
		}
		for rest != "" {
			tag, after, ok := nextTag(rest)
			if !ok {
				break
			}
			if tag == opaque {
				return true
			}
			rest = strings.TrimLeft(after, " \t,")
		}
	}
	return false
}

// nextTag cuts an entity-tag (RFC 9110 section 8.8.3) off a list, without W/.
// There may be commas within its quotes.
func nextTag(list string) (opaque, rest string, ok bool) {
	list = strings.TrimPrefix(strings.TrimLeft(list, " \t,"), "W/")
	if !strings.HasPrefix(list, `"`) {
		return "", "", false
	}
	end := strings.IndexByte(list[1:], '"')
	if end < 0 {
		return "", "", false
	}
	return list[:end+2], list[end+2:], true
}

// conditional runs a handler of GET and HEAD whose answers have an ETag: the
// one that it sets, or else that of its text. A 200 to a client that has the
// answer already becomes a 304.
func conditional(w http.ResponseWriter, r *http.Request, handle http.HandlerFunc) {
	held := &heldAnswer{ResponseWriter: w, request: r}
	handle(held, r)
	held.end()
}

// heldAnswer keeps the text of a 200 back until its ETag is known. Everything
// else passes.
type heldAnswer struct {
	http.ResponseWriter
	request *http.Request
	status  int
	begun   bool // the header is written
	text    bytes.Buffer
}

// WriteHeader implements http.ResponseWriter. A problem may still take the
// place of a 200 that was not begun.
func (h *heldAnswer) WriteHeader(status int) {
	if h.begun {
		return
	}
	h.status = status
	if status != http.StatusOK {
		h.begun = status >= http.StatusOK
		h.text.Reset()
		h.ResponseWriter.WriteHeader(status)
	}
}

// Write implements http.ResponseWriter.
func (h *heldAnswer) Write(p []byte) (int, error) {
	if h.status == 0 {
		h.WriteHeader(http.StatusOK)
	}
	if !h.begun && h.Header().Get("ETag") == "" {
		return h.text.Write(p)
	}
	h.begin()
	if h.status == http.StatusNotModified {
		return len(p), nil
	}
	return h.ResponseWriter.Write(p)
}

// begin writes the header of a 200, or of the 304 in its place.
func (h *heldAnswer) begin() {
	if h.begun {
		return
	}
	header := h.Header()
	// Whoever keeps the answer has to ask each time whether it is still good.
	header.Set("Cache-Control", "private, no-cache")
	header.Add("Vary", "Authorization, "+tenantHeader)
	if matches(h.request.Header.Values("If-None-Match"), header.Get("ETag")) {
		h.status = http.StatusNotModified
		for _, name := range []string{"Content-Type", "Content-Length", "Content-Encoding"} {
			header.Del(name)
		}
	}
	h.begun = true
	h.ResponseWriter.WriteHeader(h.status)
}

// end gives out what was held.
func (h *heldAnswer) end() {
	if h.begun || h.status == 0 {
		return
	}
	header := h.Header()
	if header.Get("ETag") == "" {
		header.Set("ETag", etagOf(h.text.Bytes()))
		header.Set("Content-Length", strconv.Itoa(h.text.Len()))
	}
	h.begin()
	if h.status == http.StatusOK {
		_, _ = h.text.WriteTo(h.ResponseWriter) // An error is that of a connection that is gone.
	}
}

// Unwrap serves [http.ResponseController].
func (h *heldAnswer) Unwrap() http.ResponseWriter { return h.ResponseWriter }
