package e2e

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// cutConnections sends parts of requests that would change something, and then
// nothing more: the connection ends in order, or is reset.
func (v *victim) cutConnections(t *testing.T) {
	t.Helper()
	const submission = `{"assetId":"cut","uri":"http://127.0.0.1:1/a.mp4"}`
	whole := map[string]string{
		"submission": "POST /ingests HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\nIdempotency-Key: cut\r\nContent-Length: 50\r\n\r\n" + submission,
		"chunks":     "POST /ingests HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n32\r\n" + submission + "\r\n0\r\n\r\n",
		"profile":    "PUT /profiles/own HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/yaml\r\nContent-Length: 10\r\n\r\nplayout: [",
		"upload":     "POST /uploads HTTP/1.1\r\nHost: {HOST}\r\nTus-Resumable: 1.0.0\r\nUpload-Length: 10\r\n\r",
		"import":     "POST /imports HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n" + item(),
	}
	for name, request := range whole {
		text := v.fill(request)
		for cut := 1; cut < len(text); cut += 7 {
			if err := v.sendPart(text[:cut], cut%2 == 0); err != nil {
				t.Fatalf("%s, %d bytes: %v", name, cut, err)
			}
		}
	}
}

// sendPart sends a text and gives the connection up.
func (v *victim) sendPart(text string, reset bool) error {
	conn, err := net.Dial("tcp", v.Addr())
	if err != nil {
		return err
	}
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return errors.New("not TCP")
	}
	if _, err := io.WriteString(tcp, text); err != nil {
		return errors.Join(err, tcp.Close())
	}
	if reset {
		return errors.Join(tcp.SetLinger(0), tcp.Close())
	}
	// The server sees the end of what comes, and may still answer.
	if err := tcp.CloseWrite(); err != nil {
		return errors.Join(err, tcp.Close())
	}
	_ = tcp.SetReadDeadline(time.Now().Add(patience))
	resp, err := http.ReadResponse(bufio.NewReader(tcp), nil)
	if err == nil {
		_ = resp.Body.Close()
		if resp.StatusCode < 400 {
			return errors.Join(errors.New("half a request gets "+resp.Status), tcp.Close())
		}
	} else if errors.Is(err, os.ErrDeadlineExceeded) {
		return errors.Join(err, tcp.Close())
	}
	return tcp.Close()
}

// TestSlowHeaders: connections that stop in the midst of a header are given up
// after a while, and keep nobody else from being answered.
func TestSlowHeaders(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	host := strings.TrimSuffix(strings.TrimPrefix(p.client.URL("x"), "http://"), "/x")
	var all sync.WaitGroup
	for range 200 {
		conn, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, "GET /ingests HTTP/1.1\r\nHost: "+host+"\r\nX-Slow: "); err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
			if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error("a connection is held for a minute")
			}
		})
	}
	begun := time.Now()
	if _, err := p.client.Profiles(t.Context()); err != nil || time.Since(begun) > 5*time.Second {
		t.Errorf("another request took %v: %v", time.Since(begun), err)
	}
	all.Wait()
}
