package retrieval

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/objectstore"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// objectSource is an object of a bucket that the tenant may read.
type objectSource struct {
	bucket *objectstore.Bucket
	key    string
	shown  string
}

func openObject(ctx context.Context, locations *location.Set, job step.Job, address string) (source, error) {
	bucket, key, err := locations.Source(ctx, job.Tenant, address)
	if err != nil {
		return nil, err
	}
	return &objectSource{bucket: bucket, key: key, shown: address}, nil
}

func (o *objectSource) Name() string { return path.Base(o.key) }

func (o *objectSource) Close() error { return nil }

// CopyTo implements source. A cut connection goes on where it stopped; an object
// that is replaced meanwhile is an error.
func (o *objectSource) CopyTo(ctx context.Context, s *sink) error {
	object, err := o.bucket.Head(ctx, o.key)
	if err != nil {
		return o.explain(err)
	}
	if err := s.expect(object.Size); err != nil {
		return err
	}
	body := o.bucket.Reader(ctx, object)
	defer body.Close()
	for {
		n, err := body.Read(s.buffer)
		if _, werr := s.Write(s.buffer[:n]); werr != nil {
			return werr
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return o.explain(err)
		}
	}
}

// explain: that a source is missing is not a fault of the installation.
func (o *objectSource) explain(err error) error {
	var se *vod.StepError
	if !errors.As(err, &se) || se.Reason != vod.ReasonSourceMissing {
		return err
	}
	return &vod.StepError{
		Class: vod.ClassMedia, Reason: vod.ReasonSourceMissing, Cause: err,
		Message: fmt.Sprintf("%s does not exist.", o.shown),
		Hint:    "Check the address, and submit the right one.",
	}
}
