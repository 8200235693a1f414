package clustertest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/proctest"
	"github.com/via-orchestrate/orchestrate/internal/s3test"
)

// Options say what an installation is made of.
type Options struct {
	Binary   string // see [Build]
	Postgres string // URL of its database
	Temporal string // host:port
	S3       *s3test.Server
	// Endpoint is where the installation reaches S3; "" is S3.Endpoint.
	Endpoint string
	Workers  int
	// Flags are further ones for all processes. The last of a kind counts.
	Flags []string
	// WorkerFlags are further ones for workers.
	WorkerFlags []string
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
	c := &Cluster{Bucket: o.S3.Bucket(t), Folder: t.TempDir(), options: o, prefix: "test-" + uuid.NewString()}
	address, err := proctest.Address(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.URL = "http://" + address
	c.Server = c.start(t, "serve", "server", c.URL+"/readyz", append([]string{"--addr", address}, o.Flags...))
	for i := range o.Workers {
		c.Workers = append(c.Workers, c.AddWorker(t, fmt.Sprintf("worker-%d", i+1)))
	}
	return c
}

// AddWorker runs one more worker until the test ends.
func (c *Cluster) AddWorker(t testing.TB, name string, flags ...string) *Member {
	t.Helper()
	all := append(append([]string{"--public-url", c.URL}, c.options.Flags...), c.options.WorkerFlags...)
	return c.start(t, "worker", name, "", append(all, flags...))
}

// start runs a process of the installation until the test ends. It tells at
// ready, by default where its metrics are, when it is. Its scratch folder is its
// own, as it would be on another machine.
func (c *Cluster) start(t testing.TB, command, name, ready string, flags []string) *Member {
	t.Helper()
	metrics, err := proctest.Address(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m := &Member{Name: name, Data: filepath.Join(c.Folder, name), Metrics: "http://" + metrics + "/metrics"}
	if err := os.Mkdir(m.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	if ready == "" {
		ready = "http://" + metrics + "/readyz"
	}
	args := []string{
		c.options.Binary, command, "--data", m.Data, "--metrics-addr", metrics, "--db", c.options.Postgres,
		"--temporal", c.options.Temporal, "--temporal-prefix", c.prefix,
		"--media-root", c.root("media"), "--store-root", c.root("store"),
		"--min-free", "0B", "--allow-net", "127.0.0.0/8",
	}
	m.Process, err = proctest.Start(t.Context(), proctest.Command{
		Args: append(args, flags...), Dir: m.Data, Env: append(os.Environ(), c.options.S3.Env()...),
		Ready: func(ctx context.Context) error { return proctest.Get(ctx, ready) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		m.Kill()
		if t.Failed() {
			t.Logf("the log of %s:\n%s", name, m.Log())
		}
	})
	return m
}

// root is the address of a folder in the bucket.
func (c *Cluster) root(folder string) string {
	endpoint := c.options.Endpoint
	if endpoint == "" {
		endpoint = c.options.S3.Endpoint
	}
	query := url.Values{"endpoint": {endpoint}, "region": {c.options.S3.Region}}
	return "s3://" + c.Bucket + "/" + folder + "?" + query.Encode()
}
