package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/client"
)

// TestHostileTexts: markup, templates and statements of SQL that may stand
// in an id or an error come back as the same JSON text, and as text in pages.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	in := serve(t)
	c := in.client
	for i, text := range []string{
		"<script>alert(1)</script>", "</title><img src=x onerror=alert(1)>", "{{.}} ${7*7} #{7*7}", "'; DROP TABLE ingests;--", `" OR ""="`, "%s%n%d", "${jndi:ldap://a}", "../../etc/passwd", "a b&c=d?e#f", "é\u0301 ﬀ Ａ", "\u200b\u00a0\ufeff", "𝕏😀",
		"-rf", "=cmd|' /C calc'!A1", "a,b\"c",
	} {
		id := string(rune('a' + i))
		body := item("ingestId", quoted(id), "detailsUrl", quoted("/ingests/"+id), "assetId", quoted(text), "profileName", quoted(text), "error", quoted(text+"\n\x00\x1b[2J"), "status", `"FAILED"`)
		result, err := c.Import(t.Context(), []byte(body))
		if err != nil || result.Rows[0].Outcome != client.ImportRowOutcomeWritten {
			t.Errorf("%q: %v, %+v", text, err, result)
			continue
		}
		var list struct {
			Items []struct{ AssetID, ProfileName, Error string }
		}
		answer := get(t, in.url, "/ingests?assetId="+url.QueryEscape(text), "default")
		// No NUL is kept: not every database can.
		if err := json.Unmarshal(answer, &list); err != nil || len(list.Items) != 1 || list.Items[0].AssetID != text || list.Items[0].ProfileName != text || list.Items[0].Error != text+"\n\uFFFD\x1b[2J" {
			t.Errorf("%q: %v: %s", text, err, answer)
		}
		page := play(t, in.url+"/play/"+url.PathEscape(text))
		if strings.Contains(page, "<script>alert") || strings.Contains(page, "<img src=x") || strings.Count(page, "7*7") != strings.Count(text, "7*7") {
			t.Errorf("%q: %s", text, page)
		}
	}
}

// play gets a page of an asset that nothing plays for.
func play(t *testing.T, address string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusNotFound {
		t.Errorf("%s: %s: %v", address, resp.Status, err)
	}
	return string(page)
}
