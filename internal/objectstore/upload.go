package objectstore

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"io"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	tmtypes "github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"go.opentelemetry.io/otel/attribute"

	"github.com/via-orchestrate/orchestrate/internal/tracing"
)

const (
	// partSize is how much is sent or fetched at a time, in bytes: what is done
	// again after a cut. Parts under way are in memory.
	partSize = 8 << 20
	// partsAtOnce is how many parts of a file are under way.
	partsAtOnce = 4
	// abortTime is how long giving an upload up may take after its context's end.
	abortTime = 30 * time.Second
)

// File tells about an object that is written.
type File struct {
	Size         int64  // bytes
	SHA256       string // hexadecimal
	ContentType  string
	CacheControl string
}

// Large tells whether a file is sent in parts.
func Large(size int64) bool { return size > partSize }

// Put writes a file. The server compares its SHA-256: as a whole, or part by
// part for a [Large] one. An upload that fails is aborted.
func (b *Bucket) Put(ctx context.Context, key string, file *os.File, f File) (err error) {
	ctx, ended := tracing.Child(ctx, "s3.put", attribute.Int64("bytes", f.Size))
	defer func() { ended(err) }()
	if Large(f.Size) {
		return b.putParts(ctx, key, file, f)
	}
	return b.put(ctx, key, file, f)
}

// Write writes a small object.
func (b *Bucket) Write(ctx context.Context, key string, data []byte, f File) error {
	return b.put(ctx, key, bytes.NewReader(data), f)
}

func (b *Bucket) put(ctx context.Context, key string, body io.ReadSeeker, f File) error {
	sum, err := hex.DecodeString(f.SHA256)
	if err != nil {
		return err
	}
	_, err = b.Client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &b.Name, Key: &key, Body: body, ContentLength: &f.Size, ChecksumSHA256: aws.String(base64.StdEncoding.EncodeToString(sum)),
		ContentType: optional(f.ContentType), CacheControl: optional(f.CacheControl),
	})
	return b.explain(ctx, key, err)
}

func (b *Bucket) putParts(ctx context.Context, key string, file *os.File, f File) error {
	manager := transfermanager.New(b.Client, func(o *transfermanager.Options) {
		o.PartSizeBytes, o.MultipartUploadThreshold, o.Concurrency, o.FailTimeout = partSize, partSize, partsAtOnce, abortTime
	})
	_, err := manager.UploadObject(ctx, &transfermanager.UploadObjectInput{
		Bucket: &b.Name, Key: &key, Body: file, ChecksumAlgorithm: tmtypes.ChecksumAlgorithmSha256,
		ContentType: optional(f.ContentType), CacheControl: optional(f.CacheControl),
	})
	return b.explain(ctx, key, err)
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
