package client_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/via-orchestrate/orchestrate/client"
)

// tus is a tus server in memory that fails as it is told.
type tus struct {
	t       *testing.T
	data    bytes.Buffer
	cuts    []int // PATCH n takes so many bytes and cuts the connection; -1: takes all
	away    int   // so many HEADs are refused
	patches int
	refuse  int // status of every PATCH, if set
}

func (s *tus) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("Tus-Resumable") != "1.0.0" || r.Header.Get("Authorization") != "Bearer tok" {
		s.t.Errorf("%s: headers %v", r.Method, r.Header)
	}
	offset := func() string { return strconv.Itoa(s.data.Len()) }
	switch r.Method {
	case http.MethodPost:
		if r.Header.Get("Upload-Metadata") != "filename Y2xpcCDDpS5tcDQ=" {
			s.t.Errorf("metadata %q", r.Header.Get("Upload-Metadata"))
		}
		return answered(r, 201, "", "Location", "http://elsewhere.test/uploads/u1?x"), nil
	case http.MethodHead:
		if s.away--; s.away >= 0 {
			return nil, io.ErrUnexpectedEOF
		}
		return answered(r, 200, "", "Upload-Offset", offset()), nil
	}
	if r.URL.String() != "http://orchestrate.test/base/uploads/u1" || r.Header.Get("Content-Type") != "application/offset+octet-stream" {
		s.t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
	}
	s.patches++
	if s.refuse != 0 {
		return answered(r, s.refuse, ""), nil
	}
	if r.Header.Get("Upload-Offset") != offset() {
		return answered(r, 409, ""), nil
	}
	if s.patches <= len(s.cuts) && s.cuts[s.patches-1] >= 0 {
		if _, err := io.CopyN(&s.data, r.Body, int64(s.cuts[s.patches-1])); err != nil {
			return nil, err
		}
		return nil, errors.New("connection reset by peer")
	}
	if _, err := io.Copy(&s.data, r.Body); err != nil {
		return nil, err
	}
	return answered(r, 204, "", "Upload-Offset", offset()), nil
}

func (s *tus) upload(ctx context.Context, file io.ReadSeeker, size int, progress func(int64)) (string, error) {
	return newClient(s.t, client.Options{Token: "tok"}, s.RoundTrip).Upload(ctx, "clip å.mp4", file, int64(size), progress)
}

func randomBytes(n int) []byte {
	data := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{7}).Read(data)
	return data
}

// Cuts, and a server that is away for a while, cost nothing but time.
func TestUploadGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		data := randomBytes(300_000)
		s := &tus{t: t, cuts: []int{0, 100_000, 1, 0, 0, 150_000}, away: 5}
		var last int64
		uri, err := s.upload(t.Context(), bytes.NewReader(data), len(data), func(n int64) { last = n })
		if err != nil || uri != "upload:u1" {
			t.Fatalf("%q, %v", uri, err)
		}
		if !bytes.Equal(s.data.Bytes(), data) || last != int64(len(data)) {
			t.Errorf("%d bytes arrived, progress %d, want %d", s.data.Len(), last, len(data))
		}
	})
}

func TestUploadInChunks(t *testing.T) {
	t.Parallel()
	data := randomBytes(64<<20 + 1)
	s := &tus{t: t}
	if _, err := s.upload(t.Context(), bytes.NewReader(data), len(data), nil); err != nil {
		t.Fatal(err)
	}
	if s.patches != 2 || !bytes.Equal(s.data.Bytes(), data) {
		t.Errorf("%d requests, %d bytes", s.patches, s.data.Len())
	}
}

func TestEmptyUpload(t *testing.T) {
	t.Parallel()
	s := &tus{t: t}
	if uri, err := s.upload(t.Context(), strings.NewReader(""), 0, nil); err != nil || uri != "upload:u1" || s.patches != 0 {
		t.Errorf("%q, %v, %d requests", uri, err, s.patches)
	}
}

func TestUploadGivesUp(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server  tus
		size    int
		patches int
		message string
	}{
		"refused":     {server: tus{refuse: 413}, size: 5, patches: 1, message: "413"},
		"gone":        {server: tus{refuse: 404}, size: 5, patches: 1, message: "404"},
		"always busy": {server: tus{refuse: 423}, size: 5, patches: 8, message: "423"},
		"short file":  {size: 7, patches: 1, message: "2 bytes shorter"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := test.server
				s.t = t
				_, err := s.upload(t.Context(), strings.NewReader("12345"), test.size, nil)
				if err == nil || !strings.Contains(err.Error(), test.message) || s.patches != test.patches {
					t.Errorf("%d requests, %v", s.patches, err)
				}
			})
		})
	}
}

func TestUploadIsCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		stopped := errors.New("stopped")
		s := &tus{t: t, cuts: []int{1, 1}}
		_, err := s.upload(ctx, strings.NewReader("12345"), 5, func(n int64) {
			if n > 0 {
				cancel(stopped)
			}
		})
		if !errors.Is(err, stopped) {
			t.Errorf("%v", err)
		}
	})
}
