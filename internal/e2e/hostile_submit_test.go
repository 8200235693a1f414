package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
)

// quoted writes a text as a JSON string.
func quoted(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err) // A string always can be.
	}
	return string(b)
}

// submission is an attack by a dry run, which is checked like an ingest.
func submission(name, body string, status int, detail string) attack {
	return attack{name: "submit " + short(name), method: "POST", target: "/ingests?dryRun=true", body: body, status: status, detail: detail}
}

// submissionAttacks send JSON of the right form with values that cannot be.
func submissionAttacks() []attack {
	const assetID = "assetId must have at most 255 bytes"
	const uri = `,"uri":"http://a.example/b.mp4"`
	var list []attack
	for _, id := range []string{
		"\x00", "a\x00b", "a\r\nX-Injected: 1", "\x1b[2J", "\x7f", "a\u0085b", strings.Repeat("a", 256), strings.Repeat("é", 128), "a\u202egpj.exe", "\u2066a", "a\u2069", "a\u200fb", "a\u2028b", "a\u2029b", "\u061c",
	} {
		list = append(list, submission("assetId "+id, `{"assetId":`+quoted(id)+uri+`}`, 422, assetID))
	}
	for _, c := range []struct{ name, body, detail string }{
		{"no assetId", `{"uri":"http://a.example/b"}`, "assetId is missing"},
		{"empty assetId", `{"assetId":""` + uri + `}`, "assetId is missing"},
		{"unknown profile", `{"assetId":"a"` + uri + `,"profile":"none"}`, `There is no profile`},
		{"profile with a path", `{"assetId":"a"` + uri + `,"profile":"../../etc/passwd"}`, `There is no profile`},
		{"profile with SQL", `{"assetId":"a"` + uri + `,"profile":"default' OR '1'='1"}`, `There is no profile`},
		{"profile with NUL", `{"assetId":"a"` + uri + `,"profile":"default\u0000"}`, `There is no profile`},
		{"profile of another tenant", `{"assetId":"a"` + uri + `,"profile":"shared/default"}`, `There is no profile`},
		{"fileset without files", `{"assetId":"a","filesets":[{"files":[]}]}`, "/filesets/0/files: a fileset needs a file"},
		{"fileset of nothing", `{"assetId":"a","filesets":[{}]}`, "/filesets/0/files: a fileset needs a file"},
		{"files null", `{"assetId":"a","filesets":[{"files":null}]}`, "a fileset needs a file"},
		{"a file of nothing", `{"assetId":"a","filesets":[{"files":[{}]}]}`, "/filesets/0/files/0/uri: is missing"},
		{"1001 files", `{"assetId":"a","filesets":[{"files":[` + strings.TrimSuffix(strings.Repeat(`{"uri":"http://a.example/b"},`, 1001), ",") + `]}]}`, "an ingest has at most 1000 files"},
		{"20,000 files", `{"assetId":"a","filesets":[{"files":[` + strings.TrimSuffix(strings.Repeat(`{"uri":"http://a.example/b"},`, 20000), ",") + `]}]}`, "an ingest has at most 1000 files"},
		{"300,000 empty files", `{"assetId":"a","filesets":[{"files":[` + strings.TrimSuffix(strings.Repeat(`{},`, 300_000), ",") + `]}]}`, "an ingest has at most 1000 files"},
		{"300,000 empty filesets", `{"assetId":"a","filesets":[` + strings.TrimSuffix(strings.Repeat(`{},`, 300_000), ",") + `]}`, "an ingest has at most 1000 files"},
	} {
		list = append(list, submission(c.name, c.body, 422, c.detail))
	}
	for _, c := range []struct{ name, body, detail string }{
		{"both forms", `{"assetId":"a"` + uri + `,"filesets":[{"files":[{"uri":"http://a"}]}]}`, "but not both"},
		{"filesets empty", `{"assetId":"a","filesets":[]}`, "Give uri, or filesets"},
		{"filesets null", `{"assetId":"a","filesets":null}`, "Give uri, or filesets"},
		{"filesets an object", `{"assetId":"a","filesets":{"0":{}}}`, "/filesets has a value of the wrong type"},
		{"files a string", `{"assetId":"a","filesets":[{"files":"x"}]}`, "/filesets/0/files has a value of the wrong type"},
		{"force a string", `{"assetId":"a"` + uri + `,"force":"yes"}`, "/force has a value of the wrong type"},
		{"force a number", `{"assetId":"a"` + uri + `,"force":1}`, "/force has a value of the wrong type"},
		{"assetId a number", `{"assetId":4711` + uri + `}`, "/assetId has a value of the wrong type"},
		{"assetId an object", `{"assetId":{"$ne":null}` + uri + `}`, "/assetId has a value of the wrong type"},
	} {
		list = append(list, submission(c.name, c.body, 400, c.detail))
	}
	for _, m := range []string{"", "0", "ABCDEF", strings.Repeat("0", 31), strings.Repeat("0", 33), strings.Repeat("g", 32), strings.Repeat("0", 31) + "\n", strings.Repeat("٠", 32), "md5:" + strings.Repeat("0", 28), strings.Repeat("0", 500_000)} {
		list = append(list, submission("md5sum "+m, `{"assetId":"a"`+uri+`,"md5sum":`+quoted(m)+`}`, 422, "/md5sum must be 32 hexadecimal digits"))
	}
	for _, l := range []string{"", "languages-x", "en_US", "-", "en-", "1", "e n", "en\x00", "ën", "../../x", "en;q=1", "en\"x", strings.Repeat("en-", 12) + "en", strings.Repeat("a", 100_000), "\u202een"} {
		list = append(list, submission("language "+l, `{"assetId":"a"`+uri+`,"language":`+quoted(l)+`}`, 422, "/language must be a language tag"))
	}
	for _, m := range []string{"video", "VIDEO ", "IMAGE", "VIDEO\x00", "' OR 1=1", strings.Repeat("V", 10_000)} {
		list = append(list, submission("mediaType "+m, `{"assetId":"a"`+uri+`,"mediaType":`+quoted(m)+`}`, 422, "/mediaType must be one of"))
	}
	return list
}

