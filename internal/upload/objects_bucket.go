package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// BucketClient is what a [Bucket] asks of [s3.Client].
type BucketClient interface {
	transfermanager.S3APIClient
	DeleteObject(ctx context.Context, in *s3.DeleteObjectInput, o ...func(*s3.Options)) (*s3.DeleteObjectOutput, error)
	s3.ListMultipartUploadsAPIClient
}

// Bucket is [Objects] in an S3 bucket. It is safe for concurrent use.
type Bucket struct {
	client BucketClient
	bucket string
	prefix string
}

// NewBucket keeps files in the bucket, under keys that begin with the prefix,
// which is empty or ends with a slash.
func NewBucket(client BucketClient, bucket, prefix string) *Bucket {
	return &Bucket{client, bucket, prefix}
}

func (b *Bucket) key(key string) *string { return aws.String(b.prefix + key) }

// Put implements [Objects]: large files in parts, several at a time.
func (b *Bucket) Put(ctx context.Context, key string, file *os.File) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := transfermanager.New(b.client).UploadObject(ctx, &transfermanager.UploadObjectInput{
		Bucket: &b.bucket, Key: b.key(key), Body: file,
	})
	return b.explain(key, err)
}

// Get implements [Objects].
func (b *Bucket) Get(ctx context.Context, key string) (io.ReadSeekCloser, Object, error) {
	head, err := b.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &b.bucket, Key: b.key(key)})
	if err != nil {
		return nil, Object{}, b.explain(key, err)
	}
	o := Object{key, aws.ToInt64(head.ContentLength), aws.ToTime(head.LastModified)}
	return &object{ctx: ctx, bucket: b, key: key, size: o.Size, etag: head.ETag}, o, nil
}

// List implements [Objects].
func (b *Bucket) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{Bucket: &b.bucket, Prefix: b.key(prefix)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(Object{}, b.explain(prefix, err))
				return
			}
			for _, o := range page.Contents {
				key := strings.TrimPrefix(aws.ToString(o.Key), b.prefix)
				if !yield(Object{key, aws.ToInt64(o.Size), aws.ToTime(o.LastModified)}, nil) {
					return
				}
			}
		}
	}
}

// Remove implements [Objects].
func (b *Bucket) Remove(ctx context.Context, key string) error {
	_, err := b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.bucket, Key: b.key(key)})
	if err = b.explain(key, err); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Tidy implements [Objects]: parts of large files stay until their upload ends.
func (b *Bucket) Tidy(ctx context.Context, prefix string, before time.Time) error {
	pages := s3.NewListMultipartUploadsPaginator(b.client, &s3.ListMultipartUploadsInput{Bucket: &b.bucket, Prefix: b.key(prefix)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return b.explain(prefix, err)
		}
		for _, u := range page.Uploads {
			if !aws.ToTime(u.Initiated).Before(before) {
				continue
			}
			_, err := b.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &b.bucket, Key: u.Key, UploadId: u.UploadId})
			if ended := (*types.NoSuchUpload)(nil); err != nil && !errors.As(err, &ended) {
				return b.explain(strings.TrimPrefix(aws.ToString(u.Key), b.prefix), err)
			}
		}
	}
	return nil
}

func (b *Bucket) explain(key string, err error) error {
	var noKey *types.NoSuchKey
	var notFound *types.NotFound
	switch {
	case err == nil:
		return nil
	case errors.As(err, &noKey) || errors.As(err, &notFound):
		return fmt.Errorf("s3://%s/%s%s: %w", b.bucket, b.prefix, key, fs.ErrNotExist)
	}
	return fmt.Errorf("s3://%s/%s%s: %w", b.bucket, b.prefix, key, err)
}

// maxCuts is how many requests in a row may bring nothing of an object's body.
const maxCuts = 5

// object reads an object as it was when it was opened, from where it is told to,
// by as many requests as it takes.
type object struct {
	ctx    context.Context
	bucket *Bucket
	key    string
	size   int64
	etag   *string
	at     int64
	body   io.ReadCloser // nil: none is open
	cuts   int           // in a row
}

// Read implements [io.Reader].
func (o *object) Read(p []byte) (int, error) {
	for o.at < o.size {
		n, err := o.once(p)
		o.at += int64(n)
		if n > 0 {
			o.cuts = 0
			return n, nil
		}
		if o.cuts++; err != nil && (o.cuts > maxCuts || o.ctx.Err() != nil || o.body == nil) {
			return 0, o.bucket.explain(o.key, err)
		}
		if err != nil {
			_ = o.Close() // The error is that of the reading.
		}
	}
	return 0, io.EOF
}

// once reads from the request that is open, or from a new one. If there is none
// after an error it was refused.
func (o *object) once(p []byte) (int, error) {
	if o.body == nil {
		out, err := o.bucket.client.GetObject(o.ctx, &s3.GetObjectInput{
			Bucket: &o.bucket.bucket, Key: o.bucket.key(o.key), Range: aws.String(fmt.Sprintf("bytes=%d-", o.at)), IfMatch: o.etag,
		})
		if err != nil {
			return 0, err
		}
		o.body = out.Body
	}
	n, err := o.body.Read(p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// Seek implements [io.Seeker].
func (o *object) Seek(offset int64, whence int) (int64, error) {
	at := offset
	switch whence {
	case io.SeekCurrent:
		at += o.at
	case io.SeekEnd:
		at += o.size
	}
	if at < 0 {
		return 0, errors.New("seek before the beginning")
	}
	if at == o.at {
		return at, nil
	}
	o.at = at
	return at, o.Close()
}

// Close implements [io.Closer].
func (o *object) Close() error {
	if o.body == nil {
		return nil
	}
	body := o.body
	o.body = nil
	return body.Close()
}
