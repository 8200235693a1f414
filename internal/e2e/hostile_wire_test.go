package e2e

import "strings"

// wireAttacks are no requests, or two in one. Those marked as plain are
// answered by the HTTP library, which gives them to no handler.
func wireAttacks() []attack {
	const bad = "400 Bad Request"
	get := func(lines string) string { return "GET /ingests HTTP/1.1\r\nHost: {HOST}\r\n" + lines + "\r\n" }
	post := func(lines, body string) string {
		return "POST /ingests HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n" + lines + "\r\n" + body
	}
	var list []attack
	for _, w := range []struct {
		name, raw string
		status    int
		detail    string
		plain     bool
	}{
		{"no request line", "\r\n\r\n", 400, bad, true},
		{"garbage", "\x00\x01\x02\x03\r\n\r\n", 400, bad, true},
		{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, bad, true},
		{"one word", "GET\r\n\r\n", 400, bad, true},
		{"HTTP/0.9", "GET /ingests\r\n\r\n", 400, bad, true},
		{"four words", "GET /ingests now HTTP/1.1\r\nHost: {HOST}\r\n\r\n", 400, bad, true},
		{"spaces", "GET  /ingests  HTTP/1.1\r\nHost: {HOST}\r\n\r\n", 400, bad, true},
		{"tab", "GET\t/ingests\tHTTP/1.1\r\nHost: {HOST}\r\n\r\n", 400, bad, true},
		{"HTTP/3.0", "GET /ingests HTTP/3.0\r\nHost: {HOST}\r\n\r\n", 505, "505 HTTP Version Not Supported", true},
		{"HTTP/1.10", "GET /ingests HTTP/1.10\r\nHost: {HOST}\r\n\r\n", 400, bad, true},
		{"HTTP/x", "GET /ingests HTTP/x\r\nHost: {HOST}\r\n\r\n", 400, bad, true},
		{"http/1.1", "GET /ingests http/1.1\r\nHost: {HOST}\r\n\r\n", 400, bad, true},
		{"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 403, "answers only to loopback names", false},
		{"no Host", "GET /ingests HTTP/1.1\r\n\r\n", 400, "missing required Host header", true},
		{"two Hosts", get("Host: {HOST}\r\n"), 400, bad, true},
		{"HTTP/1.0 without Host", "GET /ingests HTTP/1.0\r\n\r\n", 403, "answers only to loopback names", false},
		{"bad method", "G\x01T /ingests HTTP/1.1\r\nHost: {HOST}\r\n\r\n", 400, bad, true},
		{"method with a slash", "GE/T /ingests HTTP/1.1\r\nHost: {HOST}\r\n\r\n", 400, bad, true},
		{"empty method", " /ingests HTTP/1.1\r\nHost: {HOST}\r\n\r\n", 400, bad, true},
		{"NUL in the target", "GET /ing\x00ests HTTP/1.1\r\nHost: {HOST}\r\n\r\n", 400, bad, true},
		{"bad escape", "GET /%zz HTTP/1.1\r\nHost: {HOST}\r\n\r\n", 400, bad, true},
		{"raw bytes in the target", "GET /\xff\xfe HTTP/1.1\r\nHost: {HOST}\r\n\r\n", 404, "There is nothing at this path", false},
		{"relative target", "GET ingests HTTP/1.1\r\nHost: {HOST}\r\n\r\n", 400, bad, true},
		{"star", "GET * HTTP/1.1\r\nHost: {HOST}\r\n\r\n", 404, "There is nothing at this path", false},
		{"fragment", "GET /ingests#x HTTP/1.1\r\nHost: {HOST}\r\n\r\n", 404, "nothing at this path", false},
		{"absolute target of another", "GET http://evil.example/ingests HTTP/1.1\r\nHost: {HOST}\r\n\r\n", 403, "answers only to loopback names", false},
		{"absolute target, other Host", "GET http://{HOST}/absent HTTP/1.1\r\nHost: evil.example\r\n\r\n", 404, "nothing at this path", false},
		{"target with a user", "GET http://a:b@{HOST}/absent HTTP/1.1\r\nHost: {HOST}\r\n\r\n", 404, "nothing at this path", false},
		{"target of another scheme", "GET file:///etc/passwd HTTP/1.1\r\nHost: {HOST}\r\n\r\n", 404, "nothing at this path", false},
		{"CONNECT to another", "CONNECT evil.example:443 HTTP/1.1\r\nHost: {HOST}\r\n\r\n", 403, "answers only to loopback names", false},
		{"long target", "GET /" + strings.Repeat("a", 100_000) + " HTTP/1.1\r\nHost: {HOST}\r\n\r\n", 431, "431 Request Header Fields Too Large", true},
		{"long header", get("X: " + strings.Repeat("a", 100_000) + "\r\n"), 431, "431", true},
		{"many headers", get(strings.Repeat("X: 1\r\n", 20_000)), 431, "431", true},
		{"endless header name", "GET / HTTP/1.1\r\nHost: {HOST}\r\n" + strings.Repeat("a", 200_000), 431, "431", true},
		{"header without a colon", get("X\r\n"), 400, bad, true},
		{"space before the colon", get("X : 1\r\n"), 400, bad, true},
		{"space in a name", get("X Y: 1\r\n"), 400, bad, true},
		{"empty name", get(": 1\r\n"), 400, bad, true},
		{"NUL in a value", get("X: a\x00b\r\n"), 400, bad, true},
		{"NUL in a name", get("X\x00: a\r\n"), 400, bad, true},
		{"bare CR", get("X: a\rX-Injected: 1\r\n"), 400, bad, true},
		{"folded line", get("X: a\r\n X-Injected: 1\r\nY: \x00\r\n"), 400, bad, true},
		{"leading fold", "GET /ingests HTTP/1.1\r\n Host: {HOST}\r\n\r\n", 400, bad, true},
		{"UTF-8 name", get("Х: 1\r\n"), 400, bad, true},
		{"bad Host", "GET /ingests HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "malformed Host header", true},
		{"Host with a path", "GET /ingests HTTP/1.1\r\nHost: {HOST}/x\r\n\r\n", 400, "malformed Host header", true},
		{"Content-Length twice", post("Content-Length: 2\r\nContent-Length: 3\r\n", "{}x"), 400, bad, true},
		{"Content-Length list", post("Content-Length: 2, 2\r\n", "{}"), 400, bad, true},
		{"Content-Length negative", post("Content-Length: -1\r\n", "{}"), 400, bad, true},
		{"Content-Length plus", post("Content-Length: +2\r\n", "{}"), 400, bad, true},
		{"Content-Length hex", post("Content-Length: 0x2\r\n", "{}"), 400, bad, true},
		{"Content-Length huge", post("Content-Length: 99999999999999999999\r\n", "{}"), 400, bad, true},
		{"Content-Length of 2^63-1", post("Content-Length: 9223372036854775807\r\n", "{}"), 413, "larger than 1 MiB", false},
		{"Content-Length empty", post("Content-Length: \r\n", "{}"), 400, bad, true},
		{"both lengths", post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: {HOST}\r\n\r\n"), 400, "The request needs a body", false},
		{"unknown coding", post("Transfer-Encoding: gzip\r\n", "{}"), 501, "Unsupported transfer encoding", true},
		{"two codings", post("Transfer-Encoding: gzip, chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"), 501, "Unsupported transfer encoding", true},
		{"chunked twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 501, "Unsupported transfer encoding", true},
		{"hidden coding", post("Transfer-Encoding: \x0bchunked\r\n", "0\r\n\r\n"), 400, bad, true},
		{"identity coding", post("Transfer-Encoding: identity\r\n", "{}"), 501, "Unsupported transfer encoding", true},
		{"xchunked", post("Transfer-Encoding: xchunked\r\n", "{}"), 501, "Unsupported transfer encoding", true},
		{"bad chunk size", post("Transfer-Encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n"), 400, "The body did not arrive whole", false},
		{"huge chunk size", post("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n{}"), 400, "The body did not arrive whole", false},
		{"negative chunk size", post("Transfer-Encoding: chunked\r\n", "-2\r\n{}\r\n0\r\n\r\n"), 400, "The body did not arrive whole", false},
		{"chunk without an end", post("Transfer-Encoding: chunked\r\n", "2\r\n{}XX0\r\n\r\n"), 400, "The body did not arrive whole", false},
		{"endless chunk extension", post("Transfer-Encoding: chunked\r\n", "2;"+strings.Repeat("a", 100_000)+"\r\n{}\r\n0\r\n\r\n"), 400, "The body did not arrive whole", false},
		{"bare LF in chunks", post("Transfer-Encoding: chunked\r\n", "2;a\nx\r\n{}\r\n0\r\n\r\n"), 400, "The body did not arrive whole", false},
		{"huge trailer", post("Transfer-Encoding: chunked\r\nTrailer: X\r\n", "2\r\n{}\r\n0\r\nX: "+strings.Repeat("a", 200_000)+"\r\n\r\n"), 400, "The body did not arrive whole", false},
		{"a chunk of a byte each", post("Transfer-Encoding: chunked\r\n", strings.Repeat("1\r\n[\r\n", 50_000)+"0\r\n\r\n"), 400, "The body", false},
		{"chunked on HTTP/1.0", "POST /ingests HTTP/1.0\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "The request needs a body", false},
		{"2 MiB in chunks", post("Transfer-Encoding: chunked\r\n", "200000\r\n"+strings.Repeat(" ", 0x200000)+"\r\n0\r\n\r\n"), 413, "larger than 1 MiB", false},
		{"Content-Length within a header value", post("X: a\r\nContent-Length : 2\r\n", "{}"), 400, bad, true},
	} {
		list = append(list, attack{name: "wire: " + w.name, raw: w.raw, status: w.status, detail: w.detail, plain: w.plain})
	}
	return list
}
