package objectstore

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"go.opentelemetry.io/otel/attribute"
	"golang.org/x/sync/errgroup"

	"github.com/via-orchestrate/orchestrate/internal/tracing"
)

const (
	// copyWhole is the largest object that the service copies by one request, in
	// bytes.
	copyWhole = 5 << 30
	// copyPart is how much of a larger one is copied by one request.
	copyPart = 1 << 30
)

// Copy has the service copy an object of a bucket of the [Bucket.SameService]
// to the key, as it was when o was made.
func (b *Bucket) Copy(ctx context.Context, from *Bucket, o Object, key string, f File) (err error) {
	ctx, ended := tracing.Child(ctx, "s3.copy", attribute.Int64("bytes", o.Size))
	defer func() { ended(err) }()
	if o.Size > copyWhole {
		return b.copyParts(ctx, from, o, key, f, copyPart)
	}
	_, err = b.Client.CopyObject(ctx, &s3.CopyObjectInput{
		Bucket: &b.Name, Key: &key, CopySource: from.copySource(o), CopySourceIfMatch: optional(o.ETag),
		MetadataDirective: types.MetadataDirectiveReplace, ContentType: optional(f.ContentType), CacheControl: optional(f.CacheControl),
	})
	return b.explain(ctx, o.Key, err)
}

// copySource is encoded like a query, in which a + is a space.
func (b *Bucket) copySource(o Object) *string {
	encoded := strings.NewReplacer("+", "%20", "%2F", "/").Replace(url.QueryEscape(b.Name + "/" + o.Key))
	return &encoded
}

// copyParts copies in parts, and aborts the upload when that fails.
func (b *Bucket) copyParts(ctx context.Context, from *Bucket, o Object, key string, f File, size int64) error {
	made, err := b.Client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
		Bucket: &b.Name, Key: &key, ContentType: optional(f.ContentType), CacheControl: optional(f.CacheControl),
	})
	if err != nil {
		return b.explain(ctx, key, err)
	}
	parts, err := b.copyRanges(ctx, from, o, key, made.UploadId, size)
	if err == nil {
		_, err = b.Client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
			Bucket: &b.Name, Key: &key, UploadId: made.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
		})
	}
	if err == nil {
		return nil
	}
	giveUp, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTime)
	defer cancel()
	_ = b.abort(giveUp, key, made.UploadId) // The sweeper does it otherwise.
	return b.explain(ctx, o.Key, err)
}

func (b *Bucket) copyRanges(ctx context.Context, from *Bucket, o Object, key string, id *string, size int64) ([]types.CompletedPart, error) {
	parts := make([]types.CompletedPart, (o.Size+size-1)/size)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(partsAtOnce)
	for i := range parts {
		group.Go(func() error {
			first := int64(i) * size
			number := int32(i + 1)
			out, err := b.Client.UploadPartCopy(ctx, &s3.UploadPartCopyInput{
				Bucket: &b.Name, Key: &key, UploadId: id, PartNumber: &number, CopySource: from.copySource(o), CopySourceIfMatch: optional(o.ETag),
				CopySourceRange: aws.String(fmt.Sprintf("bytes=%d-%d", first, min(first+size, o.Size)-1)),
			})
			if err == nil {
				parts[i] = types.CompletedPart{ETag: out.CopyPartResult.ETag, PartNumber: &number}
			}
			return err
		})
	}
	return parts, group.Wait()
}
