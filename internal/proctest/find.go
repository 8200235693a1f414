package proctest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// Find looks for a program where scripts/setup.sh puts those that it builds, in
// PATH, and then in the folders. Where it is missing, the error is [ErrMissing]
// and says what to run.
func Find(name string, folders ...string) (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	built := filepath.Join(root, ".cache", "bin", name)
	if _, err := os.Stat(built); err == nil {
		return built, nil
	}
	if path, err := exec.LookPath(name); err == nil {
		return filepath.Abs(path)
	}
	for _, folder := range folders {
		path := filepath.Join(folder, name)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: %s; run: scripts/setup.sh test", ErrMissing, name)
}

// moduleRoot is the folder of go.mod, at or above that of the test.
func moduleRoot() (string, error) {
	for dir, err := os.Getwd(); ; dir = filepath.Dir(dir) {
		if err != nil {
			return "", err
		}
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no go.mod above the working folder of the test")
		}
	}
}

// Started is for what a test has started: where its program is missing, the test
// is skipped, but fails where CI is set; it fails of any other error; else end is
// called when the test is over.
func Started(t testing.TB, err error, end func() error) {
	t.Helper()
	if errors.Is(err, ErrMissing) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := end(); err != nil {
			t.Error(err)
		}
	})
}

// Address gives a free port on loopback, as host:port. It lies below those that
// the kernel gives to connections: a server that is started again on its port
// could find it taken by one of them, and a client that dials it meanwhile could
// be connected to itself.
func Address(ctx context.Context) (string, error) {
	const lowest, highest = 12_000, 32_000
	var err error
	for range 200 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(lowest+rand.IntN(highest-lowest))) //nolint:gosec // A port is no secret.
		var listener net.Listener
		if listener, err = new(net.ListenConfig).Listen(ctx, "tcp", address); err == nil {
			return address, listener.Close()
		}
	}
	return "", fmt.Errorf("find a free port: %w", err)
}
