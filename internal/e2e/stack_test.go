package e2e

import (
	"os"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/apptest"
	"github.com/via-orchestrate/orchestrate/internal/clustertest"
	"github.com/via-orchestrate/orchestrate/internal/pgtest"
	"github.com/via-orchestrate/orchestrate/internal/s3test"
	"github.com/via-orchestrate/orchestrate/internal/store/postgres"
	"github.com/via-orchestrate/orchestrate/internal/temporaltest"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// stackEnv says by "full" that [serve] runs a server and two workers on
// Postgres, Temporal and S3. Otherwise one process does it all, with SQLite and
// files.
const stackEnv = "ORCHESTRATE_E2E_STACK"

func onFullStack() bool { return os.Getenv(stackEnv) == "full" }

// onOneProcess skips a test on the full stack that is about the files of one
// process, or how it goes on after its end.
func onOneProcess(t testing.TB) {
	t.Helper()
	if onFullStack() {
		t.Skip("it is about one process that does it all")
	}
}

// withStack runs the tests beside the servers that they share.
func withStack(run func() int) int {
	if !onFullStack() {
		return run()
	}
	return pgtest.Main(func() int { return temporaltest.Main(run) })
}

// installation is what a test talks to.
type installation struct {
	client *client.Client
	url    string
	folder string          // below which all its processes keep their data
	keys   func() []string // what it keeps in a bucket
}

// serve runs an installation until the test ends. The flags are for all of its
// processes.
func serve(t *testing.T, flags ...string) *installation {
	t.Helper()
	if !onFullStack() {
		folder := t.TempDir()
		c, a := apptest.Serve(t, append([]string{"--data", folder}, flags...)...)
		return &installation{client: c, url: a.URL(), folder: folder, keys: func() []string { return nil }}
	}
	s3 := s3test.Start(t)
	cluster := clustertest.Start(t, clustertest.Options{
		Binary: os.Getenv(binaryEnv), Postgres: pgtest.Database(t), Temporal: temporaltest.Address(t), S3: s3,
		Workers: 2, Flags: append([]string{"--drain", "0s"}, flags...),
	})
	c, err := client.New(cluster.URL, client.Options{HTTPClient: apptest.HTTPClient(t)})
	if err != nil {
		t.Fatal(err)
	}
	return &installation{
		client: c, url: cluster.URL, folder: cluster.Folder,
		keys: func() []string { return s3.Keys(t, cluster.Bucket) },
	}
}

// newTokens gives the flags of an installation that is to be served, and what
// makes tokens for it.
func newTokens(t *testing.T) (flags []string, mint func(vod.Token) string) {
	t.Helper()
	if !onFullStack() {
		data := t.TempDir()
		return []string{"--data", data}, func(token vod.Token) string { return apptest.Mint(t, data, token)[0] }
	}
	address := pgtest.Database(t)
	db, err := postgres.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return []string{"--db", address}, func(token vod.Token) string { return apptest.MintIn(t, db, token)[0] }
}

// files lists the files and objects whose names hold the text.
func (in *installation) files(t *testing.T, text string) (found []string) {
	t.Helper()
	for _, key := range in.keys() {
		if strings.Contains(key, text) {
			found = append(found, key)
		}
	}
	return append(found, filesBelow(t, in.folder, text)...)
}
