package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/app"
	"github.com/via-orchestrate/orchestrate/internal/apptest"
)

// victim is the server that hostile requests go to, with something of each
// kind to lose.
type victim struct {
	*app.App
	log    *recorded
	parent string // of the data folder; holds secret.txt beside it
	secret string // a media key, which no answer to a stranger may tell

	ingest, task, upload, other string // ids; other is an upload of the tenant other
	imported                    []string
	names                       *strings.Replacer

	routines, files int // that the process held before the attacks
}

// recorded is the test with what it logged.
type recorded struct {
	*testing.T
	mu   sync.Mutex
	text strings.Builder
}

// Log implements [testing.TB].
func (r *recorded) Log(args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintln(&r.text, args...)
}

// Len is the length of the log in bytes.
func (r *recorded) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Len()
}

// From is the log from a byte on.
func (r *recorded) From(n int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()[n:]
}

func newVictim(t *testing.T) *victim {
	t.Helper()
	onOneProcess(t)
	v := &victim{log: &recorded{T: t}, parent: t.TempDir()}
	write(t, filepath.Join(v.parent, "secret.txt"), []byte(secretText))
	source := httptest.NewServer(http.FileServer(http.Dir("../../testdata")))
	defer source.Close()
	var c *client.Client
	c, v.App = apptest.Serve(v.log, "--data", filepath.Join(v.parent, "data"), "--upload-max", "1GB")
	v.fillStore(t, c, source.URL)
	v.uploads(t)
	v.names = strings.NewReplacer("{HOST}", v.Addr(), "{INGEST}", v.ingest, "{TASK}", v.task, "{UPLOAD}", v.upload, "{OTHER}", v.other, "{KEY}", v.secret)
	http.DefaultClient.CloseIdleConnections()
	v.routines, v.files = runtime.NumGoroutine(), openFiles(t)
	return v
}

// fillStore runs an ingest, applies a profile and imports history.
func (v *victim) fillStore(t *testing.T, c *client.Client, source string) {
	t.Helper()
	v.ingest = submit(t, c, client.Submission{AssetID: "film", URI: source + "/demo.mp4"})
	d := waitFor(t, c, v.ingest, 2*time.Minute, over)
	if d.Status != client.IngestStatusCOMPLETED {
		t.Fatalf("the film ended %s: %v", d.Status, deref(d.Error))
	}
	v.task = d.Tasks[0].ID
	p, err := c.Playback(t.Context(), "film")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(*p.HLS, "/media/")
	v.secret, _, _ = strings.Cut(rest, "/")
	if _, err := c.ApplyProfile(t.Context(), "own", read(t, "../profile/default.yaml")); err != nil {
		t.Fatal(err)
	}
	vimond, err := client.New(v.URL(), client.Options{Tenant: "vimond"})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"list.json", "detail.json"} {
		result, err := vimond.Import(t.Context(), read(t, filepath.Join("..", "httpd", "testdata", name)))
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range result.Rows {
			v.imported = append(v.imported, row.IngestID)
		}
	}
}

// uploads begins one for each of two tenants.
func (v *victim) uploads(t *testing.T) {
	t.Helper()
	for tenant, id := range map[string]*string{"default": &v.upload, "other": &v.other} {
		resp, err := v.send([]byte("POST /uploads HTTP/1.1\r\nHost: " + v.Addr() + "\r\nTus-Resumable: 1.0.0\r\nUpload-Length: 10\r\nX-Vimond-Tenant: " +
			tenant + "\r\nContent-Length: 0\r\n\r\n"))
		if err != nil || resp.StatusCode != http.StatusCreated {
			t.Fatalf("begin an upload: %v %v", resp, err)
		}
		*id = strings.TrimPrefix(resp.Header.Get("Location"), "/uploads/")
	}
}

func (v *victim) fill(text string) string { return v.names.Replace(text) }

// request is what goes over the wire.
func (v *victim) request(a attack) []byte {
	if a.raw != "" {
		return []byte(v.fill(a.raw))
	}
	if a.method == "" {
		a.method = http.MethodGet
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", a.method, v.fill(a.target), v.Addr())
	if a.headers != "" {
		b.WriteString(v.fill(a.headers) + "\r\n")
	}
	lower := strings.ToLower(a.headers)
	if a.body != "" && !strings.Contains(lower, "content-type:") {
		b.WriteString("Content-Type: application/json\r\n")
	}
	if (a.body != "" || a.method == http.MethodPost || a.method == http.MethodPut) && !strings.Contains(lower, "content-length:") && !strings.Contains(lower, "transfer-encoding:") {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(v.fill(a.body)))
	}
	b.WriteString("\r\n" + v.fill(a.body))
	return b.Bytes()
}

// answer is a response that was read to its end.
type answer struct {
	*http.Response
	text string
	head bool
}

// patience is how long an answer may take.
const patience = 20 * time.Second

// send writes a request on a connection of its own and reads the answer, which
// may come before the server has read all.
func (v *victim) send(request []byte) (*answer, error) {
	conn, err := net.Dial("tcp", v.Addr())
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	written := make(chan struct{})
	go func() {
		defer close(written)
		_, _ = conn.Write(request) // A refusal ends it early.
	}()
	method, _, _ := strings.Cut(string(request[:min(len(request), 10)]), " ")
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		_ = conn.Close()
		<-written
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	_ = conn.Close()
	<-written
	return &answer{resp, string(text), method == http.MethodHead}, err
}
