package client

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// fileError is a failure of the caller's file, not of the connection.
type fileError struct{ err error }

func (e *fileError) Error() string { return "read the file: " + e.err.Error() }
func (e *fileError) Unwrap() error { return e.err }

// passing tells whether going on with an upload may help after err.
func passing(err error) bool {
	var file *fileError
	if errors.As(err, &file) {
		return false
	}
	switch s := status(err); s {
	case 0: // the connection
		return true
	case http.StatusConflict, http.StatusLocked, http.StatusTooManyRequests, http.StatusRequestTimeout:
		return true
	default:
		return s >= 500
	}
}

// counted is a chunk of a file as the body of a request. Reading it after stop
// fails without touching the file.
type counted struct {
	mu       sync.Mutex
	file     io.Reader
	left     int64
	sent     int64
	progress func(int64)
	stopped  bool
	err      error // of the file
}

// Read implements io.Reader.
func (b *counted) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped || b.err != nil {
		return 0, errors.New("the request is over")
	}
	if b.left == 0 {
		return 0, io.EOF
	}
	n, err := b.file.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	b.sent += int64(n)
	if n > 0 {
		b.progress(b.sent)
	}
	if err != nil && b.left > 0 {
		if errors.Is(err, io.EOF) {
			err = fmt.Errorf("it is %d bytes shorter than said: %w", b.left, io.ErrUnexpectedEOF)
		}
		b.err = &fileError{err}
		return n, b.err
	}
	return n, nil
}

// stop waits for a read under way, forbids further ones, and gives the file's
// error, if any.
func (b *counted) stop() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopped = true
	return b.err
}
