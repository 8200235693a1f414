package httpd

import (
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestAuditPages(t *testing.T) {
	t.Parallel()
	entry := func(id int64, tenant string) vod.AuditEntry {
		return vod.AuditEntry{
			ID: id, Time: noon(), Tenant: tenant, Subject: "ann <ann@example.com>", From: "192.0.2.17",
			Action: vod.CancelledIngest, Target: "i", AssetID: "7",
		}
	}
	applied := vod.AuditEntry{ID: 5, Time: noon(), Tenant: "acme", Subject: "local", Action: vod.AppliedProfile, Target: "default"}
	s := setup(t, &memory{audit: []vod.AuditEntry{entry(9, "acme"), entry(7, "other"), applied}}, nil)
	cancelled := `{"time":"2022-01-02T12:00:00.000Z","subject":"ann <ann@example.com>","from":"192.0.2.17","action":"ingest.cancel","target":"i","assetId":"7"}`
	s.send(t, "GET", "/audit?limit=1", "", tenantHeader, "acme").is(t, 200, `{"items":[`+cancelled+`],"count":1,"cursor":"9"}`)
	s.send(t, "GET", "/audit?cursor=9", "", tenantHeader, "acme").is(t, 200,
		`{"items":[{"time":"2022-01-02T12:00:00.000Z","subject":"local","from":"","action":"profile.apply","target":"default","assetId":null}],"count":1,"cursor":null}`)
	s.send(t, "GET", "/audit?target=none", "", tenantHeader, "acme").is(t, 200, `{"items":[],"count":0,"cursor":null}`)
}

func TestAuditQuery(t *testing.T) {
	t.Parallel()
	s := setup(t, &memory{}, nil)
	for query, name := range map[string]string{
		"action=ingest.look": "action is none that there is",
		"limit=0":            "limit must be",
		"fromDate=yesterday": "fromDate must be",
		"toDate=2021-13-01":  "toDate must be",
		"cursor=x":           "cursor is broken",
		"cursor=-1":          "cursor is broken",
		"profileName=x":      "profileName is not known here",
	} {
		a := s.send(t, "GET", "/audit?"+query, "")
		if a.StatusCode != 400 || !strings.Contains(a.text, name) {
			t.Errorf("%s: %d %s", query, a.StatusCode, a.text)
		}
	}
}
