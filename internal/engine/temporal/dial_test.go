package temporal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/temporaltest"
)

// TestDial connects, and says of each thing that is wrong what it is.
func TestDial(t *testing.T) {
	t.Parallel()
	address := temporaltest.Address(t)
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(*Connection)
		want   string
	}{
		"right":          {func(*Connection) {}, ""},
		"nobody answers": {func(c *Connection) { c.Address = "127.0.0.1:1" }, "127.0.0.1:1 does not answer"},
		"no namespace":   {func(c *Connection) { c.Namespace = "elsewhere" }, `no namespace "elsewhere"`},
		"TLS to plain":   {func(c *Connection) { c.TLS = true }, "whether it wants TLS"},
		"no such CA":     {func(c *Connection) { c.TLS, c.CAFile = true, "/nowhere.pem" }, "--temporal-ca-file"},
		"CA of nothing":  {func(c *Connection) { c.TLS, c.CAFile = true, empty }, "holds no certificate"},
		"no certificate": {func(c *Connection) { c.TLS, c.CertFile, c.KeyFile = true, "/nowhere.pem", "/nowhere.key" }, "--temporal-cert-file"},
		"empty key":      {func(c *Connection) { c.APIKeyFile = empty }, "is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := Connection{Address: address, Namespace: temporaltest.Namespace, Log: quiet()}
			test.change(&c)
			conn, err := Dial(t.Context(), c)
			if err == nil {
				conn.Close()
			}
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("gives %v, want %q", err, test.want)
			}
		})
	}
}

// TestDialWaits: a server that comes up later is waited for.
func TestDialWaits(t *testing.T) {
	t.Parallel()
	server := temporaltest.Start(t)
	server.Kill()
	connected := make(chan error, 1)
	go func() {
		conn, err := Dial(t.Context(), Connection{
			Address: server.Address, Namespace: temporaltest.Namespace, Patience: time.Minute, Log: quiet(),
		})
		if err == nil {
			conn.Close()
		}
		connected <- err
	}()
	server.Restart(t)
	if err := <-connected; err != nil {
		t.Error(err)
	}
}

func TestKeyFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	k := &keyFile{path: path, log: quiet()}
	if _, err := k.read(); err == nil || !strings.Contains(err.Error(), "--temporal-api-key-file") {
		t.Errorf("a file that is not there gives %v", err)
	}
	for _, text := range []string{"one\n", "another"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := k.read(); err != nil || got != strings.TrimSpace(text) {
			t.Errorf("read %q, %v; want %q", got, err, text)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if got, err := k.read(); err != nil || got != "another" {
		t.Errorf("without the file %q, %v; want the last key", got, err)
	}
}
