package cli

import (
	"strings"
	"testing"
)

func TestAudit(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	log := `{"items":[{"time":"2021-12-08T10:50:21.481Z","subject":"ann (https://login.example.com)","from":"192.0.2.17",` +
		`"action":"ingest.cancel","target":"i","assetId":"867228"},` +
		`{"time":"2021-12-08T10:50:20.000Z","subject":"local","from":"","action":"profile.apply","target":"default","assetId":null}],"count":2,"cursor":"7"}`
	d.answer("GET /audit", 200, log)
	d.run(t, "audit", "-o", "json").want(t, 0, log+"\n", "")
	r := d.run(t, "audit", "--asset", "867228", "--action", "ingest.cancel", "--subject", "a b", "--target", "i",
		"--from", "2021-01-01", "--to", "2022-01-01", "--limit", "2", "--cursor", "9")
	lines := strings.Split(r.out, "\n")
	if r.code != 0 || len(lines) != 4 || !strings.HasSuffix(lines[1], "ann (https://login.example.com)  192.0.2.17  ingest.cancel  i        867228") {
		t.Errorf("%+v", r)
	}
	if r.err != "There are more: --cursor 7.\n" {
		t.Errorf("stderr %q", r.err)
	}
	want := "GET /audit?subject=a%20b&action=ingest.cancel&target=i&assetId=867228&fromDate=2021-01-01&toDate=2022-01-01&limit=2&cursor=9"
	if asked := d.requests()[1]; sortQuery(asked) != sortQuery(want) {
		t.Errorf("asked %s", asked)
	}
}
