package mediahttp

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// bodyless is an answer without a body: to HEAD, or 304, 412 and 416.
type bodyless struct {
	etag string
	mod  time.Time
	size int64
}

func (b *bodyless) send(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", b.etag)
	http.ServeContent(w, r, "", b.mod, &hollow{size: b.size})
}

func (b *bodyless) close() {}

// hollow has the size of a file, but not its bytes.
type hollow struct{ size, at int64 }

// Seek implements [io.Seeker].
func (h *hollow) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
		h.at = offset
	case io.SeekCurrent:
		h.at += offset
	case io.SeekEnd:
		h.at = h.size + offset
	}
	return h.at, nil
}

// Read implements [io.Reader]. Nobody reads what has no body.
func (h *hollow) Read([]byte) (int, error) { return 0, errors.ErrUnsupported }

// dryRun takes an answer without a body, and keeps its status.
type dryRun struct {
	header http.Header
	status int
}

// Header implements [http.ResponseWriter].
func (d *dryRun) Header() http.Header { return d.header }

// Write implements [http.ResponseWriter].
func (d *dryRun) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader implements [http.ResponseWriter].
func (d *dryRun) WriteHeader(status int) { d.status = status }

// object is an answer of the bucket, whose body is yet to come.
type object struct {
	out   *s3.GetObjectOutput
	broke func(error) // hears of a body that the bucket broke off
}

func (o *object) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Accept-Ranges", "bytes")
	h.Set("ETag", aws.ToString(o.out.ETag))
	h.Set("Last-Modified", aws.ToTime(o.out.LastModified).UTC().Format(http.TimeFormat))
	h.Set("Content-Length", strconv.FormatInt(aws.ToInt64(o.out.ContentLength), 10))
	status := http.StatusOK
	if part := aws.ToString(o.out.ContentRange); part != "" {
		h.Set("Content-Range", part)
		status = http.StatusPartialContent
	}
	w.WriteHeader(status)
	body := &watched{Reader: o.out.Body}
	if _, err := io.Copy(w, body); err != nil {
		if body.err != nil && r.Context().Err() == nil {
			o.broke(err)
		}
		panic(http.ErrAbortHandler) // So that nobody takes the part for the whole.
	}
}

// watched keeps the error of a reader, to tell it from one of the client's
// connection.
type watched struct {
	io.Reader
	err error
}

// Read implements [io.Reader].
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

func (o *object) close() { _ = o.out.Body.Close() } // It was only read.
