package e2e

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	contract "github.com/via-orchestrate/orchestrate/api"
	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/apptest"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// house is a server with sign-in and two tenants: acme, which has one of
// everything, and beta, which has nothing.
type house struct {
	t      *testing.T
	url    string
	tokens map[string]string // by who holds it
	ids    map[string]string // what acme has, by the name of the path parameter
}

// newHouse starts one. Tokens are named by tenant and role, such as "acme
// viewer"; "both admin" is for either tenant, and others are not good any more.
func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, tokens: map[string]string{}, ids: map[string]string{}}
	data, minted := newTokens(t)
	mint := func(who string, token vod.Token) { h.tokens[who] = minted(token) }
	for _, role := range vod.Roles() {
		mint("acme "+string(role), vod.Token{Name: "a", Tenants: []string{"acme"}, Role: role})
		mint("beta "+string(role), vod.Token{Name: "b", Tenants: []string{"beta"}, Role: role})
	}
	mint("both admin", vod.Token{Tenants: []string{"acme", "beta"}, Role: vod.Admin})
	mint("expired", vod.Token{Tenants: []string{"acme"}, Role: vod.Admin, Expires: vod.Now().Add(-time.Hour)})
	mint("revoked", vod.Token{Tenants: []string{"acme"}, Role: vod.Admin, Revoked: vod.Now()})
	h.tokens["of another server"] = apptest.Mint(t, t.TempDir(), vod.Token{Tenants: []string{"acme"}, Role: vod.Admin})[0]

	dir := t.TempDir()
	config := write(t, filepath.Join(dir, "orchestrate.yaml"), []byte(
		"locations:\n  archive: {type: file, path: "+filepath.Join(dir, "archive")+", tenants: [acme]}\n"))
	h.url = serve(t, append(data, "--config", config, "--allow-source-dir", dir)...).url
	h.furnish(clip(t, dir, "-f lavfi -i testsrc2=s=128x72:d=1 -pix_fmt yuv420p clip.mp4"))
	return h
}

// client is that of a token holder.
func (h *house) client(who string) *client.Client {
	h.t.Helper()
	c, err := client.New(h.url, client.Options{Token: h.tokens[who]})
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

// furnish gives acme one of everything.
func (h *house) furnish(source string) {
	h.t.Helper()
	c := h.client("acme admin")
	id := submit(h.t, c, client.Submission{AssetID: "867228", URI: fileURI(source)})
	detail := waitFor(h.t, c, id, time.Minute, over)
	if detail.Status != client.IngestStatusCOMPLETED {
		h.t.Fatalf("acme's ingest is %s: %s", detail.Status, deref(detail.Error))
	}
	playback, err := c.Playback(h.t.Context(), "867228")
	if err != nil {
		h.t.Fatal(err)
	}
	media, err := url.Parse(deref(playback.HLS))
	if err != nil {
		h.t.Fatal(err)
	}
	key, file, _ := strings.Cut(strings.TrimPrefix(media.Path, "/media/"), "/")
	_, err = c.ApplyProfile(h.t.Context(), "secret", []byte(houseProfile))
	if err != nil {
		h.t.Fatal(err)
	}
	upload := h.send("acme admin", http.MethodPost, "/uploads", nil, "Tus-Resumable", "1.0.0", "Upload-Length", "5")
	if upload.StatusCode != http.StatusCreated {
		h.t.Fatalf("upload: %s %s", upload.Status, upload.body)
	}
	h.ids = map[string]string{
		"ingestId": id, "taskId": detail.Tasks[0].ID, "assetId": "867228", "name": "secret",
		"uploadId": strings.TrimPrefix(upload.Header.Get("Location"), "/uploads/"), "mediaKey": key, "path": file, "file": "none.js",
	}
}

const houseProfile = `
retrieval:
  - filesetFilter: initialInput
    retrievalProfile: {name: r, type: vimond_file_retriever, targetLocation: {name: archive}}
    filesetLabelOut: retrieved
`

// reply is an answer with its whole body.
type reply struct {
	*http.Response
	body string
}

// send sends a request with the token of who; "" for none. headers are pairs.
func (h *house) send(who, method, path string, body []byte, headers ...string) reply {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), method, h.url+path, bytes.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if who != "" {
		req.Header.Set("Authorization", "Bearer "+h.tokens[who])
	}
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		h.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	var text []byte
	if resp.Header.Get("Content-Type") != "text/event-stream" { // It has no end.
		text, err = io.ReadAll(resp.Body)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return reply{resp, string(text)}
}

// operation is a route of the contract.
type operation struct {
	id, method, path string
	permission       vod.Permission // empty: any token will do
	public           bool
}

// operations gives every route of the contract, those that take nothing away
// first.
func operations(t *testing.T) (all []operation) {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(contract.Document())
	if err != nil {
		t.Fatal(err)
	}
	for path, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			permission, _ := o.Extensions["x-permission"].(string)
			all = append(all, operation{
				id: o.OperationID, method: method, path: path,
				permission: vod.Permission(permission), public: o.Security != nil && len(*o.Security) == 0,
			})
		}
	}
	slices.SortFunc(all, func(a, b operation) int {
		if da, db := a.method == http.MethodDelete, b.method == http.MethodDelete; da != db {
			return map[bool]int{true: 1, false: -1}[da]
		}
		return strings.Compare(a.path+a.method, b.path+b.method)
	})
	if len(all) < 30 {
		t.Fatalf("the contract has only %d routes", len(all))
	}
	return all
}

// call sends the operation for the ids, with a body and headers that it takes.
func (h *house) call(who string, o operation, ids map[string]string, headers ...string) reply {
	h.t.Helper()
	path := o.path
	for name, id := range ids {
		path = strings.ReplaceAll(path, "{"+name+"}", id)
	}
	bodies := map[string]string{
		"setSchedule":    `{"priority":"LOW"}`,
		"submitIngest":   `{"assetId":"1","uri":"upload:` + ids["uploadId"] + `"}`,
		"selectPlayback": `{"ingestId":"` + ids["ingestId"] + `"}`,
		"putProfile":     `{"retrieval":[]}`,
		"importIngests":  `{"items":[]}`,
		"checkSource":    `{"path":"/etc/passwd","size":1,"inode":1,"dev":1,"mtime":"2026-01-01T00:00:00Z"}`,
	}
	if strings.HasPrefix(path, "/uploads") {
		headers = append(headers, "Tus-Resumable", "1.0.0")
		if o.method == http.MethodPatch {
			headers = append(headers, "Upload-Offset", "0", "Content-Type", "application/offset+octet-stream")
		}
	}
	return h.send(who, o.method, path, []byte(bodies[o.id]), headers...)
}
