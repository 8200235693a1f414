package e2e

import (
	"fmt"
	"strings"
)

// item is a list item that could be imported, but for the keys given.
func item(keys ...string) string {
	values := map[string]string{
		"ingestId": `"i-1"`, "assetId": `"a"`, "detailsUrl": `"/ingests/i-1"`, "profileName": `"p"`, "error": "null", "mediaTypes": `["VIDEO"]`, "progress": "100",
		"startTime": `"2021-12-08T10:50:21.000Z"`, "endTime": `"2021-12-08T10:50:22.000Z"`, "status": `"COMPLETED"`, "elapsedTime": "1000",
	}
	for i := 0; i+1 < len(keys); i += 2 {
		values[keys[i]] = keys[i+1]
	}
	var b strings.Builder
	for _, key := range []string{"ingestId", "assetId", "detailsUrl", "profileName", "error", "mediaTypes", "progress", "startTime", "endTime", "status", "elapsedTime", "tenant", "input", "tasks", "more"} {
		if v, ok := values[key]; ok && v != "" {
			if b.Len() > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "%q:%s", key, v)
		}
	}
	return "{" + b.String() + "}"
}

// task is one of a detail document, but for one key.
func task(key, value string) string {
	values := map[string]string{
		"id": `"t"`, "name": `"RETRIEVAL"`, "progress": "100", "startTime": `"2021-12-08T10:50:21.000Z"`, "endTime": `"2021-12-08T10:50:21.000Z"`, "status": `"TASK_COMPLETED"`, "elapsedTime": "0",
		"outputs": "[]", "input": "{}",
	}
	values[key] = value
	var b strings.Builder
	for _, k := range []string{"outputs", "input", "name", "progress", "startTime", "endTime", "id", "status", "elapsedTime"} {
		fmt.Fprintf(&b, ",%q:%s", k, values[k])
	}
	return item("input", "{}", "tasks", "[{"+b.String()[1:]+"}]")
}

