package app_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/app"
	"github.com/via-orchestrate/orchestrate/internal/apptest"
	"github.com/via-orchestrate/orchestrate/internal/doctor"
	"github.com/via-orchestrate/orchestrate/internal/pgtest"
	"github.com/via-orchestrate/orchestrate/internal/s3test"
	"github.com/via-orchestrate/orchestrate/internal/temporaltest"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// installation is what servers and workers of a test share: a Postgres, a
// Temporal, and a folder.
type installation struct{ flags []string }

func newInstallation(t *testing.T) *installation {
	t.Helper()
	demo, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	shared := t.TempDir()
	return &installation{flags: []string{
		"--db", pgtest.Database(t), "--temporal", temporaltest.Start(t).Address, "--temporal-prefix", uuid.NewString(),
		"--media-root", filepath.Join(shared, "media"), "--store-root", filepath.Join(shared, "store"), "--allow-source-dir", demo,
	}}
}

func (i *installation) with(flags ...string) []string {
	return append(append([]string{}, i.flags...), flags...)
}

// submitDemo submits the bundled clip.
func submitDemo(t *testing.T, c *client.Client, asset string) (id string) {
	t.Helper()
	demo, err := filepath.Abs("../../testdata/demo.mp4")
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := c.Submit(t.Context(), client.Submission{AssetID: asset, URI: "file://" + demo}, "")
	if err != nil {
		t.Fatal(err)
	}
	return accepted.IngestID
}

