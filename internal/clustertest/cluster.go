package clustertest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/proctest"
	"github.com/via-orchestrate/orchestrate/internal/s3test"
)

// Options say what an installation is made of.
type Options struct {
	Binary   string         // see [Build]
	Postgres string         // URL of its database
	Temporal string         // host:port
	S3       *s3test.Server // nil: its processes share folders
	// Endpoint is where the installation reaches S3; "" is S3.Endpoint.
	Endpoint string
	Workers  int
	// Flags are further ones for all processes. The last of a kind counts.
	Flags []string
	// WorkerFlags are further ones for workers.
	WorkerFlags []string
	// Within gives what stands before the command of a worker, by its number from
	// 0, such as taskset. nil: nothing.
	Within func(worker int) []string
}

// Cluster is a running installation.
type Cluster struct {
	URL     string // of the API
	Folder  string // below which its processes keep their own data
	Bucket  string // its files are below media/ and store/
	Server  *Member
	Workers []*Member

	options Options
	prefix  string // of task queues
}

// Member is one of its processes, with a data folder of its own.
type Member struct {
	*proctest.Process
	Name    string
	Data    string
	Metrics string // URL of its metrics
}

// Start runs an installation until the test ends.
func Start(t testing.TB, o Options) *Cluster {
	t.Helper()
	c := &Cluster{Folder: t.TempDir(), options: o, prefix: "test-" + uuid.NewString()}
	if o.S3 != nil {
		c.Bucket = o.S3.Bucket(t)
	}
	address, err := proctest.Address(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.URL = "http://" + address
	c.Server = c.start(t, member{name: "server", command: "serve", ready: c.URL + "/readyz", flags: append([]string{"--addr", address}, o.Flags...)})
	for range o.Workers {
		c.addWorker(t)
	}
	return c
}

// addWorker runs one more worker until the test ends.
func (c *Cluster) addWorker(t testing.TB) {
	t.Helper()
	number := len(c.Workers)
	m := member{name: fmt.Sprintf("worker-%d", number+1), command: "worker", flags: slices.Concat([]string{"--public-url", c.URL}, c.options.Flags, c.options.WorkerFlags)}
	if c.options.Within != nil {
		m.within = c.options.Within(number)
	}
	c.Workers = append(c.Workers, c.start(t, m))
}

// member is a process to start.
type member struct {
	within  []string
	command string
	name    string
	ready   string // where it tells that it is; "" is beside its metrics
	flags   []string
}

// start runs a process of the installation until the test ends. Its scratch
// folder is its own, as it would be on another machine.
func (c *Cluster) start(t testing.TB, o member) *Member {
	t.Helper()
	metrics, err := proctest.Address(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m := &Member{Name: o.name, Data: filepath.Join(c.Folder, o.name), Metrics: "http://" + metrics + "/metrics"}
	if err := os.Mkdir(m.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	if o.ready == "" {
		o.ready = "http://" + metrics + "/readyz"
	}
	common := []string{
		c.options.Binary, o.command, "--data", m.Data, "--metrics-addr", metrics, "--db", c.options.Postgres,
		"--temporal", c.options.Temporal, "--temporal-prefix", c.prefix,
		"--media-root", c.root("media"), "--store-root", c.root("store"),
		"--min-free", "0B", "--allow-net", "127.0.0.0/8",
	}
	m.Process, err = proctest.Start(t.Context(), proctest.Command{
		Args: slices.Concat(o.within, common, o.flags), Dir: m.Data, Env: c.environment(),
		Ready: func(ctx context.Context) error { return proctest.Get(ctx, o.ready) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		m.Kill()
		if t.Failed() {
			t.Logf("the log of %s:\n%s", m.Name, m.Log())
		}
	})
	return m
}

func (c *Cluster) environment() []string {
	if c.options.S3 == nil {
		return os.Environ()
	}
	return append(os.Environ(), c.options.S3.Env()...)
}

// root is the address of a folder in the bucket, or of one that is shared.
func (c *Cluster) root(folder string) string {
	if c.options.S3 == nil {
		return filepath.Join(c.Folder, "shared", folder)
	}
	endpoint := c.options.Endpoint
	if endpoint == "" {
		endpoint = c.options.S3.Endpoint
	}
	query := url.Values{"endpoint": {endpoint}, "region": {c.options.S3.Region}}
	return "s3://" + c.Bucket + "/" + folder + "?" + query.Encode()
}
