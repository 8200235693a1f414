package retrieval_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/netguard"
	"github.com/via-orchestrate/orchestrate/internal/step/retrieval"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestRetrieve(t *testing.T) {
	t.Parallel()
	b := setup(t)
	data := randomBytes(1 << 20)
	s := serve(t, data, nil)
	const name = "a clip's #1 100% \"æøå\" 日本?.mp4"
	language := "nb"
	in := input(s.URL + "/x/" + url.PathEscape(name))
	in[0].Files[0].Language = &language
	in[0].Labels = append(in[0].Labels, vod.KindSMIL)
	r, err := b.run(t, in)
	b.wantBytes(t, r, err, data)
	out := r.Outputs[0]
	f := out.Files[0]
	if f.MediaType != vod.MediaVideo || f.Language == nil || *f.Language != "nb" {
		t.Errorf("file is %+v", f)
	}
	if fmt.Sprint(out.Labels) != "[retrieved SMIL]" || out.Location.Name != "store" || out.Location.Type != vod.LocationFile {
		t.Errorf("fileset is %+v at %+v", out.Labels, out.Location)
	}
	u, err := url.Parse(f.URI)
	if err != nil || path.Base(u.Path) != name || strings.ContainsAny(f.URI, " \"#") {
		t.Errorf("address is %s", f.URI)
	}
	if want, _ := retrieval.Digest(r.Outputs); r.Digest != want || r.SkipIngest {
		t.Errorf("digest %q, skip %v", r.Digest, r.SkipIngest)
	}
	if shares := *b.shares; len(shares) < 3 || shares[len(shares)-1] != 1 || shares[0] >= 1 {
		t.Errorf("progress: %v", shares)
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]struct {
		class  vod.Class
		reason vod.Reason
	}{
		204: {vod.ClassMedia, vod.ReasonSourceUnreadable},
		206: {vod.ClassMedia, vod.ReasonSourceUnreadable},
		400: {vod.ClassMedia, vod.ReasonSourceUnreadable},
		401: {vod.ClassMedia, vod.ReasonForbidden},
		403: {vod.ClassMedia, vod.ReasonForbidden},
		404: {vod.ClassMedia, vod.ReasonSourceMissing},
		410: {vod.ClassMedia, vod.ReasonSourceMissing},
		408: {vod.ClassRemote, vod.ReasonTimeout},
		425: {vod.ClassRemote, vod.ReasonRateLimited},
		429: {vod.ClassRemote, vod.ReasonRateLimited},
		500: {vod.ClassRemote, vod.ReasonSourceUnreadable},
		503: {vod.ClassRemote, vod.ReasonSourceUnreadable},
	} {
		b := setup(t)
		s := serve(t, nil, status(code))
		_, err := b.run(t, input(s.URL+"/a.mp4"))
		b.wantError(t, err, want.class, want.reason, fmt.Sprintf("/a.mp4 cannot be read: its server answers %d ", code))
		if s.count() != 1 && code != 408 { // net/http itself repeats on an idle connection's 408
			t.Errorf("%d: %d requests", code, s.count())
		}
	}
}

func TestEmptyFile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := serve(t, nil, nil)
	_, err := b.run(t, input(s.URL+"/a.mp4"))
	b.wantError(t, err, vod.ClassMedia, vod.ReasonBadMedia, "/a.mp4 is empty")
}

func TestCompressedAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := serve(t, []byte("x"), func(_ int, w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Accept-Encoding") != "identity" {
			t.Error("compression is asked for")
		}
		w.Header().Set("Content-Encoding", "gzip")
		return false
	})
	_, err := b.run(t, input(s.URL+"/a.mp4"))
	b.wantError(t, err, vod.ClassMedia, vod.ReasonSourceUnreadable, "compressed")
}

func TestNoAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := serve(t, nil, nil)
	s.Close()
	_, err := b.run(t, input(s.URL+"/a.mp4"))
	b.wantError(t, err, vod.ClassRemote, vod.ReasonUnreachable, "127.0.0.1 refuses connections")

	huge := serve(t, nil, func(_ int, w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("X", strings.Repeat("x", 1<<20))
		return false
	})
	_, err = b.run(t, input(huge.URL+"/a.mp4"))
	b.wantError(t, err, vod.ClassRemote, vod.ReasonUnreachable, "not proper HTTP")
}

