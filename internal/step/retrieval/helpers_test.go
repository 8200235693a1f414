package retrieval_test

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/netguard"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/step/retrieval"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// bundle is a runner with locations of the test's own, and a job for it.
type bundle struct {
	runner  *retrieval.Runner
	set     *location.Set
	store   string
	sources string // the one folder for file: sources
	job     step.Job
	log     *bytes.Buffer
	shares  *[]float64
}

func setup(t testing.TB) bundle {
	t.Helper()
	return setupAt(t, t.TempDir(), func(*retrieval.Config) {})
}

func setupAt(t testing.TB, dir string, change func(*retrieval.Config)) bundle {
	t.Helper()
	b := bundle{store: filepath.Join(dir, "store"), sources: filepath.Join(dir, "sources"), log: &bytes.Buffer{}, shares: &[]float64{}}
	set, err := location.New(location.Config{Named: map[string]vod.Location{
		"store": {Name: "store", Type: vod.LocationFile, Path: b.store},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(b.sources, 0o750); err != nil {
		t.Fatal(err)
	}
	b.set = set
	guard := netguard.New([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	t.Cleanup(guard.Close)
	c := retrieval.Config{
		Locations: set, Client: guard.Client(), SourceDirs: []string{b.sources},
		Stall: 5 * time.Second, Pause: time.Millisecond,
	}
	change(&c)
	b.runner = retrieval.New(c)
	b.job = step.Job{
		Tenant: "acme", AssetID: "1", IngestID: uuid.NewString(), TaskID: uuid.NewString(), Attempt: 1,
		Profile:  json.RawMessage(`{"name":"r","type":"vimond_file_retriever","targetLocation":{"name":"store"},"skipOnMD5":true}`),
		LabelOut: "retrieved",
		Progress: func(share float64) { *b.shares = append(*b.shares, share) },
		Trace:    func([]string, string) {},
		Log:      slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	return b
}

// input makes filesets of one file each.
func input(uris ...string) []vod.Fileset {
	var all []vod.Fileset
	for _, u := range uris {
		all = append(all, vod.Fileset{
			Files:  []vod.File{{MediaType: vod.MediaVideo, URI: u}},
			Labels: []string{vod.LabelInitialInput},
		})
	}
	return all
}

func (b bundle) run(t testing.TB, inputs []vod.Fileset) (step.Result, error) {
	t.Helper()
	b.job.Inputs = inputs
	return b.runner.Run(t.Context(), b.job)
}

// wantBytes checks the output of one file.
func (b bundle) wantBytes(t testing.TB, r step.Result, err error, want []byte) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	f := r.Outputs[0].Files[0]
	path, err := b.set.Local(t.Context(), step.Job{Tenant: "acme"}, f.URI)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%d bytes, want %d, or other ones; %v", len(got), len(want), err)
	}
	if f.MD5Sum == nil || *f.MD5Sum != sum(want) {
		t.Fatalf("md5sum is %v", f.MD5Sum)
	}
	if !b.set.Exists(t.Context(), "acme", r.Outputs) {
		t.Fatal("the inventory is not right")
	}
}

// wantError checks the error and that nothing is left behind.
func (b bundle) wantError(t testing.TB, err error, class vod.Class, reason vod.Reason, message string) {
	t.Helper()
	se := vod.AsStepError(err)
	if err == nil || se.Class != class || se.Reason != reason || !strings.Contains(se.Message, message) {
		t.Errorf("error is %s %s %q (%v), want %s %s %q", se.Class, se.Reason, se.Message, se.Cause, class, reason, message)
	}
	b.wantNothing(t)
}

func (b bundle) wantNothing(t testing.TB) {
	t.Helper()
	left, err := os.ReadDir(b.store)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func sum(data []byte) string {
	s := md5.Sum(data)
	return hex.EncodeToString(s[:])
}

func randomBytes(n int) []byte {
	data := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(data)
	return data
}

// server is a server of one file that can be made to misbehave.
type server struct {
	*httptest.Server
	mu       sync.Mutex
	requests []*http.Request
	content  []byte
	etag     string
	noRanges bool
	// misbehave may answer the nth request, from 1, itself.
	misbehave func(n int, w http.ResponseWriter, r *http.Request) bool
}

func serve(t testing.TB, content []byte, misbehave func(n int, w http.ResponseWriter, r *http.Request) bool) *server {
	t.Helper()
	s := &server{content: content, etag: `"v1"`, misbehave: misbehave}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, r.Clone(r.Context()))
	n := len(s.requests)
	s.mu.Unlock()
	if s.misbehave != nil && s.misbehave(n, w, r) {
		return
	}
	if s.etag != "" {
		w.Header().Set("ETag", s.etag)
	}
	if s.noRanges {
		r.Header.Del("Range")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(s.content))
}

func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

// cutAfter announces all from the range's start and sends only size bytes.
func (s *server) cutAfter(w http.ResponseWriter, r *http.Request, size int) {
	var from int
	_, _ = fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from)
	w.Header().Set("ETag", s.etag)
	w.Header().Set("Content-Length", fmt.Sprint(len(s.content)-from))
	if from > 0 {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(s.content)-1, len(s.content)))
		w.WriteHeader(http.StatusPartialContent)
	}
	_, _ = w.Write(s.content[from:min(from+size, len(s.content))])
	flush(w)
	panic(http.ErrAbortHandler)
}

func flush(w http.ResponseWriter) {
	if err := http.NewResponseController(w).Flush(); err != nil {
		panic(err)
	}
}

// status answers every request with one status.
func status(code int) func(int, http.ResponseWriter, *http.Request) bool {
	return func(_ int, w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(code)
		return true
	}
}
