package temporaltest

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/via-orchestrate/orchestrate/internal/proctest"
)

// Namespace is the one that every server has.
const Namespace = "default"

// Server is a service whose data outlive a restart.
type Server struct {
	Address string // host:port of its gRPC service
	process *proctest.Process
	folder  string
}

// Start runs a server until the test ends, with further values of its dynamic
// configuration: KEY=VALUE, the value in JSON.
func Start(t testing.TB, values ...string) *Server {
	t.Helper()
	s, err := start(t.Context(), values...)
	proctest.Started(t, err, s.end)
	return s
}

// start runs a server with its data in a folder of its own.
func start(ctx context.Context, values ...string) (_ *Server, err error) {
	program, err := proctest.Find("temporal")
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "temporaltest-")
	if err != nil {
		return nil, err
	}
	s := &Server{folder: folder}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.end())
		}
	}()
	if s.Address, err = proctest.Address(ctx); err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(s.Address)
	if err != nil {
		return nil, err
	}
	s.process, err = proctest.Start(ctx, proctest.Command{
		Args: append([]string{
			program, "server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", port,
			"--db-filename", filepath.Join(folder, "temporal.db"), "--log-level", "error", "--log-format", "json",
		}, settings(values)...),
		Dir:   folder,
		Env:   append(os.Environ(), "HOME="+folder), // no configuration of the user's
		Ready: s.ready,
	})
	return s, err
}

// settings are arguments for what the service has to be told to do.
func settings(more []string) (args []string) {
	for _, value := range append([]string{
		// Keys of priority and fairness order what waits in a task queue. From
		// 1.30 on the service turns this on by itself where it sees one.
		"matching.enableFairness=true",
		// One partition, so that the order is one over the whole queue.
		"matching.numTaskqueueReadPartitions=1", "matching.numTaskqueueWritePartitions=1",
		// What waits in a queue is counted anew each time that it is asked for.
		`matching.TaskQueueInfoByBuildIdTTL="0s"`,
	}, more...) {
		args = append(args, "--dynamic-config-value", value)
	}
	// What is written outlives a kill of the server, if not one of the machine.
	return append(args, "--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=OFF")
}

// ready tells whether the service answers, and has its namespace.
func (s *Server) ready(ctx context.Context) error {
	c, err := client.DialContext(ctx, client.Options{HostPort: s.Address, Logger: quiet()})
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{})
	return err
}

func quiet() log.Logger { return log.NewStructuredLogger(slog.New(slog.DiscardHandler)) }

// Kill ends the server by SIGKILL.
func (s *Server) Kill() { s.process.Kill() }

// Stop ends the server in order.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if err := s.process.Stop(); err != nil {
		t.Fatal(err)
	}
}

// Restart runs the server again, after [Server.Kill] or [Server.Stop], on the
// same address and data.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	if err := s.process.Restart(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
}

// end stops the server and removes its files.
func (s *Server) end() error {
	if s.process != nil {
		s.process.Kill()
	}
	return os.RemoveAll(s.folder)
}