func TestForbiddenAddress(t *testing.T) {
	t.Parallel()
	s := serve(t, []byte("x"), nil)
	b := setupAt(t, t.TempDir(), func(c *retrieval.Config) { c.Client = netguard.New(nil).Client() })
	_, err := b.run(t, input(s.URL+"/a.mp4"))
	b.wantError(t, err, vod.ClassConfig, vod.ReasonForbidden, "127.0.0.1 is not allowed")
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	s := serve(t, []byte("x"), func(_ int, w http.ResponseWriter, r *http.Request) bool {
		var n int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d", &n); err != nil || n == 0 {
			return false
		}
		http.Redirect(w, r, fmt.Sprintf("/%d", n-1), http.StatusFound)
		return true
	})
	b := setup(t)
	r, err := b.run(t, input(s.URL+"/5"))
	b.wantBytes(t, r, err, []byte("x"))
	b = setup(t)
	_, err = b.run(t, input(s.URL+"/6"))
	b.wantError(t, err, vod.ClassMedia, vod.ReasonSourceUnreadable, "redirects more than 5 times")
}

// What goes wrong behind a redirect is told of the host that it led to.
func TestNamesTheHostBehindARedirect(t *testing.T) {
	t.Parallel()
	behind := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("abc"))
		flush(w)
		panic(http.ErrAbortHandler)
	}))
	_ = behind.Listener.Close()
	var err error
	if behind.Listener, err = net.Listen("tcp", "127.0.0.2:0"); err != nil {
		t.Fatal(err)
	}
	behind.Start()
	t.Cleanup(behind.Close)
	for target, want := range map[string]string{
		behind.URL:           "broke off after 3 bytes. 127.0.0.2 closed the connection",
		"http://127.0.0.3:1": "127.0.0.3 refuses connections",
	} {
		b := setup(t)
		s := serve(t, nil, func(_ int, w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, target+"/a.mp4", http.StatusFound)
			return true
		})
		_, err := b.run(t, input(s.URL+"/a.mp4"))
		b.wantError(t, err, vod.ClassRemote, vod.ReasonUnreachable, want)
	}
}

func TestRedirectToNowhereIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := serve(t, nil, func(_ int, w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Location", "http://x:y:z/")
		w.WriteHeader(http.StatusFound)
		return true
	})
	_, err := b.run(t, input(s.URL+"/a.mp4"))
	b.wantError(t, err, vod.ClassMedia, vod.ReasonSourceUnreadable, "127.0.0.1 redirects to something that is not an address")
}

func TestChecksum(t *testing.T) {
	t.Parallel()
	good, bad := []byte("good"), []byte("evil")
	for name, c := range map[string]struct {
		answers [][]byte
		ok      bool
	}{
		"right at once": {[][]byte{good}, true},
		"right then":    {[][]byte{bad, good}, true},
		"wrong twice":   {[][]byte{bad, bad, good}, false},
	} {
		b := setup(t)
		s := serve(t, nil, func(n int, w http.ResponseWriter, _ *http.Request) bool {
			_, _ = w.Write(c.answers[n-1])
			return true
		})
		in := input(s.URL + "/a.mp4")
		md5sum := strings.ToUpper(sum(good))
		in[0].Files[0].MD5Sum = &md5sum
		r, err := b.run(t, in)
		if c.ok {
			b.wantBytes(t, r, err, good)
			continue
		}
		b.wantError(t, err, vod.ClassMedia, vod.ReasonChecksum, "has MD5 "+sum(bad))
		if s.count() != 2 {
			t.Errorf("%s: %d requests", name, s.count())
		}
	}
}

func TestStall(t *testing.T) {
	t.Parallel()
	b := setupAt(t, t.TempDir(), func(c *retrieval.Config) { c.Stall = 100 * time.Millisecond })
	s := serve(t, nil, func(_ int, w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte("abc"))
		flush(w)
		<-r.Context().Done()
		return true
	})
	_, err := b.run(t, input(s.URL+"/a.mp4"))
	b.wantError(t, err, vod.ClassRemote, vod.ReasonStalled, "sent only 3 bytes in 0.1 s and was given up after 3 of 1000 bytes")
	silent := serve(t, nil, func(_ int, _ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true })
	_, err = b.run(t, input(silent.URL+"/a.mp4"))
	b.wantError(t, err, vod.ClassRemote, vod.ReasonStalled, "sent nothing for 0.1 s after 0 bytes")
}

func TestSlowIsNotStalled(t *testing.T) {
	t.Parallel()
	b := setupAt(t, t.TempDir(), func(c *retrieval.Config) { c.Stall = 400 * time.Millisecond })
	data := randomBytes(12*64<<10 + 5)
	s := serve(t, nil, func(_ int, w http.ResponseWriter, _ *http.Request) bool {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for piece := range slices.Chunk(data, 64<<10) {
			<-tick.C
			_, _ = w.Write(piece)
			flush(w)
		}
		return true
	})
	r, err := b.run(t, input(s.URL+"/a.mp4"))
	b.wantBytes(t, r, err, data)
}

