package e2e

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
)

// queryAttacks send bad parameters to the routes that take some.
func queryAttacks() []attack {
	const (
		unknown, once, empty = "is not known here", "may be given only once", "must not be empty"
		malformed, text      = "The query is malformed", "must be UTF-8 text without control characters"
		limit                = "limit must be a whole number from 1 to 500"
		date                 = "must be a date such as 2021-12-08"
	)
	var list []attack
	for _, q := range []struct{ query, detail string }{
		{"limit=0", limit},
		{"limit=-1", limit},
		{"limit=-0", limit},
		{"limit=501", limit},
		{"limit=1e2", limit},
		{"limit=1.0", limit},
		{"limit=0x10", limit},
		{"limit=NaN", limit},
		{"limit=Infinity", limit},
		{"limit=9223372036854775808", limit},
		{"limit=18446744073709551617", limit},
		{"limit=1_0", limit},
		{"limit=%2B1%20", limit},
		{"limit=%D9%A1", limit},
		{"limit=1%00", "limit must be"},
		{"limit=" + strings.Repeat("9", 20000), limit},
		{"limit=1e400", limit},
		{"limit=true", limit},
		{"limit=null", limit},
		{"limit=[1]", limit},
		{"limit=1&limit=2", "limit " + once},
		{"limit", "limit " + empty},
		{"limit[]=1", unknown},
		{"LIMIT=1", "LIMIT " + unknown},
		{"limit=25%20OR%201=1", limit},
		{"limit=1;DROP%20TABLE%20ingests", malformed},
		{"limit=25&limit=25", "limit " + once},
		{"status=DONE", "status must be of"},
		{"status=completed", "status must be of"},
		{"status=COMPLETED,", "status must be of"},
		{"status=,", "status must be of"},
		{"status=COMPLETED%00", "status must be"},
		{"status=%20COMPLETED", "status must be of"},
		{"status=TASK_FAILED", "status must be of"},
		{"status='%20OR%20'1'='1", "status must be of"},
		{"status=COMPLETED|FAILED", "status must be of"},
		{"status=C%CE%9FMPLETED", "status must be of"},
		{"status=COMPLETED&status=", "status " + empty},
		{"status=" + strings.Repeat("COMPLETED,", 6000) + "X", "status must be of"},
		{strings.Repeat("status=FAILED&", 4500) + "status=no", "status must be of"},
		{"fromDate=0000-00-00", date},
		{"fromDate=2021-02-30", date},
		{"toDate=10000-01-01", date},
		{"toDate=-0001-01-01", date},
		{"toDate=2016-12-31T23:59:60Z", date},
		{"fromDate=2021-12-08T10:50:21%2B99:99", date},
		{"fromDate=2021-12-08T10:50:21", date},
		{"fromDate=2021-12-08T24:00:00Z", date},
		{"fromDate=2021-12-08T10:50:21+01:00", date},
		{"fromDate=yesterday", date},
		{"fromDate=1638960621", date},
		{"fromDate=2021-W49-3", date},
		{"fromDate=2021-12-08T10:50:21.Z", date},
		{"fromDate=%D9%A2%D9%A0%D9%A2%D9%A1-12-08", date},
		{"fromDate=2021-12-08%00", "fromDate must be"},
		{"fromDate=2021-12-08'--", date},
		{"fromDate=" + strings.Repeat("1", 30000), date},
		{"fromDate=2021-12-08&fromDate=2021-12-08", "fromDate " + once},
		{"fromDate=9999-12-31T23:59:59-01:00", "fromDate must be within"},
		{"toDate=0000-01-01T00:00:00%2B01:00", "toDate must be within"},
		{"assetId=", "assetId " + empty},
		{"assetId=%00", "assetId " + text},
		{"assetId=a%00b", "assetId " + text},
		{"assetId=%ff%fe", "assetId " + text},
		{"assetId=%c0%af", "assetId " + text},
		{"assetId=%ed%a0%80", "assetId " + text},
		{"assetId=a%0d%0aX-Injected:%201", "assetId " + text},
		{"assetId=a&assetId=b", "assetId " + once},
		{"assetId=%zz", malformed},
		{"assetId=%", malformed},
		{"assetId=%u0041", malformed},
		{"assetId=a;b", malformed},
		{"ingestId=%1b[31m", "ingestId " + text},
		{"ingestId=", "ingestId " + empty},
		{"profileName=%7f", "profileName " + text},
		{"assetid=1", "assetid " + unknown},
		{"tenant=other", "tenant " + unknown},
		{"X-Vimond-Tenant=other", unknown},
		{"access_token=x", "access_token " + unknown},
		{"%00=1", unknown},
		{"a%0d%0ab=1", unknown},
		{"=1", unknown},
		{"%ff=1", unknown},
		{"sort=startTime;DROP", malformed},
		{"__proto__=1", unknown},
		{"%3Cscript%3E=1", unknown},
		{strings.Repeat("a", 50000) + "=1", unknown},
		{strings.Repeat("x&", 30000), malformed},
		{strings.Repeat("x&", 5000), unknown},
		{"offset=10", "offset " + unknown},
		{"callback=alert", "callback " + unknown},
		{"_method=DELETE", "_method " + unknown},
	} {
		list = append(list, attack{name: "query " + short(q.query), target: "/ingests?" + q.query, status: 400, detail: q.detail})
	}
	for _, q := range []struct{ target, detail string }{
		{"/ingests/{INGEST}?limit=1", unknown},
		{"/ingests/{INGEST}?", ""},
		{"/profiles?name=x", unknown},
		{"/profiles/own?versionId=0", "versionId must be"},
		{"/profiles/own?versionId=-1", "versionId must be"},
		{"/profiles/own?versionId=1e3", "versionId must be"},
		{"/profiles/own?versionId=9223372036854775808", "versionId must be"},
		{"/profiles/own?versionId=1%20", "versionId must be"},
		{"/audit?action=drop", "The parameter action"},
		{"/audit?limit=0", limit},
		{"/audit?cursor=x", "cursor is broken"},
		{"/audit?toDate=x", date},
		{"/audit?subject=%00", "subject " + text},
		{"/audit?status=FAILED", "status " + unknown},
		{"/assets/film/playback?format=dash", unknown},
		{"/healthz?x=1", unknown},
		{"/readyz?x=1", unknown},
		{"/schemas/profile.json?x", unknown},
		{"/openapi.yaml?x=1", unknown},
		{"/ingests/{INGEST}/tasks/{TASK}?x=1", unknown},
		{"/assets/film/playback/history?x=%ff", unknown},
	} {
		if q.detail != "" {
			list = append(list, attack{name: "query " + q.target, target: q.target, status: 400, detail: q.detail})
		}
	}
	for _, target := range []string{"/ingests?dryRun=maybe", "/ingests?dryRun=", "/ingests?dryRun=1&dryRun=0", "/ingests?dryRun=true%00"} {
		list = append(list, attack{name: target, method: "POST", target: target, body: `{"assetId":"a","uri":"http://a/b"}`, status: 400, detail: "dryRun m"})
	}
	// What reads as a filter is one, and finds nothing: no quoting can make it
	// more than a value.
	for _, filter := range []string{
		"assetId=' OR '1'='1", `assetId=" OR ""="`, "assetId=film'--", "assetId=film%", "ingestId=') UNION SELECT token FROM tokens--",
		"profileName=default' OR tenant='other", "assetId=film' COLLATE NOCASE", "profileName=_______", "assetId=*", "assetId=\u202emlif",
		"assetId={{.}}", "assetId=${7*7}", "assetId=<script>alert(1)</script>", "assetId=FILM", "assetId=" + strings.Repeat("é", 5000),
	} {
		name, value, _ := strings.Cut(filter, "=")
		list = append(list, attack{
			name: "filter " + short(filter), target: "/ingests?" + name + "=" + url.QueryEscape(value), status: 200, detail: `{"items":[],"count":0,"cursor":null}`,
		})
	}
	return list
}

