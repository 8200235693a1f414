package e2e

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// jsonAttacks send bodies that are no JSON, or more than JSON, to a route that
// takes some.
func jsonAttacks() []attack {
	const notJSON, twice, unknown = "The body is not JSON", "is given twice", "is not known here"
	ok := `"uri":"http://a.example/b.mp4"`
	var list []attack
	for _, b := range []struct{ name, body, detail string }{
		{"empty object", `{}`, "Give uri, or filesets"},
		{"null", `null`, "Give uri"},
		{"array", `[]`, "wrong type"},
		{"string", `"a"`, "wrong type"},
		{"number", `1`, "wrong type"},
		{"true", `true`, "wrong type"},
		{"nothing but spaces", "  \n ", notJSON},
		{"NUL", "\x00", notJSON},
		{"a brace", `{`, notJSON},
		{"closing brace", `}`, notJSON},
		{"trailing comma", `{"assetId":"a",}`, notJSON},
		{"trailing garbage", `{"assetId":"a",` + ok + `} x`, notJSON},
		{"two objects", `{"assetId":"a",` + ok + `}{}`, notJSON},
		{"comment", `{/*a*/"assetId":"a"}`, notJSON},
		{"line comment", "{\"assetId\":\"a\"}//", notJSON},
		{"single quotes", `{'assetId':'a'}`, notJSON},
		{"bare key", `{assetId:"a"}`, notJSON},
		{"NaN", `{"assetId":NaN}`, notJSON},
		{"Infinity", `{"profileVersionId":-Infinity}`, notJSON},
		{"hex number", `{"profileVersionId":0x10}`, notJSON},
		{"leading zero", `{"profileVersionId":01}`, notJSON},
		{"leading plus", `{"profileVersionId":+1}`, notJSON},
		{"dot number", `{"profileVersionId":.5}`, notJSON},
		{"raw control character", "{\"assetId\":\"a\tb\"}", notJSON},
		{"raw line break", "{\"assetId\":\"a\nb\"}", notJSON},
		{"bad escape", `{"assetId":"\x41"}`, notJSON},
		{"short escape", `{"assetId":"\u00"}`, notJSON},
		{"lone high surrogate", `{"assetId":"\ud800"}`, notJSON},
		{"lone low surrogate", `{"assetId":"\udc00x"}`, notJSON},
		{"swapped surrogates", `{"assetId":"\udc00\ud800"}`, notJSON},
		{"bad UTF-8", "{\"assetId\":\"\xff\xfe\"}", notJSON},
		{"overlong UTF-8", "{\"assetId\":\"\xc0\xaf\"}", notJSON},
		{"UTF-8 surrogate", "{\"assetId\":\"\xed\xa0\x80\"}", notJSON},
		{"UTF-8 too high", "{\"assetId\":\"\xf4\x90\x80\x80\"}", notJSON},
		{"bad UTF-8 in a key", "{\"\xff\":1}", notJSON},
		{"byte order mark", "\ufeff{\"assetId\":\"a\"}", notJSON},
		{"UTF-16", utf16Text(`{"assetId":"a"}`), notJSON},
		{"cut in a string", `{"assetId":"a`, notJSON},
		{"cut in an escape", `{"assetId":"a\u0`, notJSON},
		{"a million deep", strings.Repeat("[", 1_000_000), "wrong type"},
		{"deep and closed", strings.Repeat("[", 500_000) + strings.Repeat("]", 500_000), "wrong type"},
		{"deep objects", strings.Repeat(`{"a":`, 200_000), ""},
		{"deep in a known key", `{"filesets":` + strings.Repeat("[", 900_000), ""},
		{"deep below the limit", `{"filesets":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`, "wrong type"},
		{"key twice", `{"assetId":"a","assetId":"b",` + ok + `}`, "The key /assetId " + twice},
		{"key twice by escape", `{"assetId":"a","asset\u0049d":"b"}`, "The key /assetId " + twice},
		{"key twice in depth", `{"assetId":"a","filesets":[{"files":[{"uri":"http://a","uri":"http://b"}]}]}`, "/filesets/0/files/0/uri " + twice},
		{"unknown key", `{"assetId":"a",` + ok + `,"tenant":"other"}`, "The key /tenant " + unknown},
		{"other case", `{"AssetID":"a",` + ok + `}`, "/AssetID " + unknown},
		{"prototype", `{"__proto__":{"force":true}}`, "/__proto__ " + unknown},
		{"status", `{"assetId":"a","status":"COMPLETED"}`, "/status " + unknown},
		{"labels", `{"assetId":"a","filesets":[{"labels":["retrieved"],"files":[]}]}`, "/filesets/0/labels " + unknown},
		{"a key of control characters", `{"\u0000\u001b[2J":1}`, unknown},
		{"a key of a megabyte", `{"` + strings.Repeat("k", 1_000_000) + `":1}`, unknown},
		{"a megabyte more", `{"assetId":"` + strings.Repeat("a", 1<<20) + `"}`, "larger than 1 MiB"},
		{"a string of a megabyte", `{"assetId":"` + strings.Repeat("a", 1_000_000) + `",` + ok + `}`, "assetId must have at most 255"},
		{"many keys", manyKeys(100_000), unknown},
		{"key with a slash", `{"a/b~c":1}`, "/a~1b~0c " + unknown},
		{"billion spaces", `{"assetId":` + strings.Repeat(" ", 1_000_000), notJSON},
		{"a number of a megabyte", `{"profileVersionId":` + strings.Repeat("9", 1_000_000) + `}`, "/profileVersionId"},
	} {
		status := 400
		switch {
		case strings.Contains(b.detail, "MiB"):
			status = 413
		case strings.HasPrefix(b.detail, "assetId"):
			status = 422
		}
		if b.detail == "" {
			b.detail = "The "
		}
		list = append(list, attack{name: "JSON " + b.name, method: "POST", target: "/ingests?dryRun=true", body: b.body, status: status, detail: b.detail})
	}
	return append(list, mediaTypeAttacks()...)
}

