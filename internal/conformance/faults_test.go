package conformance_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/conformance"
)

func faults() []fault {
	return slices.Concat(listFaults(), limitFaults(), cursorFaults(), filterFaults(), detailFaults(), taskFaults(), httpFaults(), accessFaults(), cancelFaults())
}

func listFaults() []fault {
	return []fault{
		{name: "list not found", want: "list.answer", tell: answers(lists, "GET", 404, `{}`)},
		{name: "key twice", want: "list.json", tell: replaced(lists, `"count":`, `"count":0,"count":`)},
		{name: "more after the list", want: "list.json", tell: replaced(lists, `\}\s*$`, `}{}`)},
		{name: "count first", want: "list.keys", tell: replaced(lists, `^\{(.*),("count":\d+)`, `{$2,$1`)},
		{name: "key more", want: "list.keys", tell: replaced(lists, `"cursor":`, `"total":1,"cursor":`)},
		{name: "key less", want: "list.keys", tell: replaced(lists, `,"cursor":null`, ``)},
		{name: "count as a string", want: "list.types", tell: replaced(lists, `"count":(\d+)`, `"count":"$1"`)},
		{name: "count of all", want: "list.count", tell: replaced(lists, `"count":\d+`, `"count":1000`)},
		{name: "oldest first", want: "list.order", tell: relisted(func(_ *http.Request, l *list) { slices.Reverse(l.Items) })},
		{name: "ties ascending", want: "list.ties", tell: relisted(func(_ *http.Request, l *list) {
			for i := 1; i < len(l.Items); i++ {
				if bytes.Contains(l.Items[i], []byte("T00:30:00")) && bytes.Contains(l.Items[i-1], []byte("T00:30:00")) {
					l.Items[i-1], l.Items[i] = l.Items[i], l.Items[i-1]
				}
			}
		})},
		{name: "an item twice", want: "list.unique", tell: relisted(func(_ *http.Request, l *list) {
			if len(l.Items) > 1 {
				l.Items[1] = l.Items[0]
			}
		})},
		{name: "item keys swapped", want: "item.keys", tell: replaced(lists, `("ingestId":"[^"]*"),("assetId":"[^"]*")`, `$2,$1`)},
		{name: "item key more", want: "item.keys", tell: replaced(lists, `"progress":`, `"tenant":"vimond","progress":`)},
		{name: "asset as a number", want: "item.types", tell: replaced(lists, `"assetId":"(\d+)"`, `"assetId":$1`)},
		{name: "progress as a string", want: "item.types", tell: replaced(lists, `"progress":(\d+)`, `"progress":"$1"`)},
		{name: "one media type", want: "item.types", tell: replaced(lists, `"mediaTypes":\[("[A-Z]+")\]`, `"mediaTypes":$1`)},
		{name: "no decimals", want: "item.times", tell: replaced(lists, `"startTime":"([^".]+)\.\d+Z"`, `"startTime":"${1}Z"`)},
		{name: "six decimals", want: "item.times", tell: replaced(lists, `"endTime":"([^"]+)Z"`, `"endTime":"${1}000Z"`)},
		{name: "offset for Z", want: "item.times", tell: replaced(lists, `"startTime":"([^"]+)Z"`, `"startTime":"$1+00:00"`)},
		{name: "elapsed in seconds", want: "item.elapsed", tell: replaced(lists, `"elapsedTime":(\d*)\d{3}`, `"elapsedTime":${1}0`)},
		{name: "elapsed off by one", want: "item.elapsed", tell: replaced(lists, `"elapsedTime":22685`, `"elapsedTime":22686`)},
		{name: "more than all", want: "item.progress", tell: replaced(lists, `"progress":100`, `"progress":101`)},
		{name: "progress as a share", want: "item.progress", tell: replaced(lists, `"progress":20`, `"progress":0.2`)},
		{name: "absolute detailsUrl", want: "item.details-url", tell: replaced(lists, `"detailsUrl":"`, `"detailsUrl":"https://example.com`)},
		{name: "status in a word of its own", want: "item.status", tell: replaced(lists, `"COMPLETED"`, `"SUCCEEDED"`)},
		{name: "empty error", want: "item.error", tell: replaced(lists, `"error":null`, `"error":""`)},
		{name: "failed without error", want: "item.error", tell: replaced(lists, `"error":"(?:[^"\\]|\\.)*"`, `"error":null`)},
	}
}

