package retrieval_test

import (
	"bytes"
	"fmt"
	"maps"
	"net"
	"net/http"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestResumesWithRanges(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var s *server
	s = serve(t, randomBytes(1<<20), func(n int, w http.ResponseWriter, r *http.Request) bool {
		if n <= 8 { // more often than maxCuts: each brings something
			s.cutAfter(w, r, 100<<10)
		}
		return false
	})
	r, err := b.run(t, input(s.URL+"/a.mp4"))
	b.wantBytes(t, r, err, s.content)
	if last := s.requests[8]; last.Header.Get("If-Range") != `"v1"` || last.Header.Get("Range") != fmt.Sprintf("bytes=%d-", 8*100<<10) {
		t.Errorf("last request: %v", last.Header)
	}
}

func TestStartsAgainWithoutRanges(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(s *server){
		"server ignores Range": func(s *server) { s.noRanges = true },
		"weak validator":       func(s *server) { s.etag = `W/"v1"` },
		"no validator":         func(s *server) { s.etag = "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			var s *server
			s = serve(t, randomBytes(300<<10), func(n int, w http.ResponseWriter, r *http.Request) bool {
				if n <= 3 {
					r.Header.Del("Range")
					s.cutAfter(w, r, 50<<10*n)
				}
				return false
			})
			prepare(s)
			r, err := b.run(t, input(s.URL+"/a.mp4"))
			b.wantBytes(t, r, err, s.content)
			if got := s.requests[1].Header.Get("Range"); (got != "") != (name == "server ignores Range") {
				t.Errorf("Range is %q", got)
			}
		})
	}
}

func TestSourceThatChangesIsReadAnew(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var s *server
	s = serve(t, randomBytes(300<<10), func(n int, w http.ResponseWriter, r *http.Request) bool {
		if n == 1 {
			s.cutAfter(w, r, 100<<10)
		}
		s.content, s.etag = randomBytes(200 << 10)[100:], `"v2"`
		return false
	})
	r, err := b.run(t, input(s.URL+"/a.mp4"))
	b.wantBytes(t, r, err, s.content)
}

func TestWrongRangesAreNotUsed(t *testing.T) {
	t.Parallel()
	for name, contentRange := range map[string]string{
		"other start": "bytes 5-307199/307200", "other total": "bytes 102400-307199/999999", "no range": "",
	} {
		b := setup(t)
		var s *server
		s = serve(t, randomBytes(300<<10), func(n int, w http.ResponseWriter, r *http.Request) bool {
			switch n {
			case 1:
				s.cutAfter(w, r, 100<<10)
			case 2:
				w.Header().Set("Content-Range", contentRange)
				w.WriteHeader(http.StatusPartialContent)
				_, _ = w.Write([]byte("wrong"))
				return true
			}
			return false
		})
		r, err := b.run(t, input(s.URL+"/a.mp4"))
		b.wantBytes(t, r, err, s.content)
		if s.count() != 3 || s.requests[2].Header.Get("Range") != "" {
			t.Errorf("%s: %d requests", name, s.count())
		}
	}
}

// A server that ignores If-Range sends the rest of another version of the file,
// which has the same length.
func TestVersionsAreNotMixed(t *testing.T) {
	t.Parallel()
	const first, later = "Mon, 02 Mar 2026 10:00:00 GMT", "Mon, 02 Mar 2026 11:00:00 GMT"
	for name, c := range map[string]struct{ whole, part http.Header }{
		"other tag":   {http.Header{"Etag": {`"a"`}}, http.Header{"Etag": {`"b"`}}},
		"weak tag":    {http.Header{"Etag": {`"a"`}}, http.Header{"Etag": {`W/"a"`}}},
		"tag is gone": {http.Header{"Etag": {`"a"`}}, http.Header{}},
		"other date":  {http.Header{"Last-Modified": {first}}, http.Header{"Last-Modified": {later}}},
		"date to tag": {http.Header{"Last-Modified": {first}}, http.Header{"Last-Modified": {first}, "Etag": {`"b"`}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			old, now := randomBytes(300<<10), bytes.Repeat([]byte("new"), 100<<10)
			s := serve(t, old, nil)
			s.misbehave = func(_ int, w http.ResponseWriter, r *http.Request) bool {
				w.Header().Set("Content-Length", fmt.Sprint(len(now)))
				if r.Header.Get("Range") == "" && s.count() == 1 {
					maps.Copy(w.Header(), c.whole)
					_, _ = w.Write(old[:100<<10])
					flush(w)
					panic(http.ErrAbortHandler)
				}
				maps.Copy(w.Header(), c.part)
				var from int
				if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); err == nil {
					w.Header().Set("Content-Length", fmt.Sprint(len(now)-from))
					w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(now)-1, len(now)))
					w.WriteHeader(http.StatusPartialContent)
				}
				_, _ = w.Write(now[from:])
				return true
			}
			r, err := b.run(t, input(s.URL+"/a.mp4"))
			b.wantBytes(t, r, err, now)
			if s.count() != 3 || s.requests[1].Header.Get("If-Range") == "" || s.requests[2].Header.Get("Range") != "" {
				t.Errorf("%d requests", s.count())
			}
		})
	}
}