// A byte now and then does not hold a slot for ever.
func TestTrickleIsAStall(t *testing.T) {
	t.Parallel()
	for _, length := range []string{"1000000", ""} {
		b := setupAt(t, t.TempDir(), func(c *retrieval.Config) { c.Stall = 300 * time.Millisecond })
		s := serve(t, nil, func(_ int, w http.ResponseWriter, r *http.Request) bool {
			if length != "" {
				w.Header().Set("Content-Length", length)
			}
			tick := time.NewTicker(10 * time.Millisecond)
			defer tick.Stop()
			for r.Context().Err() == nil {
				<-tick.C
				_, _ = w.Write([]byte("x"))
				flush(w)
			}
			return true
		})
		_, err := b.run(t, input(s.URL+"/a.mp4"))
		b.wantError(t, err, vod.ClassRemote, vod.ReasonStalled, " bytes in 0.3 s and was given up after ")
		if s.count() != 1 {
			t.Errorf("%d requests", s.count())
		}
	}
}

func TestCancelInTheMiddle(t *testing.T) {
	t.Parallel()
	for _, cause := range []error{vod.ErrCancelled, vod.ErrStopping} {
		b := setup(t)
		ctx, cancel := context.WithCancelCause(t.Context())
		s := serve(t, nil, func(_ int, w http.ResponseWriter, r *http.Request) bool {
			_, _ = w.Write(randomBytes(100 << 10))
			flush(w)
			cancel(cause)
			<-r.Context().Done()
			return true
		})
		b.job.Inputs = input(s.URL + "/a.mp4")
		if _, err := b.runner.Run(ctx, b.job); err != cause { //nolint:errorlint // It is that very value.
			t.Errorf("error is %v", err)
		}
		b.wantNothing(t)
	}
}

func TestSecretQueryStaysSecret(t *testing.T) {
	t.Parallel()
	const secret = "signature=s3cr3t"
	var s *server
	answer := func(n int, w http.ResponseWriter, r *http.Request) bool { return false }
	s = serve(t, randomBytes(200<<10), func(n int, w http.ResponseWriter, r *http.Request) bool {
		if r.URL.RawQuery != secret {
			t.Errorf("the server sees %q", r.URL.RawQuery)
		}
		return answer(n, w, r)
	})
	shown := s.URL + "/a.mp4?…"
	try := func() string {
		b := setup(t)
		b.job.Sources = map[string]string{shown: s.URL + "/a.mp4?" + secret}
		r, err := b.run(t, input(shown))
		text, jerr := json.Marshal(r)
		if jerr != nil {
			t.Fatal(jerr)
		}
		return fmt.Sprintf("%s %v %+v %s", text, err, vod.AsStepError(err), b.log)
	}
	for name, how := range map[string]func(n int, w http.ResponseWriter, r *http.Request) bool{
		"works":   answer,
		"cut":     func(n int, w http.ResponseWriter, r *http.Request) bool { s.cutAfter(w, r, 100); return true },
		"404":     status(404),
		"500":     status(500),
		"no HTTP": func(_ int, w http.ResponseWriter, _ *http.Request) bool { reset(t, w); return true },
		"redirect": func(_ int, w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, "ftp://x/?"+secret, http.StatusFound)
			return true
		},
		"bad redirect": func(_ int, w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Location", "http://x:y:z/?"+secret)
			w.WriteHeader(http.StatusFound)
			return true
		},
	} {
		answer = how
		if got := try(); strings.Contains(got, "s3cr3t") {
			t.Errorf("%s: %s", name, got)
		}
	}
	s.Close()
	if got := try(); strings.Contains(got, "s3cr3t") || !strings.Contains(got, "?…") {
		t.Errorf("closed: %s", got)
	}
}

func TestAddressesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, uri := range []string{"", "x", "ftp://x/a", "http:///a", "http://u:p@x/a", "https://%zz/", "data:,x", "concat:a|b"} {
		_, err := b.run(t, input(uri))
		b.wantError(t, err, vod.ClassConfig, vod.ReasonConfig, "not an address that can be read")
	}
}

func BenchmarkRetrieve(b *testing.B) {
	data := randomBytes(64 << 20)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		_, _ = w.Write(data)
	}))
	defer srv.Close()
	b.Run("step", func(b *testing.B) { benchmarkStep(b, srv.URL+"/a.mp4", len(data)) })
	b.Run("plain copy", func(b *testing.B) { benchmarkCopy(b, srv.URL, len(data)) })
}