// mediaTypeAttacks declare the body as something else.
func mediaTypeAttacks() []attack {
	const body = `{"assetId":"a","uri":"http://a.example/b"}`
	var list []attack
	for _, header := range []string{
		"text/plain", "text/html", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "application/json; charset=", "application/jsonx", "application/json/json",
		"*/*", "application/yaml", "application/vnd.api+json", "application/problem+json", "json", "application/json;;;", strings.Repeat("a", 20000),
	} {
		list = append(list, attack{
			name: "Content-Type " + short(header), method: "POST", target: "/ingests?dryRun=true", headers: "Content-Type: " + header, body: body, status: 415, detail: "The body's Content-Type must be application/json",
		})
	}
	for _, coding := range []string{"gzip", "br", "deflate", "identity, gzip", "zstd", "x"} {
		list = append(list, attack{
			name: "Content-Encoding " + coding, method: "POST", target: "/ingests?dryRun=true", headers: "Content-Type: application/json\r\nContent-Encoding: " + coding, body: body,
			status: 415, detail: "without Content-Encoding",
		})
	}
	return append(list,
		attack{name: "two Content-Types", method: "POST", target: "/ingests?dryRun=true", headers: "Content-Type: application/json\r\nContent-Type: text/plain", body: body, status: 415, detail: "Content-Type"},
		attack{name: "no Content-Type", raw: fmt.Sprintf("POST /ingests?dryRun=true HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: %d\r\n\r\n%s", len(body), body), status: 415, detail: "Content-Type must be application/json"},
		attack{name: "no body", method: "POST", target: "/ingests", status: 400, detail: "The request needs a body"},
		attack{name: "no body, chunked", raw: "POST /ingests HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", status: 400, detail: "The request needs a body"},
		attack{name: "no body to import", method: "POST", target: "/imports", status: 400, detail: "The request needs a body"},
	)
}

