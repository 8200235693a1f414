package objectstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"go.opentelemetry.io/otel/attribute"
	"golang.org/x/sync/errgroup"

	"github.com/via-orchestrate/orchestrate/internal/tracing"
)

const (
	// rangeSize is how much of an object one request is for, in bytes, where
	// several go side by side.
	rangeSize = 32 << 20
	// maxCuts is how often in a row a connection may be cut without having
	// brought a byte.
	maxCuts = 5
)

var errStalled = errors.New("the transfer stands still")

// Download fetches an object by several ranges at a time. It is the object as
// it was when o was made: one that has changed since is an error. A range whose
// connection is cut goes on where it stopped.
func (b *Bucket) Download(ctx context.Context, o Object, to io.WriterAt) (err error) {
	ctx, ended := tracing.Child(ctx, "s3.get", attribute.Int64("bytes", o.Size))
	defer func() { ended(err) }()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(partsAtOnce)
	for at := int64(0); at < o.Size; at += rangeSize {
		group.Go(func() error {
			r := b.section(ctx, o, at, min(at+rangeSize, o.Size))
			defer r.Close()
			_, err := io.CopyBuffer(io.NewOffsetWriter(to, at), onlyReader{r}, make([]byte, 256<<10))
			return err
		})
	}
	return group.Wait()
}

// onlyReader hides what would make [io.CopyBuffer] ignore the buffer.
type onlyReader struct{ io.Reader }

// Reader reads an object from its start, as it was when o was made. The caller
// closes it.
func (b *Bucket) Reader(ctx context.Context, o Object) io.ReadCloser {
	return b.section(ctx, o, 0, o.Size)
}

func (b *Bucket) section(ctx context.Context, o Object, from, to int64) *section {
	return &section{ctx: ctx, bucket: b, object: o, at: from, end: to}
}

// section reads a part of an object, by as many requests as it takes.
type section struct {
	ctx    context.Context // of the reading
	bucket *Bucket
	object Object
	at     int64
	end    int64
	cuts   int // in a row

	body   io.ReadCloser // nil: none is open
	cancel context.CancelCauseFunc
	watch  *time.Timer // ends a request that stands still
	ended  context.Context
}

// Read implements [io.Reader].
func (s *section) Read(p []byte) (int, error) {
	for s.at < s.end {
		n, err := s.once(p[:min(int64(len(p)), s.end-s.at)])
		s.at += int64(n)
		if n > 0 {
			s.cuts = 0
			return n, nil
		}
		if err == nil {
			continue
		}
		if s.cuts++; s.cuts > maxCuts || !again(err) {
			return 0, s.bucket.explain(s.ctx, s.object.Key, err)
		}
		if err := wait(s.ctx, s.bucket.pause<<(s.cuts-1)); err != nil {
			return 0, err
		}
	}
	_ = s.Close() // It was read to its end.
	return 0, io.EOF
}

// once reads from the request that is open, or from a new one. After an error
// none is.
func (s *section) once(p []byte) (int, error) {
	if s.body == nil {
		if err := s.open(); err != nil {
			return 0, err
		}
	}
	s.watch.Reset(s.bucket.stall)
	n, err := s.body.Read(p)
	s.watch.Stop()
	if err == nil {
		return n, nil
	}
	if context.Cause(s.ended) == errStalled { //nolint:errorlint // The cause is this value itself.
		err = errStalled
	}
	_ = s.Close()
	if errors.Is(err, io.EOF) && s.at+int64(n) < s.end {
		err = &cutError{io.ErrUnexpectedEOF}
	}
	return n, &cutError{err}
}

// cutError is a body that broke off.
type cutError struct{ error }

func (e *cutError) Unwrap() error { return e.error }

// again tells whether another request may bring what this one did not. The SDK
// has tried requests again whose answers did not even begin.
func again(err error) bool {
	var cut *cutError
	return errors.As(err, &cut)
}

func (s *section) open() error {
	s.ended, s.cancel = context.WithCancelCause(s.ctx)
	cancel := s.cancel
	out, err := s.bucket.Client.GetObject(s.ended, &s3.GetObjectInput{
		Bucket: &s.bucket.Name, Key: &s.object.Key, IfMatch: optional(s.object.ETag),
		Range: aws.String(fmt.Sprintf("bytes=%d-%d", s.at, s.end-1)),
	})
	if err != nil {
		cancel(nil)
		return err
	}
	s.body = out.Body
	s.watch = time.AfterFunc(s.bucket.stall, func() { cancel(errStalled) })
	return nil
}

// Close implements [io.Closer]. It is idempotent.
func (s *section) Close() error {
	if s.body == nil {
		return nil
	}
	s.watch.Stop()
	s.cancel(nil)
	err := s.body.Close()
	s.body = nil
	return err
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
