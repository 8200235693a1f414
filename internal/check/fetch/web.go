package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Limits of reading over HTTP.
const (
	// blockSize is how much is asked for at once: boxes of a segment stand at
	// its start, so that one request does for most.
	blockSize = 128 << 10
	// maxWhole is the largest file that is kept in memory, of a server that
	// knows no ranges.
	maxWhole       = 64 << 20
	maxRedirects   = 5
	requestTimeout = time.Minute
)

// Web is a [Source] over HTTP. The client decides which addresses may be
// dialled, how often redirects are followed and how long a request may last.
type Web struct{ Client *http.Client }

// Resolve implements [Source].
func (w *Web) Resolve(base, reference string) (string, error) {
	b, err := url.Parse(base)
	if err != nil {
		return "", fmt.Errorf("%q is no address", clean(base))
	}
	u, err := b.Parse(reference)
	if err != nil {
		return "", errNoAddress
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return "", fmt.Errorf("%q %w of the web", clean(reference), ErrOutside)
	}
	return u.String(), nil
}

// Open implements [Source]. It asks for the first block that is needed, which tells
// the size.
func (w *Web) Open(ctx context.Context, address string, near int64) (File, error) {
	f := &webFile{ctx: ctx, web: w, address: address}
	if err := f.load(max(near, 0)); err != nil {
		return nil, err
	}
	return f, nil
}

// webFile keeps one block of a file, or all of it.
type webFile struct {
	ctx     context.Context //nolint:containedctx // io.ReaderAt has no place for it.
	web     *Web
	address string
	size    int64
	offset  int64 // of the block
	block   []byte
}

func (f *webFile) Size() int64  { return f.size }
func (f *webFile) Close() error { return nil }

// ReadAt implements [io.ReaderAt].
func (f *webFile) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) {
		at := off + int64(n)
		if at < 0 || at >= f.size {
			return n, io.EOF
		}
		if at < f.offset || at >= f.offset+int64(len(f.block)) {
			if err := f.load(at); err != nil {
				return n, err
			}
			if at >= f.offset+int64(len(f.block)) {
				return n, io.ErrUnexpectedEOF
			}
		}
		n += copy(p[n:], f.block[at-f.offset:])
	}
	return n, nil
}

// load asks for the block at the offset.
func (f *webFile) load(offset int64) error {
	req, err := http.NewRequestWithContext(f.ctx, http.MethodGet, f.address, http.NoBody)
	if err != nil {
		return fmt.Errorf("%q is no address", clean(f.address))
	}
	req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", offset, offset+blockSize-1))
	resp, err := f.web.Client.Do(req)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) { // which would show the address with its query
			err = wrapped.Err
		}
		return fmt.Errorf("get %s: %w", clean(f.address), err)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusPartialContent:
		return f.partial(resp, offset)
	case http.StatusOK:
		return f.whole(resp)
	case http.StatusRequestedRangeNotSatisfiable:
		if offset == 0 { // the file is empty
			return nil
		}
	case http.StatusNotFound, http.StatusGone:
		return fmt.Errorf("%s is %w: %s", clean(f.address), ErrMissing, resp.Status)
	}
	return fmt.Errorf("get %s: %s", clean(f.address), resp.Status)
}

func (f *webFile) partial(resp *http.Response, offset int64) error {
	_, total, ok := strings.Cut(resp.Header.Get("Content-Range"), "/")
	size, err := strconv.ParseInt(total, 10, 64)
	if !ok || err != nil || size < 0 {
		return fmt.Errorf("get %s: the server sends a range without the size", clean(f.address))
	}
	block, err := io.ReadAll(io.LimitReader(resp.Body, blockSize))
	if err != nil {
		return fmt.Errorf("get %s: %w", clean(f.address), err)
	}
	f.size, f.offset, f.block = size, offset, block
	return nil
}

func (f *webFile) whole(resp *http.Response) error {
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxWhole+1))
	if err != nil {
		return fmt.Errorf("get %s: %w", clean(f.address), err)
	}
	if len(data) > maxWhole {
		return fmt.Errorf("%s has more than %d bytes, and the server knows no ranges", clean(f.address), maxWhole)
	}
	f.size, f.offset, f.block = int64(len(data)), 0, data
	return nil
}

// NewClient makes a client for somebody's own machine, who may read from
// wherever that machine reaches.
func NewClient(base http.RoundTripper) *http.Client {
	return &http.Client{
		Transport: base, Timeout: requestTimeout,
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if len(via) >= maxRedirects {
				return fmt.Errorf("more than %d redirects", maxRedirects)
			}
			if req.URL.Scheme != "http" && req.URL.Scheme != "https" {
				return fmt.Errorf("a redirect %w of the web", ErrOutside)
			}
			return nil
		},
	}
}
