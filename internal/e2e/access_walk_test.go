package e2e

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestNoTokenNoAnswer walks every route with every kind of wrong token: all
// that is not public is 401, with nothing of what is there.
func TestNoTokenNoAnswer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	good := h.tokens["acme admin"]
	h.tokens["cut"] = good[:len(good)-1]
	h.tokens["changed"] = good[:len(good)-10] + strings.Repeat("x", 10)
	h.tokens["upper case"] = strings.ToUpper(good)
	h.tokens["alg none"] = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ."
	h.tokens["text"] = "x"
	wrong := []string{"", "expired", "revoked", "of another server", "cut", "changed", "upper case", "alg none", "text"}
	before := h.snapshot()
	for _, o := range operations(t) {
		for _, who := range wrong {
			got := h.call(who, o, h.ids)
			if o.public {
				if got.StatusCode == http.StatusUnauthorized || got.StatusCode == http.StatusForbidden {
					t.Errorf("%s with token %q: %s, but it is public", o.id, who, got.Status)
				}
				continue
			}
			if got.StatusCode != http.StatusUnauthorized || got.Header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s with token %q: %s %s", o.id, who, got.Status, got.body)
			}
			if strings.Contains(got.body, good[20:40]) {
				t.Errorf("%s with token %q repeats the token: %s", o.id, who, got.body)
			}
		}
	}
	h.unchanged(before)
}

// TestRoles walks every route with every role: what the role does not have is
// 403 and names the permission, what it has is not.
func TestRoles(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, role := range vod.Roles() { // The admin, who deletes, comes last.
		for _, o := range operations(t) {
			got := h.call("acme "+string(role), o, h.ids)
			may := o.permission == "" || slices.Contains(role.Permissions(), o.permission)
			denied := got.StatusCode == http.StatusForbidden
			if denied == may || got.StatusCode == http.StatusUnauthorized {
				t.Errorf("%s by %s: %s %s", o.id, role, got.Status, got.body)
			}
			if denied && o.method != http.MethodHead && !strings.Contains(got.body, string(o.permission)) {
				t.Errorf("%s by %s: %s does not name %s", o.id, role, got.body, o.permission)
			}
		}
	}
}

// TestTenantsDoNotMeet walks every route as an admin of another tenant: what
// acme has is answered exactly as what nobody has.
func TestTenantsDoNotMeet(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	before := h.snapshot()
	nobodys := maps.Clone(h.ids)
	for name, id := range nobodys {
		switch name {
		case "uploadId":
			nobodys[name] = strings.ReplaceAll(uuid.NewString(), "-", "")
		case "ingestId", "taskId":
			nobodys[name] = uuid.NewString()
		case "assetId", "name":
			nobodys[name] = "x" + id
		}
	}
	for _, o := range operations(t) {
		if o.public { // Media: whoever has the address may read.
			continue
		}
		if o.id == "getStatistics" { // It names nothing, and what this walk submits ends in between; see storetest.
			continue
		}
		theirs, none := h.call("beta admin", o, h.ids), h.call("beta admin", o, nobodys)
		if a, b := h.faceless(theirs, h.ids), h.faceless(none, nobodys); a != b {
			t.Errorf("%s: acme's is answered\n%s\nand nobody's\n%s", o.id, a, b)
		}
		for _, name := range []string{"acme", "both"} {
			header := map[string]string{"acme": "acme", "both": "no-such-tenant"}[name]
			got := h.call("beta admin", o, h.ids, "X-Vimond-Tenant", header)
			if got.StatusCode != http.StatusForbidden || o.method != http.MethodHead && !strings.Contains(got.body, "The token is not for the tenant "+header+".") {
				t.Errorf("%s for tenant %s: %s %s", o.id, header, got.Status, got.body)
			}
		}
	}
	h.unchanged(before)
}

// faceless is an answer without what is its own: ids, times, lengths.
func (h *house) faceless(r reply, ids map[string]string) string {
	text := r.Status + " " + r.Header.Get("Content-Type") + " " + r.Header.Get("Allow") + "\n" + r.body
	for name, id := range ids {
		if len(id) > 4 {
			text = strings.ReplaceAll(text, id, "{"+name+"}")
		}
	}
	return ownIDs.ReplaceAllString(text, "{own}")
}

var ownIDs = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|"versionId":\d+|\d{4}-\d\d-\d\dT[0-9:.]+Z`)

// snapshot is all that the API tells of acme.
func (h *house) snapshot() string {
	h.t.Helper()
	var all strings.Builder
	for _, o := range operations(h.t) {
		if o.method == http.MethodGet && !o.public || o.id == "getMedia" {
			all.WriteString(o.id + " " + h.call("acme admin", o, h.ids).body + "\n")
		}
	}
	upload := h.send("acme admin", http.MethodHead, "/uploads/"+h.ids["uploadId"], nil, "Tus-Resumable", "1.0.0")
	return all.String() + upload.Status + upload.Header.Get("Upload-Offset")
}

func (h *house) unchanged(before string) {
	h.t.Helper()
	if after := h.snapshot(); after != before {
		h.t.Errorf("acme had\n%s\nand has\n%s", before, after)
	}
}