// numberAttacks give numbers that the key cannot hold.
func numberAttacks() []attack {
	var list []attack
	for _, n := range []string{"1e400", "-1e400", "9223372036854775808", "-9223372036854775809", "18446744073709551616", "1.5", "1e-1", `"1"`, "true", "[]", "{}", "1.0", "1e3"} {
		list = append(list, attack{
			name: "profileVersionId " + n, method: "POST", target: "/ingests?dryRun=true",
			body: `{"assetId":"a","uri":"http://a.example/b","profileVersionId":` + n + `}`, status: 400, detail: "The key /profileVersionId has a value of the wrong type or form",
		})
	}
	for _, n := range []string{"-1", "-0", "9007199254740993", "9223372036854775807"} {
		a := attack{
			name: "profileVersionId " + n, method: "POST", target: "/ingests?dryRun=true",
			body: `{"assetId":"a","uri":"http://a.example/b","profileVersionId":` + n + `}`, status: 422, detail: "There is no version " + n,
		}
		if n == "-0" { // It is the 0 that stands for the newest.
			a.status, a.detail = 200, `"profile":"default"`
		}
		list = append(list, a)
	}
	file := func(key, value string) string {
		keys := map[string]string{"path": `"/a"`, "size": "1", "inode": "1", "dev": "1", "mtime": `"2021-12-08T10:50:21Z"`}
		keys[key] = value
		return fmt.Sprintf(`{"path":%s,"size":%s,"inode":%s,"dev":%s,"mtime":%s}`, keys["path"], keys["size"], keys["inode"], keys["dev"], keys["mtime"])
	}
	for _, c := range []struct{ key, value string }{
		{"size", "1e400"},
		{"size", "1.5"},
		{"size", `"1"`},
		{"size", "9223372036854775808"},
		{"inode", "-1"},
		{"inode", "18446744073709551616"},
		{"dev", "-1"},
		{"dev", "1e1"},
		{"dev", "1.0"},
		{"mtime", "1638960621"},
		{"mtime", `"yesterday"`},
		{"mtime", `"2021-12-08"`},
		{"mtime", `"2016-12-31T23:59:60Z"`},
		{"mtime", `"2021-12-08T10:50:21+99:99"`},
		{"mtime", `"10000-01-01T00:00:00Z"`},
		{"mtime", `"-0001-01-01T00:00:00Z"`},
		{"path", "1"},
		{"path", "[]"},
	} {
		list = append(list, attack{
			name: "check " + c.key + " " + c.value, method: "POST", target: "/sources/check", body: file(c.key, c.value), status: 400, detail: "The key /" + c.key + " has a value of the wrong type or form",
		})
	}
	for _, path := range []string{
		"/etc/passwd", "../../etc/passwd", "", ".", "/proc/self/mem", "/dev/zero", "/\\u0000", strings.Repeat("/a", 100_000), "file:///etc/passwd", "~root", "/proc/self/cwd/../../etc/shadow", "\\\\\\\\server\\\\share", "$(id)",
	} {
		list = append(list, attack{name: "check the path " + short(path), method: "POST", target: "/sources/check", body: file("path", `"`+path+`"`), status: 200, detail: `{"same":false}`})
	}
	return append(list,
		attack{name: "check with an unknown key", method: "POST", target: "/sources/check", body: `{"path":"/a","read":true}`, status: 400, detail: "/read is not known here"},
		attack{name: "check twice", method: "POST", target: "/sources/check", body: `{"path":"/a","path":"/etc/passwd"}`, status: 400, detail: "/path is given twice"},
	)
}

func manyKeys(n int) string {
	var b strings.Builder
	b.WriteString(`{"assetId":"a"`)
	for i := range n {
		fmt.Fprintf(&b, `,"%d":1`, i)
	}
	return b.String() + "}"
}

func utf16Text(text string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
		b = append(b, byte(unit), byte(unit>>8))
	}
	return string(b)
}
