package upload

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestCreateRefusals(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *Options) {
		o.MaxSize, o.MinFree = 1000, 300
		o.Free = func(string) (int64, error) { return 1200, nil }
	})
	tests := []struct {
		name   string
		header header
		status int
		detail string
	}{
		{"no length", header{}, 400, `The header Upload-Length must be a number of bytes, not "".`},
		{"negative", header{"Upload-Length": "-1"}, 400, `The header Upload-Length must be a number of bytes, not "-1".`},
		{"past int64", header{"Upload-Length": "9223372036854775808"}, 400, `The header Upload-Length must be a number of bytes, not "9223372036854775808".`},
		{"deferred", header{"Upload-Defer-Length": "1"}, 400, "The length of an upload must be known: send Upload-Length instead of Upload-Defer-Length."},
		{"too large", header{"Upload-Length": "1001"}, 413, "The file has 1001 bytes; this server takes at most 1000."},
		{"no room", header{"Upload-Length": "901"}, 507, "The server's disk has 1200 bytes free; with 901 more bytes of this upload less than the 300 bytes would be left that min-free asks for."},
		{"bad metadata", header{"Upload-Length": "1", "Upload-Metadata": "filename a%b"}, 400, `The header Upload-Metadata must hold pairs of a key and a value in base64; "filename a%b" is none.`},
		{"key twice", header{"Upload-Length": "1", "Upload-Metadata": "filename YQ==,filename Yg=="}, 400, `The header Upload-Metadata must hold each key once; "filename" is there twice.`},
		{"no pairs", header{"Upload-Length": "1", "Upload-Metadata": ","}, 400, `The header Upload-Metadata must hold pairs of a key and a value in base64; "" is none.`},
		{"key that is no ASCII", header{"Upload-Length": "1", "Upload-Metadata": "é YQ=="}, 400, `The header Upload-Metadata must hold pairs of a key and a value in base64; "é YQ==" is none.`},
		{"long metadata", header{"Upload-Length": "1", "Upload-Metadata": "k " + strings.Repeat("A", 4096)}, 400, "The header Upload-Metadata is longer than 4096 bytes."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			wantProblem(t, b.do("POST", "/uploads", nil, test.header), test.status, test.detail)
		})
	}
	wantStatus(t, b.do("POST", "/uploads", nil, header{"Upload-Length": "900"}), 201)
}

func TestPatchRefusals(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	path := b.create(4, "")
	wantStatus(t, b.patch(path, 0, strings.NewReader("ab"), nil), 204)
	tests := []struct {
		name   string
		offset int64
		body   io.Reader
		header header
		status int
		detail string
	}{
		{"type", 2, strings.NewReader("c"), header{"Content-Type": "text/plain"}, 415, `The Content-Type must be application/offset+octet-stream, not "text/plain".`},
		{"no offset", 2, strings.NewReader("c"), header{"Upload-Offset": ""}, 400, `The header Upload-Offset must be a number of bytes, not "".`},
		{"behind", 1, strings.NewReader("c"), nil, 409, "The upload stands at 2 bytes; Upload-Offset says 1."},
		{"ahead", 3, strings.NewReader("c"), nil, 409, "The upload stands at 2 bytes; Upload-Offset says 3."},
		{"too long", 2, strings.NewReader("cde"), nil, 413, "The body is longer than the 2 bytes that are missing of the announced 4."},
		{"too long in chunks", 2, unsized("cde"), nil, 413, "The body is longer than the 2 bytes that are missing of the announced 4."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			wantProblem(t, b.patch(path, test.offset, test.body, test.header), test.status, test.detail)
			if got := b.offset(path); got != 2 {
				t.Errorf("the offset is %d afterwards, want 2", got)
			}
		})
	}
}

func TestHostileIDs(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for _, id := range []string{"..%2f..%2fetc%2fpasswd", "%2e%2e", "x", strings.Repeat("A", 32), strings.Repeat("0", 32), strings.Repeat("0", 31) + "%00"} {
		wantStatus(t, b.do("HEAD", "/uploads/"+id, nil, nil), 404)
	}
	for _, id := range []string{"", "../x", "/etc/passwd", strings.Repeat("0", 32)} {
		if _, _, _, err := b.server.Open(t.Context(), "a", id); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Open(%q): %v", id, err)
		}
	}
	wantStatus(t, b.do("GET", "/uploads/"+strings.Repeat("0", 32), nil, nil), 405)
	wantStatus(t, b.do("GET", "/uploads", nil, nil), 405)
	wantStatus(t, b.do("GET", "/uploads/a/b", nil, nil), 404)
}

