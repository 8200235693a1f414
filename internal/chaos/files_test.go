package chaos

import (
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/objectstore"
	"github.com/via-orchestrate/orchestrate/internal/retention"
	"github.com/via-orchestrate/orchestrate/internal/store/postgres"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// attemptForm is what the key of an attempt's file has in it: task and attempt.
var attemptForm = regexp.MustCompile(`/([0-9a-f]{8}-[0-9a-f-]{27}/[0-9]+)/`)

// recordedAttempts tells, by task and number, which attempts' outputs the
// installation has recorded.
func (c *checks) recordedAttempts() map[string]bool {
	c.t.Helper()
	recorded, again := map[string]bool{}, 0
	for _, i := range c.all {
		for _, task := range c.ended[i.id].Tasks {
			detail, err := c.clients[i.tenant].Task(c.t.Context(), i.id, task.ID)
			if err != nil {
				c.t.Fatal(err)
			}
			if detail.Status == client.TaskStatusTASKCOMPLETED {
				recorded[fmt.Sprintf("%s/%d", task.ID, detail.Attempt)] = true
			}
			if detail.Attempt > 1 {
				again++
			}
		}
	}
	c.t.Logf("%d tasks are complete, %d were begun more than once", len(recorded), again)
	if again == 0 {
		c.t.Error("no task was begun more than once: nothing met any work")
	}
	return recorded
}

// noOrphanFile: once the sweeper has come by, as it does after an hour, every
// object belongs to an attempt whose outputs are recorded, and all of these have
// some; no scratch folder holds anything.
func (c *checks) noOrphanFile(recorded map[string]bool) {
	c.t.Helper()
	before := len(c.s3.Keys(c.t, c.cluster.Bucket))
	c.sweep(2 * time.Hour)
	keys := c.s3.Keys(c.t, c.cluster.Bucket)
	c.t.Logf("%d objects, %d after they were swept", before, len(keys))
	for _, key := range keys {
		attempt := attemptForm.FindStringSubmatch(key)
		if attempt == nil || !recorded[attempt[1]] {
			c.t.Errorf("the object %s belongs to nothing", key)
		}
	}
	if len(keys) == 0 {
		c.t.Error("there is no object at all")
	}
	for _, m := range c.members() {
		err := filepath.WalkDir(filepath.Join(m.Data, "scratch"), func(path string, e fs.DirEntry, err error) error {
			if err == nil && e.Type().IsRegular() && e.Name() != "lock" {
				c.t.Errorf("a file is left over: %s", path)
			}
			return nil
		})
		if err != nil {
			c.t.Error(err)
		}
	}
}

// sweep has the sweeper go through everything, as if so much time had passed.
func (c *checks) sweep(later time.Duration) {
	c.t.Helper()
	db, err := postgres.Open(c.t.Context(), c.postgres.URL("postgres"))
	if err != nil {
		c.t.Fatal(err)
	}
	defer db.Close()
	named := map[string]vod.Location{}
	for _, name := range []string{location.NameStore, location.NameMedia} {
		named[name] = vod.Location{
			Name: name, Type: vod.LocationS3, S3Arn: "arn:aws:s3:::" + c.cluster.Bucket + "/" + name,
			Endpoint: c.s3.Endpoint, Region: c.s3.Region,
		}
	}
	set, err := location.New(location.Config{
		Named: named, Media: location.FolderOf(named[location.NameMedia]),
		Objects: objectstore.New(objectstore.Options{Credentials: credentials.NewStaticCredentialsProvider(c.s3.AccessKey, c.s3.SecretKey, "")}),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	now := func() time.Time { return time.Now().Add(later) }
	worker := &retention.Worker{Remover: &retention.Remover{Store: db, Locations: set, Now: now, Log: slog.New(slog.DiscardHandler)}, Store: db}
	for n := 1; n > 0; {
		if n, err = worker.Due(c.t.Context()); err != nil {
			c.t.Fatal(err)
		}
	}
	worker.Walk(c.t.Context(), 1_000_000)
	worker.EndWalk()
}