// TestCluster: a server that runs no steps, and two workers that have the stages
// between them, take a clip to where it plays.
func TestCluster(t *testing.T) {
	t.Parallel()
	in := newInstallation(t)
	c, server := apptest.Serve(t, in.flags...)
	id := submitDemo(t, c, "demo")
	waits := waitPlan(t, c, id, "No worker is up that runs RETRIEVAL tasks; start one with that stage.")
	if waits != "" {
		t.Error(waits)
	}
	scratch := t.TempDir()
	apptest.Work(t, in.with("--stages", "encoding", "--scratch", scratch)...)
	apptest.Work(t, in.with("--stages", "RETRIEVAL,SUBTITLE_PUBLISHING,PACKAGING,DISTRIBUTION,PLAYOUT", "--scratch", scratch,
		"--metrics-addr", "127.0.0.1:0")...)
	if d := waitOver(t, c, id); d.Status != client.IngestStatusCOMPLETED {
		t.Fatalf("%s: %s", d.Status, *d.Error)
	}
	playback, err := c.Playback(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	if status, text := ask(t, *playback.HLS, "default"); status != http.StatusOK || !strings.HasPrefix(text, "#EXTM3U") {
		t.Errorf("%s: %d %s", *playback.HLS, status, text)
	}
	checkUp(t, in.with("--public-url", server.URL()))
	left, err := filepath.Glob(filepath.Join(scratch, "process-*", "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("the scratch folders hold %v, %v", left, err)
	}
}

// TestClusterInABucket: no disk is shared. What is uploaded to the server, its
// workers retrieve; what they packaged, the server serves.
func TestClusterInABucket(t *testing.T) { //nolint:paralleltest // The credentials are in the environment, as AWS's are.
	storage := s3test.Start(t)
	for _, pair := range storage.Env() {
		key, value, _ := strings.Cut(pair, "=")
		t.Setenv(key, value)
	}
	in := newInstallation(t)
	root := "s3://" + storage.Bucket(t) + "/vod?" + url.Values{"endpoint": {storage.Endpoint}, "region": {storage.Region}}.Encode()
	flags := in.with("--media-root", root, "--store-root", "")
	c, server := apptest.Serve(t, flags...)
	apptest.Work(t, flags...)
	demo, err := os.Open("../../testdata/demo.mp4")
	if err != nil {
		t.Fatal(err)
	}
	defer demo.Close()
	stat, err := demo.Stat()
	if err != nil {
		t.Fatal(err)
	}
	uri, err := c.Upload(t.Context(), "demo.mp4", demo, stat.Size(), nil)
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := c.Submit(t.Context(), client.Submission{AssetID: "demo", URI: uri}, "")
	if err != nil {
		t.Fatal(err)
	}
	if d := waitOver(t, c, accepted.IngestID); d.Status != client.IngestStatusCOMPLETED {
		t.Fatalf("%s: %s", d.Status, *d.Error)
	}
	playback, err := c.Playback(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	if status, text := ask(t, *playback.HLS, "default"); status != http.StatusOK || !strings.HasPrefix(text, "#EXTM3U") {
		t.Errorf("%s: %d %s", *playback.HLS, status, text)
	}
	checkUp(t, in.with("--media-root", root, "--store-root", "", "--public-url", server.URL()))
}

// checkUp has the doctor find nothing that is to be mended.
func checkUp(t *testing.T, flags []string) {
	t.Helper()
	for _, f := range app.Examine(t.Context(), apptest.Configure(t, flags)) {
		t.Logf("%+v", f)
		if f.State == doctor.Problem || f.State == doctor.Warning && !strings.Contains(f.Name, "encodes by") {
			t.Errorf("the doctor found %+v", f)
		}
	}
}

// waitPlan waits until a step waits for the reason; it gives what it saw last if
// that does not come.
func waitPlan(t *testing.T, c *client.Client, id, reason string) (seen string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		plan, err := c.Plan(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		seen = ""
		for _, s := range plan.Steps {
			if s.Reason == reason {
				return ""
			}
			seen += s.Reason + "\n"
		}
		select {
		case <-ctx.Done():
			return "no step waits because: " + reason + "\n" + seen
		case <-tick.C:
		}
	}
}

// TestWorkerEnds: a worker that stops gives its task back, another one takes it
// up, and a cancel ends it there.
func TestWorkerEnds(t *testing.T) {
	t.Parallel()
	in := newInstallation(t)
	c, _ := apptest.Serve(t, in.flags...)
	first := apptest.Work(t, in.flags...)
	id := submitDemo(t, c, "demo")
	waitRunning(t, c, id, "ENCODING", 1)
	if err := first.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	apptest.Work(t, in.flags...)
	waitRunning(t, c, id, "ENCODING", 2)
	if err := c.Cancel(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if d := waitOver(t, c, id); d.Status != client.IngestStatusCANCELLED {
		t.Errorf("%s: %v", d.Status, d.Error)
	}
}

// waitRunning waits until the attempt of the stage's task runs.
func waitRunning(t *testing.T, c *client.Client, id, stage string, attempt int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		d, err := c.Get(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, task := range d.Tasks {
			if string(task.Name) != stage || task.Status != client.TaskStatusTASKRUNNING {
				continue
			}
			detail, err := c.Task(ctx, id, task.ID)
			if err == nil && detail.Attempt == attempt {
				return
			}
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s of ingest %s, which is %s, does not run for the %d. time", stage, id, d.Status, attempt)
		case <-tick.C:
		}
	}
}

// TestWorkerIsRefused: what no worker can do keeps it from starting, and says so.
func TestWorkerIsRefused(t *testing.T) {
	t.Parallel()
	for want, flags := range map[string][]string{
		"cannot be reached": {"--db", "postgres://o:hunter2@127.0.0.1:1/o", "--temporal", "127.0.0.1:1"},
	} {
		_, err := app.NewWorker(t.Context(), apptest.Configure(t, flags), slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v: %v", flags, err)
		}
	}
}

// TestTokensInPostgres: they are made, listed and revoked beside servers, and the
// password for the database may be in a file.
func TestTokensInPostgres(t *testing.T) {
	t.Parallel()
	address, err := url.Parse(pgtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	password, _ := address.User.Password()
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte(password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	address.User = url.User(address.User.Username())
	c := apptest.Configure(t, []string{"--db", address.String(), "--db-password-file", file, "--temporal", "127.0.0.1:1"})
	minted, text, err := app.CreateToken(t.Context(), c, vod.Token{Name: "ci", Tenants: []string{"acme"}, Role: vod.Viewer})
	if err != nil || text == "" {
		t.Fatal(err)
	}
	if revoked, err := app.RevokeToken(t.Context(), c, minted.ID); err != nil || revoked.Revoked.IsZero() {
		t.Errorf("%+v, %v", revoked, err)
	}
	if list, err := app.ListTokens(t.Context(), c); err != nil || len(list) != 1 || list[0].ID != minted.ID {
		t.Errorf("%+v, %v", list, err)
	}
}
