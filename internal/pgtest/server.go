package pgtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/via-orchestrate/orchestrate/internal/proctest"
)

const superuser = "orchestrate"

// Options of a server.
type Options struct {
	// Durable has everything written before it is confirmed, for tests that kill
	// the server. Without it a kill loses nothing either, but a test that is
	// meant to show this should not rest on that.
	Durable bool
	// Settings are further ones of postgresql.conf, as name=value.
	Settings []string
}

// Server is a cluster with a superuser whose password is random.
type Server struct {
	Address  string // host:port
	process  *proctest.Process
	folder   string
	password string
}

// Start runs a server until the test ends.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := start(t.Context(), o)
	proctest.Started(t, err, s.end)
	return s
}

// start makes a cluster in a folder of its own and runs it.
func start(ctx context.Context, o Options) (_ *Server, err error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	user, err := account()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "pgtest-")
	if err != nil {
		return nil, err
	}
	s := &Server{folder: folder, password: rand.Text()}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.end())
		}
	}()
	if s.Address, err = proctest.Address(ctx); err != nil {
		return nil, err
	}
	if err := s.initialise(ctx, bin, user); err != nil {
		return nil, err
	}
	s.process, err = proctest.Start(ctx, proctest.Command{
		Args:       append([]string{filepath.Join(bin, "postgres"), "-D", s.data()}, s.settings(o)...),
		Dir:        folder,
		Env:        environment(),
		User:       user,
		StopSignal: syscall.SIGINT, // at once, with a checkpoint, whoever is connected
		Ready:      s.ready,
	})
	return s, err
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

// initialise makes the cluster.
func (s *Server) initialise(ctx context.Context, bin string, user *syscall.Credential) error {
	password := filepath.Join(s.folder, "password")
	if err := os.WriteFile(password, []byte(s.password), 0o600); err != nil {
		return err
	}
	if user != nil {
		for _, path := range []string{s.folder, password} {
			if err := os.Chown(path, int(user.Uid), int(user.Gid)); err != nil {
				return err
			}
		}
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "--pgdata", s.data(), "--no-sync", //nolint:gosec // The program that was found.
		"--username", superuser, "--pwfile", password, "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C")
	cmd.Dir, cmd.Env = s.folder, environment()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: user}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

// settings are arguments of postgres.
func (s *Server) settings(o Options) (args []string) {
	_, port, _ := net.SplitHostPort(s.Address)
	settings := []string{
		"listen_addresses=127.0.0.1", "port=" + port, "unix_socket_directories=",
		"max_connections=200", "shared_buffers=64MB", "dynamic_shared_memory_type=mmap",
		"log_min_messages=error", "timezone=UTC",
	}
	if !o.Durable {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
	}
	for _, setting := range slices.Concat(settings, o.Settings) {
		args = append(args, "-c", setting)
	}
	return args
}

// environment leaves out what would change the programs' ways.
func environment() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "PG") })
}

// URL is that of a database of this server, with the superuser's password.
func (s *Server) URL(database string) string {
	return (&url.URL{
		Scheme: "postgres", User: url.UserPassword(superuser, s.password), Host: s.Address, Path: database,
		RawQuery: "sslmode=disable",
	}).String()
}

// ready tells whether the server answers.
func (s *Server) ready(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// Kill ends the server and all its sessions by SIGKILL, as a power cut would.
func (s *Server) Kill() { s.process.Kill() }

// Stop ends the server in order; sessions are cut.
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