func limitFaults() []fault {
	return []fault{
		{name: "pages of 20", want: "limit.default", ask: query(func(q url.Values) {
			if !q.Has("limit") {
				q.Set("limit", "20")
			}
		})},
		{name: "pages of 30", want: "limit.default", ask: query(func(q url.Values) {
			if !q.Has("limit") {
				q.Set("limit", "30")
			}
		})},
		{name: "limit ignored", want: "limit.small", ask: ignores("limit")},
		{name: "at least two", want: "limit.small", ask: reads("limit", func(s string) string { return strings.Replace(s, "1", "2", 1) })},
		{name: "at most 20", want: "limit.500", ask: reads("limit", func(s string) string { return strings.Replace(s, "500", "20", 1) })},
		{name: "any limit", want: "limit.range", ask: reads("limit", func(s string) string {
			if isNumber(s) {
				return s
			}
			return "25"
		})},
	}
}

func cursorFaults() []fault {
	encode := base64.StdEncoding.EncodeToString
	return []fault{
		{name: "opaque cursor", want: "cursor.form", tell: recursored(func(text string) string { return encode([]byte("v1:" + text)) })},
		{name: "cursor without padding", want: "cursor.form", tell: recursored(func(text string) string { return base64.RawStdEncoding.EncodeToString([]byte(text + " ")) })},
		{name: "cursor keys swapped", want: "cursor.form", tell: recursored(func(text string) string {
			start, id, _ := strings.Cut(strings.Trim(text, "{}"), ",")
			return encode([]byte("{" + id + "," + start + "}"))
		})},
		{name: "cursor after the last", want: "cursor.last", tell: relisted(func(_ *http.Request, l *list) {
			if l.Cursor == nil {
				l.Cursor = lastCursor(l)
			}
		})},
		{name: "empty cursor", want: "cursor.last", tell: replaced(lists, `"cursor":null`, `"cursor":""`)},
		{name: "empty last page", want: "cursor.exact-fit", tell: relisted(func(r *http.Request, l *list) {
			if l.Cursor == nil && r.URL.Query().Get("limit") == "1" {
				l.Cursor = lastCursor(l)
			}
		})},
		{name: "item again on the next page", want: "cursor.walk", ask: resumes(func(text string) string {
			return strings.Replace(text, `"ingestId":"`, `"ingestId":"zz`, 1)
		})},
		{name: "rows hidden between pages", want: "cursor.walk", ask: resumes(func(text string) string {
			return strings.NewReplacer(`Z"`, `Z"`, `:10:50:21.`, `:10:50:20.`, `07:50:15.`, `07:50:14.`).Replace(text)
		})},
		{name: "cursor ignored", want: "cursor.walk", ask: ignores("cursor")},
		{name: "list ends early", want: "cursor.walk", tell: relisted(func(r *http.Request, l *list) {
			if r.URL.Query().Get("limit") == "2" && r.URL.Query().Has("cursor") {
				l.Cursor = nil
			}
		})},
		{name: "filter forgotten on the next page", want: "cursor.filtered", ask: query(func(q url.Values) {
			if q.Has("cursor") {
				q.Del("status")
				q.Del("profileName")
			}
		})},
		{name: "only its own cursors", want: "cursor.made", tell: func(r *http.Request, a *reply) {
			if r.URL.Query().Get("limit") == "3" && r.URL.Query().Has("cursor") {
				a.status = http.StatusBadRequest
			}
		}},
		{name: "one spelling", want: "cursor.spellings", tell: func(r *http.Request, a *reply) {
			if _, err := base64.StdEncoding.DecodeString(r.URL.Query().Get("cursor")); err != nil {
				a.status = http.StatusBadRequest
			}
		}},
		{name: "broken cursor begins anew", want: "cursor.broken", ask: query(func(q url.Values) {
			if text, err := base64.StdEncoding.DecodeString(q.Get("cursor")); err != nil || len(text) < 60 {
				q.Del("cursor")
			}
		})},
	}
}