// importAttacks send history that is none. What is not even in the form of the
// Status API is a 400; a row of it that cannot be given back as it came is
// refused as a row.
func importAttacks() []attack {
	var list []attack
	for _, d := range []struct {
		name, body string
		status     int
		detail     string
	}{
		{"object", `{}`, 400, "neither items nor an ingestId"},
		{"null", `null`, 400, "neither items nor an ingestId"},
		{"string", `"x"`, 400, "in the form of the Status API"},
		{"number", `1`, 400, "in the form of the Status API"},
		{"items null", `{"items":null}`, 400, "neither items nor an ingestId"},
		{"items a number", `{"items":1}`, 400, "in the form of the Status API"},
		{"ingestId a number", `{"ingestId":1}`, 400, "in the form of the Status API"},
		{"trailing garbage", item() + "x", 400, "The body is not JSON"},
		{"deep", strings.Repeat("[", 100_000), 400, "The body is not JSON"},
		{"bad UTF-8", "{\"items\":[\"\xff\"]}", 400, "The body is not JSON"},
		{"items twice", `{"items":[],"items":[]}`, 400, "/items is given twice"},
		{"a key twice in depth", `{"items":[` + item("input", `{"a":1,"a":2}`) + `]}`, 400, "/items/0/input/a is given twice"},
		{"lone surrogate", item("assetId", `"\ud800"`), 400, "The body is not JSON"},
		{"10 million rows", "[" + strings.TrimSuffix(strings.Repeat("{},", 3_000_000), ",") + "]", 413, "more than 100000 documents"},
		{"10 million items", `{"items":[` + strings.TrimSuffix(strings.Repeat("1,", 5_000_000), ",") + "]}", 413, "more than 100000 documents"},
		{"33 MiB", "[" + strings.Repeat(" ", 33<<20) + "]", 413, "larger than 32 MiB"},
		{"count only", `{"count":1,"cursor":null}`, 400, "neither items nor an ingestId"},
	} {
		list = append(list, attack{name: "import " + d.name, method: "POST", target: "/imports", body: d.body, status: d.status, detail: d.detail})
	}
	long := `"` + strings.Repeat("a", 300) + `"`
	for _, r := range []struct{ key, value, problem string }{
		{"ingestId", long, "ingestId"},
		{"ingestId", `"a\u0000b"`, "ingestId"},
		{"ingestId", `"a/../b"`, "ingestId"},
		{"ingestId", `"a\r\nb"`, "ingestId"},
		{"ingestId", `"\u202ea"`, "ingestId"},
		{"assetId", `""`, "assetId"},
		{"assetId", long, "assetId"},
		{"assetId", `"\u0000"`, "assetId"},
		{"assetId", "7", "assetId"},
		{"assetId", "null", "assetId"},
		{"assetId", `"a\u001b[2J"`, "assetId"},
		{"profileName", `"a\u0000"`, "profileName"},
		{"profileName", long, "profileName"},
		{"profileName", "{}", "profileName"},
		{"detailsUrl", `"http://evil.example/"`, "detailsUrl is not"},
		{"detailsUrl", `"/ingests/../x"`, "detailsUrl is not"},
		{"error", `""`, "error is empty"},
		{"error", "1", "error"},

		{"mediaTypes", "null", "mediaTypes is null"},
		{"mediaTypes", `"VIDEO"`, "mediaTypes"},
		{"mediaTypes", "[1]", "mediaTypes"},
		{"progress", "-1", "progress"},
		{"progress", "101", "progress"},
		{"progress", "1e400", "progress"},
		{"progress", "99.5", "progress"},
		{"progress", `"100"`, "progress"},
		{"progress", "9223372036854775808", "progress"},
		{"status", `"RUNNING"`, "status"},
		{"status", `"QUEUED"`, "status"},
		{"status", `"DONE"`, "status"},
		{"status", `"completed"`, "status"},
		{"status", "1", "status"},
		{"status", `""`, "status"},
		{"elapsedTime", "-1000", "elapsedTime"},
		{"elapsedTime", "1001", "elapsedTime"},
		{"elapsedTime", "1e3", "elapsedTime"},
		{"elapsedTime", "9223372036854775807", "elapsedTime"},
		{"elapsedTime", "1e400", "elapsedTime"},
		{"startTime", `"2021-12-08"`, "startTime"},
		{"startTime", "null", "startTime"},
		{"startTime", `"2021-12-08T10:50:21.0001Z"`, "startTime"},
		{"startTime", `"2021-12-08T10:50:21.000+99:99"`, "startTime"},
		{"startTime", `"2021-12-08T10:50:23.000Z"`, "startTime"},
		{"startTime", `"10000-01-01T00:00:00Z"`, "startTime"},
		{"startTime", `"0000-01-01T00:00:00+01:00"`, "startTime"},
		{"startTime", `"-0001-01-01T00:00:00Z"`, "startTime"},
		{"startTime", `"2016-12-31T23:59:60Z"`, "startTime"},
		{"endTime", `"9999-12-31T23:59:59.000-01:00"`, "endTime"},
		{"endTime", `"0001-01-01T00:00:00Z"`, "endTime"},
		{"endTime", "1638960621", "endTime"},
		{"tenant", `"other"`, "belongs to tenant"},
		{"tenant", "1", "tenant"},
		{"more", "1", "more"},
		{"tasks", "{}", "tasks"},
		{"tasks", "[null]", "task 0"},
		{"tasks", "[1]", "tasks"},
		{"tasks", `[{}]`, "task 0"},
	} {
		list = append(list, attack{name: "import " + r.key + " " + short(r.value), method: "POST", target: "/imports", body: item(r.key, r.value), status: 200, row: r.problem})
	}
	for _, r := range []struct{ key, value, problem string }{
		{"id", `""`, "id"},
		{"id", `"a\u0000"`, "id"},
		{"id", long, "id"},
		{"id", "1", "id"},
		{"name", `"SHELL"`, "name"},
		{"name", `""`, "name"},
		{"status", `"TASK_RUNNING"`, "status"},
		{"status", `"COMPLETED"`, "status"},
		{"progress", "101", "progress"},
		{"elapsedTime", "1", "elapsedTime"},
		{"startTime", `"x"`, "startTime"},
		{"endTime", "null", "endTime"},
	} {
		list = append(list, attack{name: "import a task's " + r.key + " " + short(r.value), method: "POST", target: "/imports", body: task(r.key, r.value), status: 200, row: r.problem})
	}
	for _, c := range []string{"IngestId", "INGESTID"} {
		list = append(list, attack{name: "import " + c, method: "POST", target: "/imports", body: strings.Replace(item(), "ingestId", c, 1), status: 400, detail: "neither items nor an ingestId"})
	}
	return append(list,
		attack{name: "import a key in two cases", method: "POST", target: "/imports", body: strings.TrimSuffix(item(), "}") + `,"AssetId":"b"}`, status: 200, row: "AssetId"},
		attack{name: "import a document that is there with other values", method: "POST", target: "/imports", body: strings.ReplaceAll(item("tenant", `"default"`), "i-1", "{INGEST}"), status: 200, row: "was run here"},
	)
}
