package s3test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"golang.org/x/sys/unix"

	"github.com/via-orchestrate/orchestrate/internal/proctest"
)

// Server is an S3 server with one account, which may do all.
type Server struct {
	Endpoint  string // http://host:port
	Region    string
	AccessKey string
	SecretKey string

	process *proctest.Process
	folder  string // the objects, one folder per bucket
}

// Start runs a server until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := start(t)
	proctest.Started(t, err, func() error { s.Kill(); return nil })
	return s
}

func start(t testing.TB) (*Server, error) {
	t.Helper()
	program, err := proctest.Find("versitygw")
	if err != nil {
		return nil, err
	}
	folder, err := newFolder(t)
	if err != nil {
		return nil, err
	}
	address, err := proctest.Address(t.Context())
	if err != nil {
		return nil, err
	}
	s := &Server{Endpoint: "http://" + address, Region: "eu-north-1", AccessKey: rand.Text(), SecretKey: rand.Text(), folder: folder}
	s.process, err = proctest.Start(t.Context(), proctest.Command{
		Args: []string{program, "--port", address, "--region", s.Region, "--health", "/health", "--quiet", "posix", folder},
		// The secret is not for other users to see in the command line.
		Env:   append(environment(), "ROOT_ACCESS_KEY="+s.AccessKey, "ROOT_SECRET_KEY="+s.SecretKey),
		Dir:   folder,
		Ready: s.ready,
	})
	return s, err
}

// environment leaves out what would change the program's ways.
func environment() (kept []string) {
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "VGW_") && !strings.HasPrefix(v, "ROOT_") {
			kept = append(kept, v)
		}
	}
	return kept
}

// newFolder makes a folder on a file system that keeps extended attributes,
// which not each that is in memory does.
func newFolder(t testing.TB) (string, error) {
	var all error
	for _, parent := range []string{t.TempDir(), "/var/tmp", "/dev/shm"} {
		folder, err := os.MkdirTemp(parent, "s3test-") //nolint:usetesting // Not each parent is of testing.
		if err != nil {
			all = errors.Join(all, err)
			continue
		}
		t.Cleanup(func() { _ = os.RemoveAll(folder) })
		if err = unix.Setxattr(folder, "user.test", []byte("1"), 0); err == nil {
			return folder, nil
		}
		all = errors.Join(all, fmt.Errorf("%s keeps no extended attributes: %w", parent, err))
	}
	return "", fmt.Errorf("%w: a file system for the S3 server: %w", proctest.ErrMissing, all)
}

// ready tells whether the server answers.
func (s *Server) ready(ctx context.Context) error { return proctest.Get(ctx, s.Endpoint+"/health") }

// Bucket makes a new empty bucket and gives its name.
func (s *Server) Bucket(t testing.TB) string {
	t.Helper()
	name := "test-" + uuid.NewString()
	if err := s.create(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	return name
}

// Host is the host:port of the endpoint.
func (s *Server) Host() string { return strings.TrimPrefix(s.Endpoint, "http://") }

// Env has the account, as name=value, for the standard credential chain of
// another process. It says nothing of the endpoint, which locations name.
func (s *Server) Env() []string {
	return []string{
		"AWS_ACCESS_KEY_ID=" + s.AccessKey, "AWS_SECRET_ACCESS_KEY=" + s.SecretKey, "AWS_REGION=" + s.Region,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=" + os.DevNull, "AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
	}
}

// Path is where the server keeps an object: looking there asks nobody, and
// writing there damages the object.
func (s *Server) Path(bucket, key string) string {
	return filepath.Join(s.folder, bucket, filepath.FromSlash(key))
}

// Keys lists all objects of a bucket, in their order, even while the server is
// down.
func (s *Server) Keys(t testing.TB, bucket string) (keys []string) {
	t.Helper()
	root := filepath.Join(s.folder, bucket)
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		if strings.HasPrefix(entry.Name(), ".sgwtmp") { // parts of uploads under way
			return filepath.SkipDir
		}
		if entry.Type().IsRegular() {
			key, err := filepath.Rel(root, path)
			keys = append(keys, filepath.ToSlash(key))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// Kill ends the server by SIGKILL.
func (s *Server) Kill() { s.process.Kill() }

// Restart runs the server again, after [Server.Kill], on the same address and
// objects.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	if err := s.process.Restart(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
}