// short makes a name of a long text.
func short(text string) string { return fmt.Sprintf("%.60q", text) }

// cursorAttacks send cursors that no server made.
func cursorAttacks() []attack {
	const broken = "cursor is broken"
	encoded := func(text string) string { return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(text))) }
	id := `"ingestId":"7dd40659-2494-45bc-b533-83e7deb97155"`
	var list []attack
	for _, text := range []string{
		`{}`, `[]`, `null`, `""`, `0`, `{"startTime":"2021-12-08T06:50:12.412Z"}`, `{` + id + `}`, `{"startTime":null,` + id + `}`,
		`{"startTime":"2021-12-08T06:50:12.412Z","ingestId":""}`, `{"startTime":"2021-12-08T06:50:12.412Z","ingestId":7}`,
		`{"startTime":1638946212,` + id + `}`, `{"startTime":"2021-12-08",` + id + `}`, `{"startTime":"0001-01-01T00:00:00Z",` + id + `}`,
		`{"startTime":"9999-12-31T23:59:59-01:00",` + id + `}`, `{"startTime":"0000-01-01T00:00:00+23:59",` + id + `}`, `{"startTime":"10000-01-01T00:00:00Z",` + id + `}`,
		`{"startTime":"-2021-12-08T06:50:12Z",` + id + `}`, `{"startTime":"2016-12-31T23:59:60Z",` + id + `}`,
		`{"startTime":"2021-12-08T06:50:12.412Z","startTime":"2020-12-08T06:50:12.412Z",` + id + `}`,
		`{"startTime":"2021-12-08T06:50:12.412Z",` + id + `,"tenant":"other"}`, `{"StartTime":"2021-12-08T06:50:12.412Z",` + id + `}`,
		`{"startTime":"2021-12-08T06:50:12.412Z",` + id + `} {}`, `{"startTime":"2021-12-08T06:50:12.412Z",` + id, "\ufeff" + `{"startTime":"2021-12-08T06:50:12.412Z",` + id + `}`,
		`{"startTime":"2021-12-08T06:50:12.412Z","ingestId":"\u0000"}`, `{"startTime":"2021-12-08T06:50:12.412Z","ingestId":"\ud800"}`,
		"{\"startTime\":\"2021-12-08T06:50:12.412Z\",\"ingestId\":\"\xff\"}", `{"startTime":"2021-12-08T06:50:12.412Z","ingestId":"a\u001b[2J"}`,
		`{"startTime":"2021-12-08T06:50:12.412Z","ingestId":["` + `a"]}`, strings.Repeat("[", 20000), strings.Repeat(`{"a":`, 8000), "\x00", "NaN", "'; DROP TABLE ingests;--",
		`{"startTime":"2021-12-08T06:50:12.412Z","ingestId":"` + strings.Repeat("a", 30000) + `"}`,
	} {
		list = append(list, attack{name: "cursor " + short(text), target: "/ingests?cursor=" + encoded(text), status: 400, detail: broken})
	}
	for _, raw := range []string{"abc", "=", "%3D%3D%3D%3D", "e30", "e3", "e30%3D%3D%3D%0A%FF", "..%2F..%2Fetc%2Fpasswd", "ZZZ.ZZZ.ZZZ", "%E2%80%8B", strings.Repeat("A", 60000)} {
		list = append(list, attack{name: "cursor " + short(raw), target: "/ingests?cursor=" + raw, status: 400, detail: "cursor "})
	}
	return list
}
