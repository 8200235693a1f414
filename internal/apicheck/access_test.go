package apicheck_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/apicheck"
	"github.com/via-orchestrate/orchestrate/internal/apptest"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// The server asks for exactly the permission that the document names: without a
// token everything but the public is 401, and each role is refused what it may
// not do, and nothing else, by the permission's name.
func TestPermissionsAreThoseOfTheDocument(t *testing.T) {
	t.Parallel()
	checker, err := apicheck.New()
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	tokens := []vod.Token{{}, {Role: vod.Viewer}, {Role: vod.Operator}, {Role: vod.Admin}}
	for i := range tokens[1:] {
		tokens[i+1].Tenants, tokens[i+1].Expires = []string{"acme"}, time.Now().Add(time.Hour)
	}
	texts := append([]string{""}, apptest.Mint(t, data, tokens[1:]...)...)
	_, a := apptest.Serve(t, "--data", data)
	client := checker.Client(t)
	for _, route := range checker.Routes() {
		for i, token := range tokens {
			status, body := ask(t, client, a.URL(), route, texts[i])
			permission := vod.Permission(route.Permission)
			switch {
			case permission == "" && !route.Public || permission != "" && !known(permission):
				if route.Path != "/uploads" && route.Path != "/me" { // A token is enough.
					t.Errorf("%s %s says nothing, or something odd, of its permission: %q", route.Method, route.Path, permission)
				}
			case route.Public && (status == 401 || status == 403):
				t.Errorf("%s %s is public, and answers %d", route.Method, route.Path, status)
			case !route.Public && token.Role == "" && status != 401:
				t.Errorf("%s %s answers %d without a token", route.Method, route.Path, status)
			case !route.Public && token.Role != "" && (status == 403) == allowed(token.Role, permission):
				t.Errorf("%s %s answers %d to the role %s: %s", route.Method, route.Path, status, token.Role, body)
			case status == 403 && !strings.Contains(body, route.Permission) && route.Method != http.MethodHead && !strings.HasPrefix(route.Path, "/play/"):
				t.Errorf("%s %s does not name %s: %s", route.Method, route.Path, permission, body)
			}
		}
	}
}

func known(p vod.Permission) bool { return allowed(vod.Admin, p) }

func allowed(r vod.Role, p vod.Permission) bool {
	for _, has := range r.Permissions() {
		if has == p {
			return true
		}
	}
	return false
}

// ask sends a request that is good but for who sends it, about things that
// there are not.
func ask(t *testing.T, client *http.Client, server string, route apicheck.Route, token string) (status int, body string) {
	t.Helper()
	bodies := map[string]string{
		"POST /ingests": `{"assetId":"7","uri":"https://video.example/a.mp4","profile":"none"}`, "PUT /assets/{assetId}/playback": `{"ingestId":"i"}`,
		"PUT /ingests/{ingestId}/schedule": `{"priority":"LOW"}`,
		"PUT /profiles/{name}":             `{"odd":1}`, "POST /imports": `{}`,
		"POST /sources/check":       `{"path":"/x","size":1,"inode":1,"dev":1,"mtime":"2021-12-08T10:50:21.481Z"}`,
		"PATCH /uploads/{uploadId}": "x",
	}
	text := bodies[route.Method+" "+route.Path]
	req, err := http.NewRequestWithContext(t.Context(), route.Method, server+parameter.ReplaceAllString(route.Path, "x"), strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(route.Path, "/uploads") {
		req.Header = http.Header{
			"Tus-Resumable": {"1.0.0"}, "Upload-Length": {"1"}, "Upload-Offset": {"0"}, "Content-Type": {"application/offset+octet-stream"},
		}
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.Header.Get("Content-Type") == "text/event-stream" {
		return resp.StatusCode, "" // It has no end.
	}
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}
