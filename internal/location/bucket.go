package location

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/objectstore"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// bucket is where the keys of a bucket go on after a prefix. There are no
// folders in it but what keys say.
type bucket struct {
	set    *Set
	tenant string // for whom it is used; empty: the server itself
	loc    vod.Location
	name   string
	prefix string // empty, or with a slash at its end
}

var _ tree = bucket{}

// bucketOf is the tree of a location of type s3, whose ARN has been checked.
func (s *Set) bucketOf(tenant string, loc vod.Location) bucket {
	name, prefix, _ := splitARN(loc.S3Arn)
	if prefix != "" {
		prefix += "/"
	}
	return bucket{set: s, tenant: tenant, loc: loc, name: name, prefix: prefix}
}

// objects is the client for it.
func (b bucket) objects(ctx context.Context) (*objectstore.Bucket, error) {
	return b.set.objects.Bucket(ctx, objectstore.Access{
		Endpoint: b.loc.Endpoint, Region: b.loc.Region, Role: b.loc.IAMRoleArn, Tenant: b.tenant,
	}, b.name)
}

func (b bucket) key() string                { return "s3://" + b.name + "/" + b.prefix }
func (b bucket) address(name string) string { return objectstore.URI(b.name, b.prefix+name) }
func (b bucket) show(name string) string    { return b.key() + name }
func (b bucket) settled() tree              { return b }

func (b bucket) below(a address) [][]string {
	rest, ok := strings.CutPrefix(a.path, b.prefix)
	if a.bucket != b.name || !ok {
		return nil
	}
	return [][]string{strings.Split(rest, "/")}
}

func (b bucket) folders(ctx context.Context, name string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		objects, err := b.objects(ctx)
		if err != nil {
			yield("", err)
			return
		}
		prefix := b.prefix
		if name != "" {
			prefix += name + "/"
		}
		for name, err := range objects.Folders(ctx, prefix) {
			if err == nil && !objectstore.Plain(name) {
				continue // Not ours, and not to be put into a path.
			}
			if !yield(name, err) {
				return
			}
		}
	}
}

func (b bucket) found(ctx context.Context, name string) (bool, error) {
	objects, err := b.objects(ctx)
	if err != nil {
		return false, err
	}
	return objects.Any(ctx, b.prefix+name+"/")
}

func (b bucket) newest(ctx context.Context, name string) (newest time.Time, err error) {
	objects, err := b.objects(ctx)
	if err != nil {
		return newest, err
	}
	for o, err := range objects.List(ctx, b.prefix+name+"/") {
		if err != nil {
			return newest, err
		}
		if o.Modified.After(newest) {
			newest = o.Modified
		}
	}
	return newest, nil
}

// remove takes the inventory away first: what is left of a folder then counts no
// more, whatever happens. Uploads under way are aborted, and the inventory of an
// attempt that goes on in spite of that is not there.
func (b bucket) remove(ctx context.Context, name string) error {
	objects, err := b.objects(ctx)
	if err != nil {
		return err
	}
	prefix := b.prefix + name + "/"
	if err := objects.Delete(ctx, prefix+InventoryName); err != nil {
		return fmt.Errorf("remove %s: %w", b.show(name), err)
	}
	if err := objects.Abort(ctx, prefix); err != nil {
		return fmt.Errorf("remove %s: %w", b.show(name), err)
	}
	if err := objects.Remove(ctx, prefix); err != nil {
		return fmt.Errorf("remove %s: %w", b.show(name), err)
	}
	return nil
}

func (b bucket) open(ctx context.Context, folder, name string) (io.ReadCloser, error) {
	objects, err := b.objects(ctx)
	if err != nil {
		return nil, err
	}
	return objects.Get(ctx, b.prefix+folder+"/"+name)
}

// check asks nobody: what is read next tells.
func (b bucket) check(context.Context, string, string) error { return nil }

// sizes lists the folder: a thousand files by one request.
func (b bucket) sizes(ctx context.Context, folder string, _ []Entry) (map[string]int64, error) {
	objects, err := b.objects(ctx)
	if err != nil {
		return nil, err
	}
	sizes := map[string]int64{}
	prefix := b.prefix + folder + "/"
	for o, err := range objects.List(ctx, prefix) {
		if err != nil {
			return nil, err
		}
		sizes[strings.TrimPrefix(o.Key, prefix)] = o.Size
	}
	return sizes, nil
}