func filterFaults() []fault {
	later := func(by time.Duration) func(string) string {
		return func(text string) string {
			t, err := time.Parse(time.RFC3339, text)
			if err != nil {
				return text
			}
			return t.Add(by).UTC().Format("2006-01-02T15:04:05.000Z")
		}
	}
	zone := func(text string) string {
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return text
		}
		return text + "T01:00:00.000Z"
	}
	// forgets a filter where another is given.
	forgets := func(name string, beside ...string) func(*http.Request) {
		return query(func(q url.Values) {
			for _, other := range beside {
				if !q.Has(other) {
					return
				}
			}
			q.Del(name)
		})
	}
	return []fault{
		{name: "asset ignored", want: "filter.asset", ask: ignores("assetId")},
		{name: "row hidden under an asset", want: "filter.asset", tell: relisted(func(r *http.Request, l *list) {
			if r.URL.Query().Has("assetId") && len(l.Items) > 0 {
				l.Items = l.Items[1:]
			}
		})},
		{name: "id ignored", want: "filter.ingest", ask: ignores("ingestId")},
		{name: "profile ignored", want: "filter.profile", ask: ignores("profileName")},
		{name: "row hidden under a profile", want: "filter.profile", tell: relisted(func(r *http.Request, l *list) {
			if r.URL.Query().Has("profileName") && len(l.Items) > 2 {
				l.Items = slices.Delete(l.Items, 1, 2)
			}
		})},
		{name: "status ignored", want: "filter.status", ask: ignores("status")},
		{name: "row that the list does not have", want: "filter.status", tell: func(r *http.Request, a *reply) {
			if r.URL.Query().Has("status") {
				a.body = bytes.Replace(a.body, []byte(`"ff0dac68`), []byte(`"ff0dac69`), 1)
			}
		}},
		{name: "null for no items", want: "filter.nothing", tell: replaced(lists, `"items":\[\]`, `"items":null`)},
		{name: "404 for no items", want: "filter.nothing", tell: on(lists, func(a *reply) {
			if bytes.Contains(a.body, []byte(`"items":[]`)) {
				a.status = http.StatusNotFound
			}
		})},
		{name: "one filter at a time", want: "filter.pairs", ask: forgets("profileName", "assetId")},
		{name: "two filters at a time", want: "filter.all", ask: forgets("status", "assetId", "ingestId", "profileName")},
		{name: "first status only", want: "filter.status-many", ask: reads("status", func(s string) string { return first(s, ",") })},
		{name: "last status only", want: "filter.status-many", ask: query(func(q url.Values) {
			if all := q["status"]; len(all) > 1 {
				q.Set("status", all[len(all)-1])
			}
		})},
		{name: "unknown status finds nothing", want: "filter.status-unknown", tell: func(r *http.Request, a *reply) {
			if strings.Contains(r.URL.RawQuery, "NO_SUCH") {
				a.status, a.body = http.StatusOK, []byte(`{"items":[],"count":0,"cursor":null}`)
			}
		}},
		{name: "unknown parameter ignored", want: "filter.unknown", ask: ignores("colour", "assetid")},
		{name: "fromDate exclusive", want: "date.from", ask: reads("fromDate", later(time.Millisecond))},
		{name: "fromDate to the second", want: "date.from", ask: reads("fromDate", func(s string) string { return first(s, ".") + "Z" })},
		{name: "toDate inclusive", want: "date.to", ask: reads("toDate", later(time.Millisecond))},
		{name: "toDate ignored", want: "date.to", ask: ignores("toDate")},
		{name: "days of another zone", want: "date.day", ask: reads("toDate", zone)},
		{name: "dates alone only", want: "date.pairs", ask: forgets("toDate", "profileName")},
		{name: "fewer than six", want: "date.all", ask: forgets("fromDate", "toDate", "assetId", "ingestId", "profileName", "status")},
		{name: "broken date ignored", want: "date.broken", ask: query(func(q url.Values) {
			if q.Get("fromDate") == "yesterday" {
				q.Del("fromDate")
			}
		})},
	}
}

