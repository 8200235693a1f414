package httpd

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/apicheck"
	"github.com/via-orchestrate/orchestrate/internal/notify"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// streaming is a server with event streams.
type streaming struct {
	*testServer
	hub *notify.Hub
}

func eventful(t *testing.T, hub notify.Config, c EventsConfig, changes ...func(*Config)) *streaming {
	t.Helper()
	c.Hub = notify.New(hub)
	if c.Gather == 0 {
		c.Gather = time.Millisecond
	}
	mount := func(to *Config) { to.Mounts = map[string]http.Handler{"GET /events": Events(c)} }
	s := &streaming{setup(t, &memory{}, nil, append(changes, mount)...), c.Hub}
	t.Cleanup(c.Hub.Close)
	return s
}

func (s *streaming) tell(ids ...string) {
	for _, id := range ids {
		s.hub.Tell([]store.Change{changeOf("default", id)})
	}
}

func changeOf(tenant, id string) store.Change {
	return store.Change{
		Tenant: tenant, Kind: store.ChangeIngest, ID: id, IngestID: id, AssetID: "of-" + id, Status: vod.Running, What: store.Updated,
	}
}

// stream is one that is read.
type stream struct {
	t     *testing.T
	lines *bufio.Reader
	id    string // of the last event
	close func()
}

// open opens a stream. headers are pairs of name and value.
func (s *streaming) open(t *testing.T, query string, headers ...string) *stream {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/events"+query, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	req.Header.Set("Accept-Encoding", "gzip")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	s.fits(t, apicheck.Exchange{Request: req, Response: resp})
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" || resp.Header.Get("Content-Encoding") != "" ||
		resp.Header.Get("Cache-Control") != "no-store" || resp.Header.Get("X-Accel-Buffering") != "no" || resp.Header.Get("ETag") != "" {
		t.Fatalf("%s %v", resp.Status, resp.Header)
	}
	return &stream{t: t, lines: bufio.NewReader(resp.Body), close: cancel}
}

// block reads to the next empty line.
func (s *stream) block() string {
	s.t.Helper()
	var block strings.Builder
	for {
		line, err := s.lines.ReadString('\n')
		if err != nil {
			s.t.Fatalf("after %q: %v", block.String(), err)
		}
		if line == "\n" {
			return block.String()
		}
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			s.id = strings.TrimSuffix(id, "\n")
			continue
		}
		block.WriteString(line)
	}
}

// has holds what comes next: the names of events, with the id of an ingest.
func (s *stream) has(want ...string) {
	s.t.Helper()
	for _, w := range want {
		got := s.block()
		for strings.HasPrefix(got, "retry: ") {
			got = s.block()
		}
		name, id, _ := strings.Cut(w, " ")
		text := "event: " + name + "\ndata: {}\n"
		if id != "" {
			text = fmt.Sprintf("event: %s\ndata: {\"assetId\":\"of-%s\",\"change\":\"updated\",\"ingestId\":\"%s\",\"status\":\"RUNNING\"}\n", name, id, id)
		}
		if got != text {
			s.t.Errorf("%q, want %q", got, text)
		}
	}
}