// slowPatch begins a PATCH whose body the test feeds, and waits until the
// server has its first bytes.
func slowPatch(b *bundle, path, first string) (feed *io.PipeWriter, answer chan *http.Response) {
	body, feed := io.Pipe()
	answer = make(chan *http.Response, 1)
	req, err := http.NewRequestWithContext(b.Context(), "PATCH", b.url+path, body)
	if err != nil {
		b.Fatal(err)
	}
	req.Header = http.Header{
		"Tus-Resumable": {"1.0.0"}, "X-Vimond-Tenant": {"a"}, "Upload-Offset": {"0"},
		"Content-Type": {"application/offset+octet-stream"},
	}
	go func() {
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			_ = res.Body.Close()
		}
		answer <- res
	}()
	if _, err := io.WriteString(feed, first); err != nil {
		b.Fatal(err)
	}
	b.awaitOffset(path, int64(len(first)))
	return feed, answer
}

func TestOneWriterAtATime(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	path := b.create(4, "")
	feed, answer := slowPatch(b, path, "ab")
	detail := "Another request is writing to the upload " + idOf(path) + ". Try again in a moment."
	wantProblem(t, b.patch(path, 2, strings.NewReader("xy"), nil), 423, detail)
	wantProblem(t, b.do("DELETE", path, nil, nil), 423, detail)
	if n, err := b.server.Sweep(time.Now().Add(48 * time.Hour)); n != 0 || err != nil {
		t.Errorf("Sweep took %d away while writing, %v", n, err)
	}
	if _, err := io.WriteString(feed, "cd"); err != nil {
		t.Fatal(err)
	}
	_ = feed.Close()
	if res := <-answer; res == nil || res.StatusCode != 204 {
		t.Fatalf("the first writer got %+v", res)
	}
	if _, text := b.content(path); text != "abcd" {
		t.Errorf("holds %q", text)
	}
}

func TestBrokenConnectionKeepsBytes(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	path := b.create(4, "")
	feed, answer := slowPatch(b, path, "abc")
	_ = feed.CloseWithError(errors.New("cable pulled"))
	<-answer
	// The server may still hold the lock for a moment.
	for deadline := time.Now().Add(10 * time.Second); ; {
		res := b.patch(path, 3, strings.NewReader("d"), nil)
		if res.StatusCode == 204 {
			break
		}
		if res.StatusCode != 423 || time.Now().After(deadline) {
			t.Fatalf("resuming got %d", res.StatusCode)
		}
	}
	if _, text := b.content(path); text != "abcd" {
		t.Errorf("holds %q", text)
	}
}

func TestSilentClientLosesTheLock(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *Options) { o.Idle = 50 * time.Millisecond })
	path := b.create(4, "")
	feed, answer := slowPatch(b, path, "ab")
	if res := <-answer; res == nil || res.StatusCode != 408 {
		t.Errorf("the silent client got %+v, want 408", res)
	}
	_ = feed.Close()
	wantStatus(t, b.patch(path, 2, strings.NewReader("cd"), nil), 204)
}

// TestSilentClientIsAnswered although it announced how much it was to send: the
// server does not wait for that.
func TestSilentClientIsAnswered(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *Options) { o.Idle = 50 * time.Millisecond })
	path := b.create(100, "")
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(b.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(conn, "PATCH %s HTTP/1.1\r\nHost: x\r\nX-Vimond-Tenant: a\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"+
		"Content-Type: application/offset+octet-stream\r\nContent-Length: 100\r\n\r\nab", path)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	wantStatus(t, res, 408)
}

func TestDiskFillsUp(t *testing.T) {
	t.Parallel()
	var free atomic.Int64
	free.Store(1 << 30)
	b := setup(t, func(o *Options) {
		o.MinFree = 1000
		o.Free = func(string) (int64, error) { return free.Load(), nil }
	})
	path := b.create(100, "")
	free.Store(1099)
	wantStatus(t, b.patch(path, 0, strings.NewReader("ab"), nil), 507)
	free.Store(1100)
	wantStatus(t, b.patch(path, 0, strings.NewReader("ab"), nil), 204)
}

// TestDiskFillsUpMeanwhile has the disk taken by somebody else during one long
// request: the upload stops with what it has.
func TestDiskFillsUpMeanwhile(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	b := setup(t, func(o *Options) {
		o.MinFree = 1000
		o.Free = func(string) (int64, error) {
			if calls.Add(1) > 2 { // After create and the beginning of PATCH.
				return 999, nil
			}
			return 1 << 40, nil
		}
	})
	path := b.create(2*roomEvery, "")
	res := b.patch(path, 0, io.LimitReader(zeros{}, 2*roomEvery), nil)
	wantStatus(t, res, 507)
	if got := b.offset(path); got < roomEvery || got > roomEvery+bufferSize {
		t.Errorf("%d bytes are kept, want about %d", got, roomEvery)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// TestSizeGivenTwice: which one counts could be seen differently by a proxy.
func TestSizeGivenTwice(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/uploads", nil)
	r.Header["Upload-Length"] = []string{"1", "1"}
	if _, err := sizeHeader(r, "Upload-Length"); vod.CodeOf(err) != vod.Invalid {
		t.Errorf("%v", err)
	}
}
