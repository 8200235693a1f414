package e2e

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// clip makes a file with ffmpeg out of a command line whose last word is the
// file's name, and gives its path.
func clip(t *testing.T, dir, command string) string {
	t.Helper()
	words := strings.Fields(command)
	path := filepath.Join(dir, words[len(words)-1])
	return clipAt(t, path, words[:len(words)-1]...)
}

func clipAt(t *testing.T, path string, args ...string) string {
	t.Helper()
	args = append([]string{"-nostdin", "-v", "error", "-y"}, append(args, "file:"+path)...)
	cmd := exec.CommandContext(t.Context(), "ffmpeg", args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
	return path
}

func write(t *testing.T, path string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// fileURI writes a path as a file: address (RFC 8089).
func fileURI(path string) string { return (&url.URL{Scheme: "file", Path: path}).String() }
