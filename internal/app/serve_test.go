package app

import (
	"context"
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"
)

// TestNotify: systemd hears that the server serves, and that it stops.
func TestNotify(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	t.Setenv("NOTIFY_SOCKET", socket)
	heard := func() string {
		t.Helper()
		if err := conn.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
			t.Fatal(err)
		}
		text := make([]byte, 100)
		n, err := conn.Read(text)
		if err != nil {
			t.Fatal(err)
		}
		return string(text[:n])
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	c := configIn(t.TempDir())
	go func() { ended <- Serve(ctx, c, io.Discard) }()
	if got := heard(); got != "READY=1" {
		t.Errorf("started: %q", got)
	}
	cancel()
	if got := heard(); got != "STOPPING=1" {
		t.Errorf("stopping: %q", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