// ends holds that the stream ends, as the server ends it.
func (s *stream) ends() {
	s.t.Helper()
	if rest, err := io.ReadAll(s.lines); err != nil || len(rest) > 0 {
		s.t.Errorf("the stream goes on with %q, %v", rest, err)
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	s := eventful(t, notify.Config{}, EventsConfig{})
	events := s.open(t, "")
	if first := events.block(); !strings.HasPrefix(first, "retry: ") {
		t.Errorf("first comes %q", first)
	}
	events.has("hello")
	s.tell("a", "b")
	events.has("ingest a", "ingest b")
	s.hub.Tell([]store.Change{
		changeOf("other", "x"),
		{Tenant: "default", Kind: store.ChangeProfile, ID: "p\n\ndata: x", What: store.Created},
		{Tenant: "default", Kind: store.ChangePlayback, ID: "7", AssetID: "7", IngestID: "a", What: store.Updated},
	})
	for _, want := range []string{
		"event: profile\ndata: {\"change\":\"created\",\"name\":\"p\\n\\ndata: x\"}\n",
		"event: playback\ndata: {\"assetId\":\"7\",\"ingestId\":\"a\"}\n",
	} {
		if got := events.block(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	s.hub.Tell([]store.Change{{Kind: store.ChangeMissed}})
	events.has("reset")
	s.tell("c")
	events.has("ingest c")
	s.send(t, "HEAD", "/events", "").is(t, 200)
}

func TestEventsAreOfTheTenant(t *testing.T) {
	t.Parallel()
	s := eventful(t, notify.Config{}, EventsConfig{})
	other := s.open(t, "", "X-Vimond-Tenant", "other")
	other.has("hello")
	s.tell("a")
	s.hub.Tell([]store.Change{changeOf("other", "x")})
	other.has("ingest x")
}

func TestEventsAreFollowedOn(t *testing.T) {
	t.Parallel()
	s := eventful(t, notify.Config{Kept: 2}, EventsConfig{})
	events := s.open(t, "")
	events.has("hello")
	s.tell("a")
	events.has("ingest a")
	events.close()
	s.tell("b", "c")
	again := s.open(t, "", "Last-Event-ID", events.id)
	again.has("hello", "ingest b", "ingest c")
	again.close()
	s.tell("d")
	tooLate := s.open(t, "", "Last-Event-ID", events.id)
	tooLate.has("reset")
	s.tell("e")
	tooLate.has("ingest e")
	s.open(t, "", "Last-Event-ID", "of-another-process").has("reset")
	s.open(t, "", "Last-Event-ID", again.id, "X-Vimond-Tenant", "other").has("reset")
}

func TestEventsAreFiltered(t *testing.T) {
	t.Parallel()
	s := eventful(t, notify.Config{}, EventsConfig{})
	ofIngest, ofAsset := s.open(t, "?ingestId=b"), s.open(t, "?assetId=of-c&ingestId=c")
	ofIngest.has("hello")
	ofAsset.has("hello")
	s.tell("a", "b", "c")
	ofIngest.has("ingest b")
	ofAsset.has("ingest c")
	for query, name := range map[string]string{
		"?ingest=a": "ingest is not known here", "?ingestId=": "ingestId must not be empty", "?assetId=a&assetId=b": "only once",
		"?lastEventId=a": "not known here", "?assetId=%00": "control characters", "?%": "malformed",
	} {
		s.send(t, "GET", "/events"+query, "").is(t, 400, name)
	}
}

func TestEventsNeedThePermission(t *testing.T) {
	t.Parallel()
	s := eventful(t, notify.Config{}, EventsConfig{}, func(c *Config) {
		c.Auth = holders{
			"nothing": {Subject: "ann", Tenants: []string{"acme"}},
			"viewer":  {Subject: "ann", Tenants: []string{"acme"}, Permissions: vod.Viewer.Permissions()},
			"several": {Subject: "ann", Tenants: []string{"acme", "beta"}, Permissions: vod.Viewer.Permissions()},
		}
	})
	s.send(t, "GET", "/events", "").is(t, 401)
	s.send(t, "GET", "/events", "", "Authorization", "Bearer nothing").is(t, 403, "ingests:read")
	s.send(t, "GET", "/events", "", "Authorization", "Bearer several").is(t, 400, "choose one")
	s.open(t, "", "Authorization", "Bearer viewer").has("hello")
}

func TestEventStreamsAreLimited(t *testing.T) {
	t.Parallel()
	s := eventful(t, notify.Config{}, EventsConfig{PerHolder: 1})
	s.open(t, "").has("hello")
	if got := s.send(t, "GET", "/events", ""); got.Header.Get("Retry-After") != "5" {
		t.Errorf("Retry-After: %q", got.Header.Get("Retry-After"))
	} else {
		got.is(t, 429, "the most there may be")
	}
	full := eventful(t, notify.Config{InAll: 1}, EventsConfig{})
	full.open(t, "").has("hello")
	full.send(t, "GET", "/events", "").is(t, 503, "the most that the server keeps")
}

func TestEventStreamsEndWithTheServer(t *testing.T) {
	t.Parallel()
	s := eventful(t, notify.Config{}, EventsConfig{Gather: time.Hour})
	events := s.open(t, "")
	events.has("hello")
	s.hub.Close()
	events.ends()
	s.send(t, "GET", "/events", "").is(t, 503, "stopping")
}

func TestEventStreamsEnd(t *testing.T) {
	t.Parallel()
	s := eventful(t, notify.Config{}, EventsConfig{Life: time.Millisecond})
	events := s.open(t, "")
	events.has("hello")
	events.ends()
}

// TestHeartbeats: they come while nothing happens, and while nothing happens
// that the filter selects, and move the id on.
func TestHeartbeats(t *testing.T) {
	t.Parallel()
	s := eventful(t, notify.Config{}, EventsConfig{Heartbeat: 20 * time.Millisecond})
	events := s.open(t, "?ingestId=a")
	events.has("hello")
	hello := events.id
	if got := events.block(); got != ":\n" || events.id != hello {
		t.Errorf("%q, id %s after %s", got, events.id, hello)
	}
	s.tell("b")
	for got := events.block(); events.id == hello; got = events.block() {
		if got != ":\n" {
			t.Fatalf("%q", got)
		}
	}
	again := s.open(t, "?ingestId=a", "Last-Event-ID", events.id)
	again.has("hello")
}

// TestBurstsAreGathered: what changes again and again is told at once, and then
// as it is when the time to gather is over.
func TestBurstsAreGathered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hub := notify.New(notify.Config{})
		conn, from := streamingClient(t, hub, EventsConfig{Gather: 200 * time.Millisecond})
		events := &stream{t: t, lines: from}
		events.begin(t, conn)
		time.Sleep(time.Second) //nolint:forbidigo // By the clock of the bubble.
		before := time.Now()
		for range 1000 {
			hub.Tell([]store.Change{changeOf("default", "a")})
		}
		events.has("ingest a")
		if took := time.Since(before); took != 0 {
			t.Errorf("the first event came after %s", took)
		}
		for range 1000 {
			hub.Tell([]store.Change{changeOf("default", "a"), changeOf("default", "b")})
		}
		events.has("ingest a", "ingest b")
		if took := time.Since(before); took != 200*time.Millisecond {
			t.Errorf("the others came after %s", took)
		}
	})
}