func detailFaults() []fault {
	return []fault{
		{name: "no details", want: "detail.answer", tell: answers(details, "GET", 404, `{}`)},
		{name: "detail in an array", want: "detail.answer", tell: replaced(details, `(?s)^(.*)$`, `[$1]`)},
		{name: "detail key twice", want: "detail.json", tell: replaced(details, `"tenant":`, `"tenant":"x","tenant":`)},
		{name: "detail keys swapped", want: "detail.keys", tell: replaced(details, `^\{("status":"[A-Z]+"),("startTime":"[^"]+")`, `{$2,$1`)},
		{name: "detail key more", want: "detail.keys", tell: replaced(details, `"error":null\}\s*$`, `"error":null,"warnings":[]}`)},
		{name: "input as text", want: "detail.types", tell: replaced(details, `"input":\{`, `"input":"","rest":{`)},
		{name: "tenant as a number", want: "detail.types", tell: replaced(details, `"tenant":"vimond"`, `"tenant":7`)},
		{name: "detail without decimals", want: "detail.times", tell: replaced(details, `"endTime":"([^".]+)\.\d+Z"`, `"endTime":"${1}Z"`)},
		{name: "detail elapsed off", want: "detail.elapsed", tell: replaced(details, `"elapsedTime":(\d+),"assetId"`, `"elapsedTime":1$1,"assetId"`)},
		{name: "detail of 120 %", want: "detail.progress", tell: replaced(details, `"progress":100`, `"progress":120`)},
		{name: "detail behind the list", want: "detail.matches-list", tell: replaced(details, `"progress":100`, `"progress":99`)},
		{name: "detail of another asset", want: "detail.matches-list", tell: replaced(details, `"assetId":"86`, `"assetId":"87`)},
		{name: "another tenant", want: "detail.tenant", tell: replaced(details, `"tenant":"vimond"`, `"tenant":"other"`)},
		{name: "null for an unknown id", want: "detail.unknown", tell: func(r *http.Request, a *reply) {
			if a.status == http.StatusNotFound && strings.HasPrefix(r.URL.Path, "/ingests/") {
				a.status, a.body = http.StatusOK, []byte("null")
			}
		}},
		{name: "input keys swapped", want: "input.keys", tell: replaced(details, `"id":(\d+)\}\}`, `"id":"$1"}}`)},
		{name: "file key less", want: "input.files", tell: replaced(details, `,"md5sum":null\}`, `}`)},
		{name: "profile keys swapped", want: "profile.keys", tell: replaced(details, `("profileName":"[^"]*"),("profileVersionId":\d+)`, `$2,$1`)},
		{name: "version as a string", want: "profile.types", tell: replaced(details, `"profileVersionId":(\d+)`, `"profileVersionId":"$1"`)},
		{name: "execution of another id", want: "profile.values", tell: replaced(details, `"executionId":"`, `"executionId":"x`)},
		{name: "step without filter", want: "profile.steps", tell: replaced(details, `"filesetFilter":`, `"filter":`)},
		{name: "asset number as a string", want: "profile.asset", tell: replaced(details, `"assetId":(\d+)`, `"assetId":"$1"`)},
	}
}

func taskFaults() []fault {
	return []fault{
		{name: "task keys swapped", want: "task.keys", tell: inTasks(`("name":"[A-Z]+"),("progress":\d+)`, `$2,$1`)},
		{name: "task progress as a string", want: "task.types", tell: inTasks(`"progress":(\d+)`, `"progress":"$1"`)},
		{name: "task without decimals", want: "task.times", tell: inTasks(`"startTime":"([^".]+)\.\d+Z"`, `"startTime":"${1}Z"`)},
		{name: "task elapsed off", want: "task.elapsed", tell: inTasks(`"elapsedTime":`, `"elapsedTime":1`)},
		{name: "task of 1000 %", want: "task.progress", tell: inTasks(`"progress":100`, `"progress":1000`)},
		{name: "files for filesets", want: "task.files", tell: inTasks(`"outputs":\{"filesets"`, `"outputs":{"files"`)},
		{name: "one task twice", want: "task.unique", tell: inTasks(`(?s)"tasks":\[(\{.*\})\],"error"`, `"tasks":[$1,$1],"error"`)},
		{name: "task name in small letters", want: "task.name", tell: inTasks(`"name":"RETRIEVAL"`, `"name":"retrieval"`)},
		{name: "task status without TASK_", want: "task.status", tell: inTasks(`"TASK_`, `"`)},
		{name: "error on every task", want: "task.error", tell: inTasks(`("status":"TASK_COMPLETED","elapsedTime":\d+)`, `$1,"error":null`)},
		{name: "error before the last key", want: "task.error", tell: inTasks(`("elapsedTime":\d+),("error":"(?:[^"\\]|\\.)*")\}`, `$2,$1}`)},
		{name: "tasks without an end", want: "task.over", tell: inTasks(`"endTime":"[^"]+"`, `"endTime":null`)},
		{name: "running with an end", want: "running.end", tell: replaced(lists, `"startTime":("[^"]+"),"endTime":null`, `"startTime":$1,"endTime":$1`)},
		{name: "running without elapsed time", want: "running.elapsed", tell: replaced(details, `"elapsedTime":\d+`, `"elapsedTime":9000000`)},
		{name: "running at 100 %", want: "running.progress", tell: replaced(lists, `"progress":\d+,("startTime":"[^"]+","endTime":null)`, `"progress":100,$1`)},
		{name: "running task with an end", want: "running.tasks", tell: inTasks(`"startTime":("[^"]+"),"endTime":null`, `"startTime":$1,"endTime":$1`)},
	}
}