// A part need not repeat the date that If-Range named.
func TestResumesByDate(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := serve(t, randomBytes(300<<10), nil)
	s.etag = ""
	s.misbehave = func(n int, w http.ResponseWriter, _ *http.Request) bool {
		if n == 1 {
			w.Header().Set("Last-Modified", "Mon, 02 Mar 2020 10:00:00 GMT")
			w.Header().Set("Content-Length", fmt.Sprint(len(s.content)))
			_, _ = w.Write(s.content[:100<<10])
			flush(w)
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Content-Length", fmt.Sprint(200<<10))
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", 100<<10, 300<<10-1, 300<<10))
		w.WriteHeader(http.StatusPartialContent)
		_, _ = w.Write(s.content[100<<10:])
		return true
	}
	r, err := b.run(t, input(s.URL+"/a.mp4"))
	b.wantBytes(t, r, err, s.content)
}

func TestRetriesServerErrorsInTheMiddle(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var s *server
	s = serve(t, randomBytes(300<<10), func(n int, w http.ResponseWriter, r *http.Request) bool {
		if n == 1 {
			s.cutAfter(w, r, 100<<10)
		}
		if n <= 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		return n <= 3
	})
	r, err := b.run(t, input(s.URL+"/a.mp4"))
	b.wantBytes(t, r, err, s.content)
}

func TestBodyShorterThanPromised(t *testing.T) {
	t.Parallel()
	for _, ranges := range []bool{false, true} {
		b := setup(t)
		var s *server
		s = serve(t, randomBytes(1000), func(_ int, w http.ResponseWriter, r *http.Request) bool {
			if !ranges {
				r.Header.Del("Range")
			}
			size := 600
			if r.Header.Get("Range") != "" {
				size = 0
			}
			s.cutAfter(w, r, size)
			return true
		})
		_, err := b.run(t, input(s.URL+"/a.mp4"))
		b.wantError(t, err, vod.ClassMedia, vod.ReasonSourceUnreadable, "shorter than promised: its server announces 1000 bytes and twice sent only 600")
		if s.count() != 2 {
			t.Errorf("%d requests", s.count())
		}
	}
}

// reset ends the connection as a crashed host or a firewall does.
func reset(t *testing.T, w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	_, _ = conn.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc"))
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

func TestCutAgainAndAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	// An unknown length, so that an early end is a cut and no shortfall.
	s := serve(t, nil, func(_ int, w http.ResponseWriter, _ *http.Request) bool {
		_, _ = w.Write([]byte("abc"))
		flush(w)
		panic(http.ErrAbortHandler)
	})
	_, err := b.run(t, input(s.URL+"/a.mp4"))
	b.wantError(t, err, vod.ClassRemote, vod.ReasonUnreachable, "broke off after 3 bytes")
	if s.count() != 6 {
		t.Errorf("%d requests", s.count())
	}
	s = serve(t, nil, func(_ int, w http.ResponseWriter, _ *http.Request) bool { reset(t, w); return true })
	_, err = b.run(t, input(s.URL+"/a.mp4"))
	if vod.AsStepError(err).Class != vod.ClassRemote {
		t.Errorf("connection reset: %v", err)
	}
	b.wantNothing(t)
}
