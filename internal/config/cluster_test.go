package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestClusterProblems holds the messages of what is for several machines.
func TestClusterProblems(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, file string
		want       []string
	}{
		{"SQLite is for one process", "temporal: temporal:7233\nstages: [ENCODING]\ndb-password-file: /p\n", []string{
			`db-password-file: is for a Postgres database (db)`,
			`temporal: needs a Postgres database (db): with SQLite exactly one process serves, and does all the work itself`,
			`stages: needs a Postgres database (db) and Temporal (temporal): with SQLite the one process runs all stages`,
		}},
		{"Temporal", "db: postgres://o:hunter2@db/o\ntemporal: temporal\ntemporal-namespace: ''\ntemporal-prefix: 'a b'\ntemporal-cert-file: /c\n", []string{
			`temporal: "temporal" is not a host and a port such as 127.0.0.1:8080`,
			`temporal-namespace: must not be empty`,
			`temporal-prefix: "a b" is not 1 to 100 letters, digits, dots, dashes and underscores`,
			`temporal-cert-file: a certificate and its key (temporal-key-file) go together`,
		}},
		{"no Temporal", "temporal-tls: true\n", []string{`temporal: is missing, but there are options of how to reach it`}},
		{"no database's name", "db: postgres://o:hunter2@db\ntemporal: t:1\n", []string{`db: must name a database, such as postgres://USER@HOST/orchestrate`}},
		{"no address", "db: 'postgres:hunter2'\ntemporal: t:1\n", []string{`db: is not an address such as postgres://USER@HOST:5432/DATABASE`}},
		{"# in a password", "db: 'postgres://o:pass#hunter2@db/o'\ntemporal: t:1\n", []string{`db: is not an address such as postgres://USER@HOST:5432/DATABASE`}},
		{"fragment", "db: 'postgres://o@db/o#hunter2'\ntemporal: t:1\n", []string{`db: must not have a fragment; escape # in a password as %23, or put it into a file (db-password-file)`}},
		{"another database", "db: 'mysql://o:hunter2@db/o'\n", []string{`db: must be sqlite:PATH or postgres://USER@HOST/DATABASE`}},
		{"roots", "data: /d\nmedia-root: 's3://media?endpoint=https://s3.example.com'\nscratch: /d/store/x\nstore-root: /d/store\n", []string{
			`scratch: "/d/store/x" and store-root lie within each other; what is in the scratch folder is removed`,
		}},
		{"a bucket of one's own", "media-root: s3://media\n", []string{
			`store-root: "s3://media/store" and the media root lie within each other; what is served must stand apart from what is not`,
		}},
		{"buckets", "media-root: 's3://u:hunter2@media/x'\nstore-root: 's3://store:9000/x'\n", []string{
			`media-root: must be like s3://bucket/prefix?endpoint=https://s3.example.com&region=eu-north-1`,
			`store-root: names a bucket after s3://; the address of the service is its parameter endpoint`,
		}},
		{"parameters", "media-root: 's3://media/x?Endpoint=https://a.example'\nstore-root: 's3://store/a/../b'\n", []string{
			`media-root: has the parameter "Endpoint"; use endpoint, region and iamRoleArn, once each`,
			`store-root: "arn:aws:s3:::store/a/../b" has a prefix with an empty, . or .. part`,
		}},
		{"stages", "stages: [ENCODING, mending]\n", []string{`stages (test.yaml:1): [ENCODING mending] is not a list of stages such as ENCODING`}},
	} {
		_, err := load(t, test.file, nil)
		got := problemsOf(t, err)
		for i := range got {
			if at := strings.Index(got[i], "("); strings.HasPrefix(got[i], "stages (/") {
				got[i] = got[i][:at+1] + got[i][strings.Index(got[i], "test.yaml"):]
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s shows the password: %v", test.name, err)
		}
	}
}

func TestCluster(t *testing.T) {
	t.Parallel()
	c, err := load(t, "", map[string]string{"ORCHESTRATE_DB": "postgres://o:hunter2@db:5433/orchestrate?sslmode=require&password=hunter2"},
		"--temporal", "temporal:7233", "--temporal-api-key-file", "/k", "--stages", "encoding,Packaging", "--stages", "subtitlePublishing",
		"--media-root", "s3://vod/media?endpoint=http://127.0.0.1:9000/&region=eu-north-1&iamRoleArn=arn:aws:iam::1:role/m", "--scratch-size", "20GB")
	if err != nil {
		t.Fatal(err)
	}
	media := vod.Location{
		Type: vod.LocationS3, S3Arn: "arn:aws:s3:::vod/media", Endpoint: "http://127.0.0.1:9000", Region: "eu-north-1", IAMRoleArn: "arn:aws:iam::1:role/m",
	}
	store := media
	store.S3Arn = "arn:aws:s3:::vod/media-store"
	if diff := cmp.Diff([]vod.Location{media, store}, []vod.Location{c.MediaLocation(), c.StoreLocation()}); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Stage{"ENCODING", "PACKAGING", "SUBTITLE_PUBLISHING"}, c.Stages); diff != "" {
		t.Error(diff)
	}
	if !c.Postgres() || c.SQLitePath() != "" || !c.Temporal.Secure() || c.ScratchSize != 20e9 || c.WorkerProblem() != "" || len(c.Warnings()) != 0 {
		t.Errorf("%+v", c)
	}
	text, err := c.Print()
	if err != nil || strings.Contains(string(text), "hunter2") || !strings.Contains(string(text), "db:5433/orchestrate") {
		t.Errorf("%v:\n%s", err, text)
	}
	if again, err := load(t, string(text), nil); err != nil || again.MediaLocation() != media || len(again.Stages) != 3 {
		t.Errorf("read again: %+v, %v", again, err)
	}
}

func TestPostgresPassword(t *testing.T) {
	t.Parallel()
	c := Config{DB: "postgres://o@db/o?sslmode=require"}
	if got := c.PostgresURL("p#@/ w").Reveal(); got != "postgres://o:p%23%40%2F%20w@db/o?sslmode=require" {
		t.Error(got)
	}
	if got := c.PostgresURL("").Reveal(); got != c.DB {
		t.Error(got)
	}
}

func TestClusterWarnings(t *testing.T) {
	t.Parallel()
	c, err := load(t, "data: /d\ndb: postgres://o@db/o\ntemporal: t:1\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"media-root: every server and worker must reach the same folder /d/media under this path; a bucket (s3://…) needs no shared disk",
		"store-root: every server and worker must reach the same folder /d/store under this path; a bucket (s3://…) needs no shared disk",
	}
	if diff := cmp.Diff(want, c.Warnings()); diff != "" {
		t.Error(diff)
	}
	if c, err = load(t, "", nil); err != nil || len(c.Warnings()) != 0 || c.WorkerProblem() == "" {
		t.Errorf("one process: %v, %v", c.Warnings(), err)
	}
}

func TestSlotsOfStages(t *testing.T) {
	t.Parallel()
	got := Slots{vod.Encoding: 2, vod.Playout: 4}.Of([]Stage{Stage(vod.Encoding), Stage(vod.Packaging)})
	if diff := cmp.Diff(Slots{vod.Encoding: 2}, got); diff != "" {
		t.Error(diff)
	}
	if len(StageNames()) != len(vod.Stages()) {
		t.Error(StageNames())
	}
}
