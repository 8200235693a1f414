package chaos

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/clustertest"
	"github.com/via-orchestrate/orchestrate/internal/pgtest"
	"github.com/via-orchestrate/orchestrate/internal/s3test"
	"github.com/via-orchestrate/orchestrate/internal/temporaltest"
)

const workers = 3

func tenants() []string { return []string{"acme", "beta", "gamma"} }

// world is the installation, and all that it talks to.
type world struct {
	postgres *pgtest.Server
	temporal *temporaltest.Server
	s3       *s3test.Server
	links    map[string]*link // to the three, by name
	cluster  *clustertest.Cluster
	sources  string // URL of the files to ingest
	receiver *receiver
	clients  map[string]*client.Client // by tenant
}

// newWorld starts everything.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		postgres: pgtest.Start(t, pgtest.Options{Durable: true}),
		temporal: temporaltest.Start(t), s3: s3test.Start(t),
		sources: serveSources(t), receiver: newReceiver(t), clients: map[string]*client.Client{},
	}
	w.links = map[string]*link{
		"Postgres": newLink(t, w.postgres.Address), "Temporal": newLink(t, w.temporal.Address), "S3": newLink(t, w.s3.Host()),
	}
	binary, err := clustertest.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w.cluster = clustertest.Start(t, clustertest.Options{
		Binary: binary, Workers: workers, S3: w.s3, Endpoint: "http://" + w.links["S3"].address(),
		Postgres: strings.Replace(w.postgres.URL("postgres"), w.postgres.Address, w.links["Postgres"].address(), 1),
		Temporal: w.links["Temporal"].address(),
		Flags:    []string{"--drain", "1s"},
	})
	for _, tenant := range tenants() {
		c, err := client.New(w.cluster.URL, client.Options{Tenant: tenant})
		if err != nil {
			t.Fatal(err)
		}
		document := strings.ReplaceAll(profile, "RECEIVER", w.receiver.url)
		if _, err := c.ApplyProfile(t.Context(), "chaos", []byte(document)); err != nil {
			t.Fatal(err)
		}
		w.clients[tenant] = c
	}
	return w
}

// profile is a whole pipeline made quick.
const profile = `
name: chaos
retrieval:
- filesetFilter: initialInput
  retrievalProfile: {name: fetch, type: vimond_file_retriever, targetLocation: {name: store}}
  filesetLabelOut: retrieved
encoding:
- filesetFilter: retrieved
  encodingProfile: {name: quick, type: FFMPEG, preset: ultrafast, targetLocation: {name: store}, ladder: [{height: 90}, {height: 720}]}
  filesetLabelOut: encoded
packaging:
- filesetFilter: encoded
  packagingProfile: {name: cmaf, type: CMAF, targetLocation: {name: store}}
  filesetLabelOut: packaged
distribution:
- filesetFilter: packaged
  distributionProfile: {name: copy, type: COPY, targetLocation: {name: media}}
  filesetLabelOut: copied
- filesetFilter: copied
  distributionProfile: {name: address, type: URL_REWRITE, sourceLocation: {name: media}, targetLocation: {name: public}}
  filesetLabelOut: distributed
playout:
- filesetFilter: distributed
  playoutProfile: {name: catalog, type: CATALOG}
  filesetLabelOut: null
- filesetFilter: distributed
  playoutProfile: {name: tell, type: WEBHOOK, url: "RECEIVER"}
  filesetLabelOut: null
`

// The files to ingest: short clips, and one that is none.
const badSource = "text.mp4"

func goodSources() []string { return []string{"one.mp4", "two.mp4"} }

// serveSources makes the files and serves them until the test ends.
func serveSources(t *testing.T) (url string) {
	t.Helper()
	dir := t.TempDir()
	for i, name := range goodSources() {
		length, size := []string{"1", "20"}[i], []string{"160x90", "1280x720"}[i]
		cmd := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s="+size+":r=25:d="+length,
			"-f", "lavfi", "-i", "sine=d="+length, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", filepath.Join(dir, name))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, badSource), []byte(strings.Repeat("This is no film.\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(s.Close)
	return s.URL
}
