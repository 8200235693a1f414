package mediahttp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Client is what a [Bucket] asks of [s3.Client].
type Client interface {
	GetObject(ctx context.Context, in *s3.GetObjectInput, o ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	HeadObject(ctx context.Context, in *s3.HeadObjectInput, o ...func(*s3.Options)) (*s3.HeadObjectOutput, error)
}

// Bucket serves the objects of an S3 bucket whose keys begin with the prefix,
// which is empty or ends with a slash. Bytes go through as they come. The log
// hears of what the storage refuses; clients are told only that it does.
//
// A plain request, for all or one range of a file, is one request to the
// bucket. One with conditions, which mostly ends without a body, asks for the
// file's size and age first.
func Bucket(client Client, bucket, prefix string, log *slog.Logger) Files {
	return &objects{client, bucket, prefix, log}
}

type objects struct {
	client Client
	bucket string
	prefix string
	log    *slog.Logger
}

// oneRange is a header Range that a bucket understands. Others may be ignored
// (RFC 9110 section 14.2), which is what happens to several ranges.
var oneRange = regexp.MustCompile(`^bytes=(\d+-\d*|-\d+)$`)

// open implements [Files].
func (o *objects) open(r *http.Request, name string) (answer, error) {
	ctx, key := r.Context(), o.prefix+name
	wanted := r.Header.Get("Range")
	if !oneRange.MatchString(wanted) {
		wanted = ""
	}
	if r.Method == http.MethodHead || conditional(r) {
		return o.consider(r, key)
	}
	found, err := o.get(ctx, key, wanted)
	if statusOf(err) == http.StatusRequestedRangeNotSatisfiable {
		return o.consider(r, key)
	}
	return found, o.explain(ctx, key, err)
}

// conditional tells whether the answer hangs on what the client has.
func conditional(r *http.Request) bool {
	for _, name := range []string{"If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range"} {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	return false
}

// consider looks at the object first, and fetches of it what the request then
// is to get.
func (o *objects) consider(r *http.Request, key string) (answer, error) {
	ctx := r.Context()
	out, err := o.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &o.bucket, Key: &key})
	if err != nil {
		return nil, o.explain(ctx, key, err)
	}
	about := &bodyless{etag: aws.ToString(out.ETag), mod: aws.ToTime(out.LastModified), size: aws.ToInt64(out.ContentLength)}
	if r.Method == http.MethodHead {
		return about, nil
	}
	// What net/http would answer, with all rules of RFC 9110 section 13.
	dry := &dryRun{header: http.Header{}}
	asHead := r.Clone(ctx)
	asHead.Method = http.MethodHead
	about.send(dry, asHead)
	wanted := ""
	switch dry.status {
	case http.StatusOK:
	case http.StatusPartialContent:
		if given := r.Header.Get("Range"); oneRange.MatchString(given) {
			wanted = given
		}
	default:
		return about, nil
	}
	found, err := o.get(ctx, key, wanted)
	return found, o.explain(ctx, key, err)
}

// get fetches an object, or a range of it.
func (o *objects) get(ctx context.Context, key, wanted string) (answer, error) {
	in := &s3.GetObjectInput{Bucket: &o.bucket, Key: &key}
	if wanted != "" {
		in.Range = &wanted
	}
	out, err := o.client.GetObject(ctx, in)
	if err != nil {
		return nil, err
	}
	return &object{out: out, broke: func(err error) {
		o.log.WarnContext(ctx, "media broke off on its way from the bucket", "bucket", o.bucket, "file", o.shown(key, key), "error", o.shown(key, err.Error()))
	}}, nil
}

// shown is a text about an object for the log: without the key of the media
// address, which is a capability, and which addresses in errors hold.
func (o *objects) shown(key, text string) string {
	capability, _, _ := strings.Cut(strings.TrimPrefix(key, o.prefix), "/")
	return strings.ReplaceAll(text, capability, "…")
}

// statusOf is that of the bucket's answer, 0 if there was none.
func statusOf(err error) int {
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		return response.HTTPStatusCode()
	}
	return 0
}

// explain turns an error of the bucket into one of this package. What it says
// goes to the log.
func (o *objects) explain(ctx context.Context, key string, err error) error {
	if err == nil {
		return nil
	}
	var api smithy.APIError
	code := ""
	if errors.As(err, &api) {
		code = api.ErrorCode()
	}
	status := statusOf(err)
	if status == http.StatusNotFound && code != "NoSuchBucket" {
		return fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	if ctx.Err() != nil {
		return err // The client has gone.
	}
	o.log.ErrorContext(ctx, "media cannot be read from the bucket", "bucket", o.bucket, "file", o.shown(key, key), "error", o.shown(key, err.Error()))
	if status >= 400 && status < 500 && status != http.StatusTooManyRequests {
		return &unavailable{http.StatusBadGateway, "The storage of media refuses this server. Its operator finds the reason in the log."}
	}
	return &unavailable{http.StatusServiceUnavailable, "The storage of media does not answer. Try again in a moment."}
}
