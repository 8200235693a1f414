package app

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// openEvents opens a stream and reads up to its hello, in as little memory as
// can be: it is part of what is measured.
func openEvents(t *testing.T, a *App) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", a.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	request := "GET /events HTTP/1.1\r\nHost: localhost\r\nX-Vimond-Tenant: " + tenant + "\r\nAccept-Encoding: gzip\r\n\r\n"
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	readTo(t, conn, "event: hello")
	return conn
}

// readTo reads until what came has the text.
func readTo(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	piece := make([]byte, 2048)
	for got := ""; !strings.Contains(got, text); {
		n, err := conn.Read(piece)
		got += string(piece[:n])
		if err != nil {
			t.Fatalf("after %q: %v", got, err)
		}
	}
}

// inUse is what the heap and the stacks of the process take, in bytes.
func inUse() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // What finalizers let go in the first is collected in the second.
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// TestAThousandStreams: they take less than 100 MB together, each hears of a
// change, and the server does not wait for them when it stops.
func TestAThousandStreams(t *testing.T) { //nolint:paralleltest // Other tests take memory.
	const streams, limit = 1000, 100 << 20
	a := newApp(t, configIn(t.TempDir()))
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	openEvents(t, a)
	before := inUse()
	open := make([]net.Conn, streams)
	for i := range open {
		open[i] = openEvents(t, a)
	}
	began := time.Now()
	id, _ := a.create(t, "{}", func(*vod.Run, *vod.Task) {})
	for _, conn := range open {
		readTo(t, conn, id)
	}
	took, each := time.Since(began), (inUse()-before)/streams
	t.Logf("%d streams take %d kB each, and all hear of a change within %s", streams, each>>10, took)
	if each*streams > limit {
		t.Errorf("%d streams take %d MB", streams, each*streams>>20)
	}
	began = time.Now()
	if err := a.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 10*requestsEnd {
		t.Errorf("the server took %s to stop", took)
	}
	_ = open[0].SetReadDeadline(time.Now().Add(time.Minute))
	if rest, err := io.ReadAll(open[0]); err != nil || !strings.HasSuffix(string(rest), "0\r\n\r\n") {
		t.Errorf("the stream was cut: %q, %v", rest, err)
	}
}

// TestChangesAreStreamed: what is done by way of the API is told to whoever
// follows, with the ids that the API takes.
func TestChangesAreStreamed(t *testing.T) {
	t.Parallel()
	a := newApp(t, configIn(t.TempDir()))
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	conn := openEvents(t, a)
	const profile = `{"name":"p","distribution":[{"filesetFilter":"initialInput","filesetLabelOut":"a","distributionProfile":{"name":"x",` +
		`"type":"URL_REWRITE","sourceLocation":{"name":"s","type":"web","baseUrl":"https://s.example"},` +
		`"targetLocation":{"name":"a","type":"web","baseUrl":"https://a.example"}}}]}`
	put, err := http.NewRequestWithContext(t.Context(), http.MethodPut, a.URL()+"/profiles/p", strings.NewReader(profile))
	if err != nil {
		t.Fatal(err)
	}
	put.Header.Set("X-Vimond-Tenant", tenant)
	put.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultTransport.RoundTrip(put)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(bufio.NewReader(resp.Body))
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		t.Fatalf("%s: %s", resp.Status, text)
	}
	readTo(t, conn, `data: {"change":"created","name":"p"}`)
}
