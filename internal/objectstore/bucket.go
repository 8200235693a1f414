package objectstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

// deleteBatch is how many objects one request can delete.
const deleteBatch = 1000

// Bucket is a bucket. It is safe for concurrent use. Errors are a
// [vod.StepError], or that of the context.
type Bucket struct {
	Client *s3.Client
	Name   string

	access Access
	stall  time.Duration
	pause  time.Duration
}

// Object is what a bucket says of an object.
type Object struct {
	Key      string
	Size     int64 // bytes
	ETag     string
	Modified time.Time
}

// URI is the address of an object: s3://bucket/key, percent-encoded as
// addresses are (RFC 3986).
func (b *Bucket) URI(key string) string { return URI(b.Name, key) }

// URI is the address of an object of a bucket.
func URI(bucket, key string) string {
	return (&url.URL{Scheme: "s3", Host: bucket, Path: "/" + key}).String()
}

var errAddress = errors.New("the address is not that of an object, like s3://bucket/folder/name")

// Parse reads an address. Keys that are not like the path of a file, with empty
// or dot elements or control characters, are refused: they come to be others
// when they are put together or shown.
func Parse(uri string) (bucket, key string, err error) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "s3" || u.Opaque != "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" ||
		u.Host == "" || u.Port() != "" || !Plain(strings.TrimPrefix(u.Path, "/")) {
		return "", "", errAddress
	}
	return u.Host, strings.TrimPrefix(u.Path, "/"), nil
}

// Plain tells whether a key is like the path of a file.
func Plain(key string) bool {
	if !utf8.ValidString(key) || strings.ContainsFunc(key, unicode.IsControl) {
		return false
	}
	return !slices.ContainsFunc(strings.Split(key, "/"), func(e string) bool { return e == "" || e == "." || e == ".." })
}

// SameService tells whether one request can have to do with both buckets.
func (b *Bucket) SameService(other *Bucket) bool {
	return b.access.Endpoint == other.access.Endpoint && b.access.Role == other.access.Role && b.access.Tenant == other.access.Tenant
}

// Head looks at an object.
func (b *Bucket) Head(ctx context.Context, key string) (Object, error) {
	out, err := b.Client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &b.Name, Key: &key})
	if err != nil {
		return Object{}, b.explain(ctx, key, b.orNoBucket(ctx, key, err))
	}
	return Object{key, aws.ToInt64(out.ContentLength), aws.ToString(out.ETag), aws.ToTime(out.LastModified)}, nil
}

// orNoBucket asks what is missing, where HEAD finds no object: its answer has no
// body that would say. It asks for what a policy that is limited to a prefix lets
// be asked for.
func (b *Bucket) orNoBucket(ctx context.Context, key string, err error) error {
	if _, status := codeOf(err); status != http.StatusNotFound {
		return err
	}
	_, listed := b.Any(ctx, key)
	if code, _ := codeOf(listed); listed != nil && troubleOf(code) != unknown {
		return listed
	}
	return err
}

// Get opens an object for reading it once. The caller closes it. A cut
// connection is gone on with.
func (b *Bucket) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	o, err := b.Head(ctx, key)
	if err != nil {
		return nil, err
	}
	return b.Reader(ctx, o), nil
}

// List gives all objects whose keys begin with the prefix, in their order. It
// ends with an error.
func (b *Bucket) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		pages := s3.NewListObjectsV2Paginator(b.Client, &s3.ListObjectsV2Input{Bucket: &b.Name, Prefix: &prefix})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(Object{}, b.explain(ctx, "", err))
				return
			}
			for _, o := range page.Contents {
				if !yield(Object{aws.ToString(o.Key), aws.ToInt64(o.Size), aws.ToString(o.ETag), aws.ToTime(o.LastModified)}, nil) {
					return
				}
			}
		}
	}
}