func httpFaults() []fault {
	return []fault{
		{name: "415 for GET", want: "http.request-type", tell: func(r *http.Request, a *reply) {
			if r.Header.Get("Content-Type") != "" {
				a.status = http.StatusUnsupportedMediaType
			}
		}},
		{name: "lists as text", want: "http.content-type", tell: on(lists, func(a *reply) { a.header.Set("Content-Type", "text/plain") })},
		{name: "details in Latin-1", want: "http.content-type", tell: on(details, func(a *reply) { a.header.Set("Content-Type", "application/json; charset=latin1") })},
		{name: "404 as JSON", want: "http.problem", tell: on(details, func(a *reply) { a.header.Set("Content-Type", "application/json") })},
		{name: "error in a word", want: "http.problem", tell: on(".*", func(a *reply) {
			if a.status == http.StatusNotFound {
				a.body = []byte(`{"error":"not found"}`)
			}
		})},
		{name: "404 for a method", want: "http.method", tell: on(".*", func(a *reply) {
			if a.status == http.StatusMethodNotAllowed {
				a.status = http.StatusNotFound
			}
		})},
		{name: "no Allow", want: "http.method", tell: on(".*", func(a *reply) { a.header.Del("Allow") })},
		{name: "200 for any path", want: "http.path", tell: answers("/conformance-.*", "GET", 200, `{}`)},
		{name: "no HEAD", want: "http.head", tell: func(r *http.Request, a *reply) {
			if r.Method == http.MethodHead {
				a.status = http.StatusMethodNotAllowed
			}
		}},
		{name: "OPTIONS without Allow", want: "http.options", tell: on(".*", func(a *reply) { a.header.Del("Allow") })},
		{name: "no ETag", want: "http.etag", tell: on(".*", func(a *reply) { a.header.Del("ETag") })},
		{name: "strong ETag", want: "http.etag", tell: on(".*", func(a *reply) { a.header.Set("ETag", `"1"`) })},
		{
			name: "If-None-Match ignored", want: "http.not-modified", ask: func(r *http.Request) { r.Header.Del("If-None-Match") },
			tell: on(".*", func(a *reply) { a.header.Set("ETag", `W/"1"`) }),
		},
		{name: "always 304", want: "http.not-modified", tell: func(r *http.Request, a *reply) {
			a.header.Set("ETag", `W/"1"`)
			if r.Header.Get("If-None-Match") != "" {
				a.status, a.body = http.StatusNotModified, nil
			}
		}},
		{name: "another answer compressed", want: "http.compression", tell: func(r *http.Request, a *reply) {
			if r.Header.Get("Accept-Encoding") == "gzip" {
				var text bytes.Buffer
				z := gzip.NewWriter(&text)
				_, _ = z.Write([]byte("{}"))
				_ = z.Close()
				a.header.Set("Content-Encoding", "gzip")
				a.header.Set("Vary", "Accept-Encoding")
				a.body = text.Bytes()
			}
		}},
	}
}

func accessFaults() []fault {
	return []fault{
		{name: "a made-up token is good", want: "access.token", ask: func(r *http.Request) {
			if r.Header.Get("Authorization") != "" {
				r.Header.Set("Authorization", "Bearer "+token)
			}
		}},
		{name: "no token is good", want: "access.token", ask: func(r *http.Request) {
			if r.Header.Get("Authorization") == "" {
				r.Header.Set("Authorization", "Bearer "+token)
			}
		}},
		{name: "403 without a token", want: "access.challenge", tell: on(".*", func(a *reply) {
			if a.status == http.StatusUnauthorized {
				a.status = http.StatusForbidden
			}
		})},
		{name: "no challenge", want: "access.challenge", tell: on(".*", func(a *reply) { a.header.Del("WWW-Authenticate") })},
		{name: "any tenant", want: "access.tenant", ask: func(r *http.Request) { r.Header.Set("X-Vimond-Tenant", tenant) }},
		{name: "some requests unanswered", want: "access.whole", tell: func(r *http.Request, a *reply) {
			if r.Method == http.MethodHead {
				*a = reply{}
			}
		}},
	}
}

