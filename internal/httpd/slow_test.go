package httpd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener in memory, whose deadlines follow the clock of a bubble
// of testing/synctest.
type pipes struct {
	accepted chan net.Conn
	closed   chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.accepted:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error {
	close(p.closed)
	return nil
}

func (pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// slowClient is a connection to a server of the API over values in memory.
func slowClient(t *testing.T) (net.Conn, *bufio.Reader) {
	t.Helper()
	listener := pipes{make(chan net.Conn), make(chan struct{})}
	server := &http.Server{Handler: New(Config{Service: &memory{}, Now: noon}), ReadHeaderTimeout: time.Second, IdleTimeout: time.Hour}
	served := make(chan error)
	go func() { served <- server.Serve(listener) }()
	client, conn := net.Pipe()
	listener.accepted <- conn
	t.Cleanup(func() {
		_ = client.Close()
		_ = server.Close()
		<-served
	})
	return client, bufio.NewReader(client)
}

func ask(t *testing.T, conn net.Conn, from *bufio.Reader, text string) *http.Response {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(from, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp
}

// TestAnswerThatNobodyReads: one without a body, too, is given up in time.
func TestAnswerThatNobodyReads(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"GET", "OPTIONS"} {
		synctest.Test(t, func(t *testing.T) {
			conn, from := slowClient(t)
			if _, err := io.WriteString(conn, method+" /ingests HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(writePatience + time.Second) //nolint:forbidigo // By the clock of the bubble.
			if _, err := from.ReadByte(); !errors.Is(err, io.EOF) {
				t.Errorf("%s: the connection is still there: %v", method, err)
			}
		})
	}
}

// TestRestThatNeverComes: of a body that nobody wants.
func TestRestThatNeverComes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		conn, from := slowClient(t)
		before := time.Now()
		resp := ask(t, conn, from, "POST /ingests HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n")
		if took := time.Since(before); resp.StatusCode != 415 || took > restPatience+time.Second {
			t.Errorf("%s after %s", resp.Status, took)
		}
	})
}

// TestBodyThatNeverComes is answered all the same, and its connection closed:
// neither waits for the client for ever.
func TestBodyThatNeverComes(t *testing.T) {
	t.Parallel()
	for _, begun := range []string{"", "{", `{"assetId":"`} {
		synctest.Test(t, func(t *testing.T) {
			conn, from := slowClient(t)
			before := time.Now()
			resp := ask(t, conn, from, fmt.Sprintf("POST /ingests HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n%s", begun))
			if took := time.Since(before); resp.StatusCode != 400 || took > bodyPatience+restPatience+time.Second {
				t.Errorf("%s after %s", resp.Status, took)
			}
			if _, err := from.ReadByte(); !errors.Is(err, io.EOF) {
				t.Errorf("the connection goes on: %v", err)
			}
		})
	}
}