// TestSlowReadersAreDropped: nobody waits for them, and their place is free.
func TestSlowReadersAreDropped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hub := notify.New(notify.Config{InAll: 1})
		conn, from := streamingClient(t, hub, EventsConfig{})
		events := &stream{t: t, lines: from}
		events.begin(t, conn)
		for i := range 10_000 {
			hub.Tell([]store.Change{changeOf("default", fmt.Sprint(i))})
		}
		time.Sleep(16 * time.Second) //nolint:forbidigo // By the clock of the bubble.
		follower, err := hub.Follow(notify.Following{Tenant: "default"})
		if err != nil {
			t.Fatalf("the slow reader has its place still: %v", err)
		}
		follower.Close()
		if _, err := from.ReadBytes(0); !errors.Is(err, io.EOF) {
			t.Errorf("the connection is still there: %v", err)
		}
	})
}

// streamingClient is a connection, within a bubble of testing/synctest, whose
// buffers hold nothing.
func streamingClient(t *testing.T, hub *notify.Hub, c EventsConfig) (net.Conn, *bufio.Reader) {
	t.Helper()
	c.Hub = hub
	listener := pipes{make(chan net.Conn), make(chan struct{})}
	server := &http.Server{
		Handler:           New(Config{Service: &memory{}, Now: noon, Mounts: map[string]http.Handler{"GET /events": Events(c)}}),
		ReadHeaderTimeout: time.Second,
	}
	served := make(chan error)
	go func() { served <- server.Serve(listener) }()
	client, conn := net.Pipe()
	listener.accepted <- conn
	t.Cleanup(func() {
		hub.Close()
		_ = client.Close()
		_ = server.Close()
		<-served
	})
	return client, bufio.NewReader(client)
}

// begin asks for a stream and reads to its hello.
func (s *stream) begin(t *testing.T, conn net.Conn) {
	t.Helper()
	if _, err := io.WriteString(conn, "GET /events HTTP/1.0\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	var head bytes.Buffer
	for !bytes.HasSuffix(head.Bytes(), []byte("\r\n\r\n")) {
		line, err := s.lines.ReadBytes('\n')
		if err != nil {
			t.Fatalf("after %q: %v", head.String(), err)
		}
		head.Write(line)
	}
	s.has("hello")
}

// TestEventsOfNobody: a page whose session has ended is told so, and not that
// its holder lacks a permission.
func TestEventsOfNobody(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	Events(EventsConfig{Hub: notify.New(notify.Config{})}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/ui/acme/events", nil))
	if w.Code != http.StatusUnauthorized {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