// Folders gives the elements that follow on the prefix, which is empty or ends
// with a slash, in keys that go on after them. It ends with an error.
func (b *Bucket) Folders(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		pages := s3.NewListObjectsV2Paginator(b.Client, &s3.ListObjectsV2Input{Bucket: &b.Name, Prefix: &prefix, Delimiter: aws.String("/")})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield("", b.explain(ctx, "", err))
				return
			}
			for _, p := range page.CommonPrefixes {
				name := strings.TrimSuffix(strings.TrimPrefix(aws.ToString(p.Prefix), prefix), "/")
				if name != "" && !yield(name, nil) {
					return
				}
			}
		}
	}
}

// Any tells whether there is an object whose key begins with the prefix.
func (b *Bucket) Any(ctx context.Context, prefix string) (bool, error) {
	out, err := b.Client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &b.Name, Prefix: &prefix, MaxKeys: aws.Int32(1)})
	if err != nil {
		return false, b.explain(ctx, "", err)
	}
	return len(out.Contents) > 0, nil
}

// Remove deletes all objects whose keys begin with the prefix.
func (b *Bucket) Remove(ctx context.Context, prefix string) error {
	batch := make([]types.ObjectIdentifier, 0, deleteBatch)
	for o, err := range b.List(ctx, prefix) {
		if err != nil {
			return err
		}
		if batch = append(batch, types.ObjectIdentifier{Key: aws.String(o.Key)}); len(batch) == deleteBatch {
			if err := b.delete(ctx, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	return b.delete(ctx, batch)
}

// Delete deletes objects; such as are not there are no error.
func (b *Bucket) Delete(ctx context.Context, keys ...string) error {
	for chunk := range slices.Chunk(keys, deleteBatch) {
		batch := make([]types.ObjectIdentifier, len(chunk))
		for i, key := range chunk {
			batch[i].Key = aws.String(key)
		}
		if err := b.delete(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bucket) delete(ctx context.Context, batch []types.ObjectIdentifier) error {
	if len(batch) == 0 {
		return nil
	}
	out, err := b.Client.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &b.Name, Delete: &types.Delete{Objects: batch, Quiet: aws.Bool(true)}})
	if err != nil {
		return b.explain(ctx, "", err)
	}
	if len(out.Errors) > 0 {
		first := out.Errors[0]
		why := &smithy.GenericAPIError{Code: aws.ToString(first.Code), Message: aws.ToString(first.Message)}
		return b.explain(ctx, "", fmt.Errorf("%d objects were not deleted; %s: %w", len(out.Errors), b.URI(aws.ToString(first.Key)), why))
	}
	return nil
}

// Upload is one in parts that has not ended. A server that went away leaves
// some that nobody sees and the bucket's owner pays for.
type Upload struct {
	Key   string
	Begun time.Time
	id    *string
}

// Uploads gives the uploads whose keys begin with the prefix. It ends with an
// error.
func (b *Bucket) Uploads(ctx context.Context, prefix string) iter.Seq2[Upload, error] {
	return func(yield func(Upload, error) bool) {
		pages := s3.NewListMultipartUploadsPaginator(b.Client, &s3.ListMultipartUploadsInput{Bucket: &b.Name, Prefix: &prefix})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(Upload{}, b.explain(ctx, "", err))
				return
			}
			for _, u := range page.Uploads {
				if !yield(Upload{aws.ToString(u.Key), aws.ToTime(u.Initiated), u.UploadId}, nil) {
					return
				}
			}
		}
	}
}

// Abort gives up all uploads whose keys begin with the prefix.
func (b *Bucket) Abort(ctx context.Context, prefix string) error {
	for u, err := range b.Uploads(ctx, prefix) {
		if err == nil {
			err = b.abort(ctx, u.Key, u.id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// abort takes an upload that has ended in the meantime for aborted.
func (b *Bucket) abort(ctx context.Context, key string, id *string) error {
	_, err := b.Client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &b.Name, Key: &key, UploadId: id})
	if code, _ := codeOf(err); code == "NoSuchUpload" {
		return nil
	}
	return b.explain(ctx, key, err)
}
