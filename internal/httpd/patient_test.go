package httpd

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// large is more than a piece, and than the buffers of a connection.
func large(t *testing.T) []byte {
	t.Helper()
	content := make([]byte, 3*writePiece+1)
	if _, err := rand.Read(content); err != nil {
		t.Fatal(err)
	}
	return content
}

func TestPatientWriterChangesNothing(t *testing.T) {
	t.Parallel()
	content := large(t)
	file := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/written", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(content) })
	mux.HandleFunc("/copied", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, bytes.NewBuffer(content)) })
	mux.HandleFunc("/file", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, file) })
	listening := httptest.NewServer(patient(mux, time.Minute))
	t.Cleanup(listening.Close)
	for path, want := range map[string][]byte{"/written": content, "/copied": content, "/file": content} {
		resp, err := http.Get(listening.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		if err := errors.Join(err, resp.Body.Close()); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d", path, len(got), len(want))
		}
	}
}

// TestPatienceEnds: of a client that asks and does not read, by each way of
// writing.
func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	content := large(t)
	ended := make(chan error, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("/written", func(w http.ResponseWriter, _ *http.Request) {
		_, err := w.Write(content)
		ended <- err
	})
	mux.HandleFunc("/copied", func(w http.ResponseWriter, _ *http.Request) {
		_, err := w.(io.ReaderFrom).ReadFrom(bytes.NewBuffer(content))
		ended <- err
	})
	listening := httptest.NewServer(patient(mux, 50*time.Millisecond))
	t.Cleanup(listening.Close)
	for _, path := range []string{"/written", "/copied"} {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", listening.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s ended with %v", path, err)
		}
		_ = conn.Close()
	}
}