func cancelFaults() []fault {
	return []fault{
		{name: "204 for an unknown id", want: "cancel.unknown", tell: answers(cancels, "DELETE", 204, "")},
		{name: "204 for what is over", want: "cancel.finished", tell: answers(cancels, "DELETE", 204, "")},
		{name: "409 for what is cancelled", want: "cancel.cancelled", tell: answers(cancels, "DELETE", 409, "{}")},
		{name: "200 for a cancel", want: "cancel.running", tell: answers(cancels, "DELETE", 200, "{}")},
		{name: "404 for what runs", want: "cancel.running", tell: answers(cancels, "DELETE", 404, "{}")},
		{name: "cancelled ends as failed", want: "cancel.end", tell: replaced(details, `"CANCELLED"`, `"FAILED"`)},
	}
}

// TestFaults plays one fault after the other before a server that keeps all
// rules, and wants the check of that rule to see it.
func TestFaults(t *testing.T) {
	t.Parallel()
	server := newFixture(t)
	seen := map[string]bool{}
	t.Logf("%d faults for %d checks", len(faults()), len(conformance.Checks()))
	for _, f := range faults() {
		seen[f.want] = true
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			o := conformance.Options{Server: proxy(t, server.url, f), Token: token, Tenant: tenant, Only: []string{f.want}, Write: true}
			if f.want == "access.whole" {
				o.Only = append(o.Only, "http.head")
			}
			if f.want == "cancel.running" || f.want == "cancel.end" {
				o.Submit, o.Asset, o.Only = server.slow, "guest", []string{"cancel.running", "cancel.end"}
			}
			report, err := conformance.Run(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(report.Checks, func(r conformance.Result) bool { return r.ID == f.want })
			got := report.Checks[i]
			if got.Outcome != conformance.Differs {
				t.Errorf("%s is %s (%s), want differs", f.want, got.Outcome, got.Reason)
			}
			if report.Conforms(true) || report.Conforms(false) == (got.Level == conformance.Contract) {
				t.Errorf("a %s differs: conforms %v, strictly %v", got.Level, report.Conforms(false), report.Conforms(true))
			}
			for _, finding := range got.Findings {
				if finding.Wanted == "" || finding.Got == "" || !strings.HasPrefix(finding.Curl, "curl -i ") || strings.Contains(finding.Curl, token) {
					t.Errorf("unusable finding %+v", finding)
				}
			}
		})
	}
	for _, c := range conformance.Checks() {
		if !seen[c.ID] {
			t.Errorf("no fault is played for %s", c.ID)
		}
	}
}

// TestFaultless: the proxy itself is no fault.
func TestFaultless(t *testing.T) {
	t.Parallel()
	server := newFixture(t)
	report, err := conformance.Run(t.Context(), conformance.Options{
		Server: proxy(t, server.url, fault{}), Token: token, Tenant: tenant, Write: true, Submit: server.slow, Asset: "guest",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d requests", report.Requests)
	for _, r := range report.Checks {
		if r.Outcome != conformance.OK {
			t.Errorf("%s %s: %s %+v", r.ID, r.Outcome, r.Reason, r.Findings)
		}
	}
}

// TestCancelForbidden: a token that may read is enough for a run. That it may
// not cancel tells nothing of the server.
func TestCancelForbidden(t *testing.T) {
	t.Parallel()
	f := fault{tell: answers(cancels, "DELETE", 403, "{}")}
	cancelling := []string{"cancel.unknown", "cancel.finished", "cancel.cancelled"}
	report, err := conformance.Run(t.Context(), conformance.Options{
		Server: proxy(t, newFixture(t).url, f), Token: token, Tenant: tenant, Only: cancelling, Write: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range report.Checks {
		if c.Outcome != conformance.NotTested || c.Reason != "the token may not cancel" {
			t.Errorf("%s: %s, %q, %v", c.ID, c.Outcome, c.Reason, c.Findings)
		}
	}
	if len(report.Checks) != len(cancelling) || !report.Conforms(true) {
		t.Errorf("%d checks, conforms strictly: %v", len(report.Checks), report.Conforms(true))
	}
}
