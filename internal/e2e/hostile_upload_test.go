package e2e

import (
	"encoding/base64"
	"strings"
)

// uploadAttacks break the tus protocol.
func uploadAttacks() []attack {
	const tus = "Tus-Resumable: 1.0.0"
	const length, offset, metadata, noUpload = "The header Upload-Length must be", "The header Upload-Offset must be", "The header Upload-Metadata must", "There is no such upload"
	var list []attack
	add := func(name, method, target, headers, body string, status int, detail string) {
		list = append(list, attack{name: "upload: " + short(name), method: method, target: target, headers: headers, body: body, status: status, detail: detail})
	}
	for _, n := range []string{
		"", "-1", "+1", "1.5", "1e3", "0x10", "1_000", " ", "ten", "9223372036854775808", "18446744073709551616", "NaN", "1,2", "1 2", "1;", "\xd9", strings.Repeat("9", 30000), "٠",
	} {
		add("Upload-Length "+n, "POST", "/uploads", tus+"\r\nUpload-Length: "+n, "", 400, length)
	}
	for _, h := range []struct{ headers, detail string }{
		{"Upload-Defer-Length: 1", "instead of Upload-Defer-Length"},
		{"X: 1", length},
		{"Upload-Length: 1\r\nUpload-Length: 2", length},
		{"Upload-Length: 1\r\nUpload-Metadata: filename", ""},
		{"Upload-Length: 1\r\nUpload-Metadata: filename ***", metadata},
		{"Upload-Length: 1\r\nUpload-Metadata: , ,", metadata},
		{"Upload-Length: 1\r\nUpload-Metadata: filename YQ==,filename Yg==", metadata},
		{"Upload-Length: 1\r\nUpload-Metadata:  YQ==", ""},
		{"Upload-Length: 1\r\nUpload-Metadata: filename YQ==\r\nUpload-Metadata: filename Yg==", metadata},
		{"Upload-Length: 1\r\nUpload-Metadata: filename " + strings.Repeat("YQ==", 2000), "longer than 4096 bytes"},
		{"Upload-Length: 1\r\nUpload-Metadata: " + strings.Repeat("a", 5000), "longer than 4096 bytes"},
		{"Upload-Length: 1\r\nUpload-Metadata: filename YQ", metadata},
		{"Upload-Length: 1\r\nUpload-Metadata: filename ../../x", metadata},
		{"Upload-Length: 1\r\nUpload-Metadata: f\xff YQ==", metadata},
		{"Upload-Length: 1\r\nUpload-Metadata: filename\tYQ==", metadata},
	} {
		if h.detail != "" {
			add(h.headers, "POST", "/uploads", tus+"\r\n"+h.headers, "", 400, h.detail)
		}
	}
	add("too large", "POST", "/uploads", tus+"\r\nUpload-Length: 9223372036854775807", "", 413, "takes at most")
	for _, version := range []string{"", "Tus-Resumable: 0.2.2", "Tus-Resumable: 2.0.0", "Tus-Resumable: 1.0.0, 1.0.0", "Tus-Resumable: 1.0", "Tus-Resumable: " + strings.Repeat("1", 9000)} {
		add("version "+version, "POST", "/uploads", strings.TrimPrefix(version+"\r\nUpload-Length: 1", "\r\n"), "", 412, "version 1.0.0 of the tus protocol")
	}
	for _, id := range []string{
		"x", "{OTHER}", "{UPLOAD}%00", "%2e%2e%2fdata", "..%2f..%2fsecret.txt", "{UPLOAD}.json", "{UPLOAD}.data", strings.Repeat("0", 32), strings.Repeat("A", 32), "%ff", "'%20OR%201=1--", strings.Repeat("0", 10000), "*",
	} {
		detail := noUpload
		if noText(id) {
			detail = "There is nothing at this path"
		}
		add("PATCH "+id, "PATCH", "/uploads/"+id, tus+"\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream", "abc", 404, detail)
		add("DELETE "+id, "DELETE", "/uploads/"+id, tus, "", 404, detail)
		add("HEAD "+id, "HEAD", "/uploads/"+id, tus, "", 404, noUpload)
	}
	patch := tus + "\r\nContent-Type: application/offset+octet-stream\r\n"
	for _, o := range []string{"", "-1", "+0", "0x0", "1e0", "9223372036854775808", "zero", "0.0", "0, 0"} {
		add("Upload-Offset "+o, "PATCH", "/uploads/{UPLOAD}", patch+"Upload-Offset: "+o, "abc", 400, offset)
	}
	add("two offsets", "PATCH", "/uploads/{UPLOAD}", patch+"Upload-Offset: 0\r\nUpload-Offset: 5", "abc", 400, offset)
	add("offset ahead", "PATCH", "/uploads/{UPLOAD}", patch+"Upload-Offset: 5", "abc", 409, "The upload stands at 0 bytes")
	add("offset far ahead", "PATCH", "/uploads/{UPLOAD}", patch+"Upload-Offset: 9223372036854775807", "abc", 409, "The upload stands at 0 bytes")
	add("body too long", "PATCH", "/uploads/{UPLOAD}", patch+"Upload-Offset: 0", strings.Repeat("a", 11), 413, "longer than the 10 bytes that are missing")
	add("body too long, chunked", "PATCH", "/uploads/{UPLOAD}", patch+"Upload-Offset: 0\r\nTransfer-Encoding: chunked", "b\r\naaaaaaaaaaa\r\n0\r\n\r\n", 413, "longer than the 10 bytes")
	add("body of garbage chunks", "PATCH", "/uploads/{UPLOAD}", patch+"Upload-Offset: 0\r\nTransfer-Encoding: chunked", "zz\r\nabc", 400, "The body ended early")
	for _, ct := range []string{"application/octet-stream", "", "text/plain", "application/offset+octet-stream; x=1", strings.Repeat("a", 9000)} {
		add("Content-Type "+ct, "PATCH", "/uploads/{UPLOAD}", tus+"\r\nUpload-Offset: 0\r\nContent-Type: "+ct, "abc", 415, "application/offset+octet-stream")
	}
	for _, method := range []string{"GET", "PUT", "TRACE", "POST", "COPY"} {
		add(method+" upload", method, "/uploads/{UPLOAD}", tus, "", 405, "is not possible here")
	}
	for _, method := range []string{"GET", "PUT", "DELETE", "PATCH"} {
		add(method+" uploads", method, "/uploads", tus, "", 405, "is not possible here")
	}
	for _, over := range []string{"TRACE", "delete it", "GET", "../x", strings.Repeat("D", 9000), "HEAD, DELETE"} {
		status, detail := 405, "is not possible here"
		add("override "+over, "POST", "/uploads/{UPLOAD}", tus+"\r\nX-HTTP-Method-Override: "+over, "", status, detail)
	}
	add("override of a stranger", "POST", "/uploads/{OTHER}", tus+"\r\nX-HTTP-Method-Override: DELETE", "", 404, noUpload)
	add("tenant of the metadata", "POST", "/uploads/{OTHER}", tus+"\r\nX-HTTP-Method-Override: DELETE\r\nUpload-Metadata: tenant "+base64.StdEncoding.EncodeToString([]byte("other")), "", 404, noUpload)
	for _, path := range []string{"/uploads/", "/uploads/{UPLOAD}/", "/uploads/{UPLOAD}/data", "/uploads/a/b/c"} {
		add(path, "HEAD", path, tus, "", 404, "nothing")
	}
	return list
}
