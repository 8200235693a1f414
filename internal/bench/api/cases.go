package main

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"time"
)

// request is one call: a path with its query.
type testCase struct {
	name string
	// hot: every request is the same, so that the answer may be kept.
	hot bool
	// detail: it is of one ingest.
	detail bool
	path   func(i int) string
}

// cases are what is measured. Requests that are not hot differ in a toDate
// that excludes nothing, so that no answer can have been kept.
func cases(db database) []testCase {
	future := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	unique := func(name string, query func(i int) url.Values) testCase {
		return testCase{name: name, path: func(i int) string {
			q := query(i)
			q.Set("toDate", future.Add(time.Duration(i)*time.Millisecond).Format("2006-01-02T15:04:05.000Z"))
			return "/ingests?" + q.Encode()
		}}
	}
	always := func(pairs ...string) func(int) url.Values {
		return func(int) url.Values { return values(pairs...) }
	}
	some := func(key string, list []string) func(int) url.Values {
		return func(i int) url.Values { return values(key, list[i%len(list)]) }
	}
	return []testCase{
		{name: "first page, hot", hot: true, path: func(int) string { return "/ingests" }},
		unique("first page", always()),
		unique("page 10,000", always("cursor", cursor(db.Deep))),
		unique("assetId", some("assetId", db.Assets)),
		unique("assetId with 5,000", always("assetId", largeAsset)),
		unique("ingestId", some("ingestId", db.IDs)),
		unique("profileName", always("profileName", "profile-000")),
		unique("rare profileName", always("profileName", rareProfile)),
		unique("status", always("status", "FAILED")),
		unique("rare status", always("status", rareStatus)),
		unique("4 statuses", always("status", "FAILED,SKIPPED,RUNNING,QUEUED")),
		unique("fromDate", always("fromDate", time.UnixMilli(db.Since).UTC().Format(time.RFC3339))),
		unique("asset and profile", always("assetId", largeAsset, "profileName", rareProfile)),
		unique("rare status and rare profile", always("status", rareStatus, "profileName", rareProfile)),
		unique("the same of one asset", always("status", rareStatus, "profileName", rareProfile, "assetId", largeAsset)),
		{name: fmt.Sprintf("detail with %d tasks", detailTasks), detail: true, path: func(i int) string {
			return "/ingests/" + db.Details[i%len(db.Details)]
		}},
	}
}

func values(pairs ...string) url.Values {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q
}

func cursor(p position) string {
	text := fmt.Sprintf(`{"startTime":%q,"ingestId":%q}`, time.UnixMilli(p.Start).UTC().Format("2006-01-02T15:04:05.000Z"), p.ID)
	return base64.StdEncoding.EncodeToString([]byte(text))
}
