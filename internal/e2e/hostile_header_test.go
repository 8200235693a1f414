package e2e

import (
	"strings"
)

// headerAttacks send headers that this API reads, with what does not belong
// there.
func headerAttacks() []attack {
	const tenant, key, host, origin = "The header X-Vimond-Tenant must name one tenant", "The parameter Idempotency-Key", "answers only to loopback names", "answers to no pages of other origins"
	const body = `{"assetId":"a","uri":"http://a.example/b"}`
	var list []attack
	for _, name := range []string{
		"", " ", "-a", "_a", "a b", "a,b", "a/b", "../other", "a.b", "a;b", "'; DROP TABLE ingests;--", "a\x00b", "\xff", "é", "\u202eother", "a\u200b", "*", "%6fther", "default\tx", strings.Repeat("a", 65), strings.Repeat("a", 30000),
		"<script>", "{{.}}", "${jndi:ldap://a}", "other\r\nX-Vimond-Tenant: default", "default,other",
	} {
		a := attack{name: "tenant " + short(name), target: "/ingests", headers: "X-Vimond-Tenant: " + name, status: 400, detail: tenant}
		if strings.Contains(name, "\x00") {
			a.plain, a.detail = true, "400 Bad Request" // No header may hold it: RFC 9110, section 5.5.
		}
		list = append(list, a)
	}
	for _, name := range []string{
		"", " ", "a b", "é", "\xff\xfe", "\u202e", "a\tb", strings.Repeat("k", 256), strings.Repeat("k", 50000), "a\u200bb", "\u00a0",
	} {
		list = append(list, attack{name: "Idempotency-Key " + short(name), method: "POST", target: "/ingests", headers: "Idempotency-Key: " + name, body: body, status: 400, detail: key})
	}
	list = append(list,
		attack{name: "two keys", method: "POST", target: "/ingests", headers: "Idempotency-Key: a\r\nIdempotency-Key: b", body: body, status: 400, detail: "Idempotency-Key may be given only once"},
		attack{name: "two equal tenants", target: "/ingests", headers: "X-Vimond-Tenant: default\r\nX-Vimond-Tenant: default", status: 400, detail: tenant},
	)
	for _, name := range []string{
		"evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:80", "0.0.0.0", "[::]", "[fe80::1]", "169.254.169.254", "", "localhost@evil.example", "evil.example#localhost", "2130706433", "0x7f.1",
		"localhost\\evil", "127.0.0.1%00", "[::1%25lo]", "[::ffff:10.0.0.1]", "xn--localhost-", strings.Repeat("a", 3000),
	} {
		a := attack{name: "Host " + short(name), raw: "GET /ingests HTTP/1.1\r\nHost: " + name + "\r\n\r\n", status: 403, detail: host}
		if strings.ContainsAny(name, `\@#`) {
			a.status, a.plain, a.detail = 400, true, "malformed Host header"
		}
		list = append(list, a)
	}
	for _, from := range []string{
		"http://evil.example", "null", "https://{HOST}.evil.example", "http://{HOST}@evil.example", "file://", "http://localhost:1", "chrome-extension://x", "", "http://{HOST}\r\nOrigin: http://evil.example", "HTTP://EVIL.EXAMPLE", "{HOST}",
		"http://{HOST}/", "http://{HOST} ,x", strings.Repeat("a", 30000),
	} {
		list = append(list, attack{name: "Origin " + short(from), method: "DELETE", target: "/cancel/{INGEST}", headers: "Origin: " + from, status: 403, detail: origin})
	}
	// Headers that the server does not follow change nothing: here, that the
	// ingest does not exist.
	for _, line := range []string{
		"X-Forwarded-Host: evil.example", "X-Original-URL: /ingests", "X-Rewrite-URL: /healthz", "X-Forwarded-For: " + strings.Repeat("1.2.3.4,", 7000), "X-Forwarded-For: \xff\xfe", "Forwarded: for=\"[::1\"", "X-Forwarded-Proto: javascript",
		"Authorization: Bearer " + strings.Repeat("A", 30000), "Authorization: Bearer ../../etc/passwd", "Authorization: \xff", "Authorization: Basic YTpi", "Cookie: " + strings.Repeat("a=b;", 9000), "Cookie: tenant=other",
		"Range: bytes=0-18446744073709551616", "Range: bytes=" + strings.Repeat("0-1,", 10000), "If-None-Match: " + strings.Repeat(`"a",`, 10000), "If-None-Match: W/\"", "If-Modified-Since: Sat, 99 Foo 0000 00:00:00 GMT", "Accept-Encoding: " + strings.Repeat("gzip,", 10000),
		"Accept: " + strings.Repeat("*/*;q=0.1,", 5000), "Accept: application/xml", "Expect: 200-ok", "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__", "Upgrade: websocket\r\nConnection: Upgrade", "Connection: close, X-Vimond-Tenant",
		"Max-Forwards: -1", "Via: " + strings.Repeat("1.1 a,", 8000), "TE: trailers, deflate", "Trailer: Content-Length", "X-Request-Id: a\tb", "X-Request-Id: \u202e" + strings.Repeat("a", 1000), "X-Request-Id: ${jndi:ldap://a}", "User-Agent: () { :; }; id", "Referer: javascript:alert(1)",
		"Content-Type: x", "Accept-Language: " + strings.Repeat("en-", 15000), "traceparent: 00-" + strings.Repeat("f", 20000), "Host-Override: evil",
	} {
		a := attack{name: "header " + short(line), target: "/ingests/absent", headers: line, status: 404, detail: "There is no ingest absent"}
		if strings.HasPrefix(line, "Expect:") { // RFC 9110, section 10.1.1.
			a.status, a.plain, a.detail = 417, true, "417 Expectation Failed"
		}
		list = append(list, a)
	}
	return list
}