// addressAttacks name sources that no ingest may have.
func addressAttacks() []attack {
	const kind, unreadable, user, fragment = "must be an http:, https:, s3:, file: or upload: address", "is not an address that can be read", "must not hold a user name", "must not hold a fragment"
	const bucket = "must be s3: with a bucket and a key"
	const noHost, port, file, upload, long = "has no host", "has a port that is not from 1 to 65535", "must be file: with an absolute path", "must be upload: with the id", "must have at most 4096 bytes"
	var list []attack
	for _, u := range []struct{ uri, detail string }{
		{" ", kind},
		{"ftp://a.example/b", kind},
		{"data:video/mp4;base64,AAAA", kind},
		{"javascript:alert(1)", kind},
		{"gopher://a.example:70/_GET", kind},
		{"jar:http://a.example!/b", kind},
		{"ldap://a.example", kind},
		{"dict://a.example:11211/stat", kind},
		{"rtmp://a.example/live", kind},
		{"concat:/etc/passwd|/etc/shadow", kind},
		{"subfile,,start,0,end,9,,:/etc/passwd", unreadable},
		{"pipe:0", kind},
		{"fd:3", kind},
		{"crypto+file:/etc/passwd", kind},
		{"tcp://127.0.0.1:22", kind},
		{"unix:/run/x.sock", kind},
		{"mailto:a@b", kind},
		{"about:blank", kind},
		{"/etc/passwd", kind},
		{"../../etc/passwd", kind},
		{"etc/passwd", kind},
		{"C:\\Windows\\win.ini", kind},
		{"\\\\server\\share\\a.mp4", kind},
		{"//server/share", kind},
		{"-i", kind},
		{"lavfi:testsrc", kind},
		{"s3://bucket", bucket},
		{"s3:///key", bucket},
		{"S3://bucket:9000/key", bucket},
		{"s3://bucket/key?versionId=1", bucket},
		{"http://", noHost},
		{"http:///b", noHost},
		{"http:b", noHost},
		{"http://:80/b", noHost},
		{"https://?x", noHost},
		{"http:\\\\a.example\\b", ""},
		{"http://user@a.example/b", user},
		{"http://user:secret@a.example/b", user},
		{"http://@a.example/b", user},
		{"http://:@a.example/", user},
		{"http://a.example@evil.example/b", user},
		{"http://a.example/b#c", fragment},
		{"http://a.example/b#", fragment},
		{"http://a.example/#@evil.example/", fragment},
		{"http://a.example:0/b", port},
		{"http://a.example:65536/b", port},
		{"http://a.example:-1/b", unreadable},
		{"http://a.example:8x/b", unreadable},
		{"http://a.example:80:80/b", unreadable},
		{"http://a.example:" + strings.Repeat("9", 50) + "/b", port},
		{"http://a b/", unreadable},
		{"http://a.example/%zz", unreadable},
		{"http://a.example/\r\nX-Injected: 1", unreadable},
		{"http://a.example/\x00", unreadable},
		{"http://a.example/\x7f", unreadable},
		{"\x00http://a.example/", unreadable},
		{"http://[::1", unreadable},
		{"http://[::1]x/", unreadable},
		{"http://[fe80::1%25eth0]/b", ""},
		{"http://[::1%25lo]/b", ""},
		{"http://%41%00/b", unreadable},
		{"http://a.example%0d%0a/b", unreadable},
		{"http://a\u202eexample/b", ""},
		{"http://\u0430pple.example/b", ""},
		{"http://a.example\uff0fb/", ""},
		{"http://a.example/" + strings.Repeat("a", 8192), long},
		{"http://" + strings.Repeat("a", 8192) + "/", long},
		{"http://" + strings.Repeat("a.", 1000) + "a/", ""},
		{":", unreadable},
		{"http", kind},
		{"://a", unreadable},
		{"file:", file},
		{"file:a.mp4", file},
		{"file://server/share/a.mp4", file},
		{"file:///etc/passwd?x", file},
		{"file:///a#b", fragment},
		{"file://user@/a", user},
		{"file:///a\x00b", unreadable},
		{"file:///a%00b", ""},
		{"file:///../etc/passwd", ""},
		{"file:///a%2f..%2f..%2fetc/passwd", ""},
		{"FILE:/etc/../a", ""},
		{"file://localhost:80/a", file},
		{"file:///\u202ea", ""},
		{"file:////server/a", ""},
		{"upload:", upload},
		{"upload:x", upload},
		{"upload:../../etc/passwd", upload},
		{"upload://{UPLOAD}", upload},
		{"upload:{UPLOAD}/..", upload},
		{"upload:{UPLOAD}?x", upload},
		{"UPLOAD:{UPLOAD}", upload},
		{"upload:{UPLOAD}\n", unreadable},
		{"upload:" + strings.Repeat("F", 32), upload},
	} {
		if u.detail == "" {
			continue // Judged when it is opened: TestHostileAddresses.
		}
		list = append(list, submission(u.uri, fmt.Sprintf(`{"assetId":"a","uri":%s}`, quoted(u.uri)), 422, "/uri "+u.detail))
	}
	return list
}
