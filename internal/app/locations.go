package app

import (
	"context"
	"errors"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/mediahttp"
	"github.com/via-orchestrate/orchestrate/internal/objectstore"
	"github.com/via-orchestrate/orchestrate/internal/upload"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// newLocations puts the operator's locations beside the built-in ones. A
// folder or bucket that a tenant may use by name it may also use inline, and what
// is below it.
func newLocations(c config.Config, objects *objectstore.Clients) (*location.Set, error) {
	store, media := c.StoreLocation(), c.MediaLocation()
	store.Name, media.Name = location.NameStore, location.NameMedia
	set := location.Config{
		Named: map[string]vod.Location{
			location.NameStore:  store,
			location.NameMedia:  media,
			location.NamePublic: {Name: location.NamePublic, Type: vod.LocationWeb, BaseURL: c.PublicURL + "/media"},
		},
		Media: location.FolderOf(media), Tenants: map[string][]string{}, Folders: map[string][]string{}, Buckets: map[string][]vod.Location{},
		Objects: objects,
	}
	for _, l := range c.Locations {
		set.Named[l.Name] = l.Location
		set.Tenants[l.Name] = l.Tenants
		for _, tenant := range l.Tenants {
			switch l.Type {
			case vod.LocationFile:
				set.Folders[tenant] = append(set.Folders[tenant], l.Path)
			case vod.LocationS3:
				set.Buckets[tenant] = append(set.Buckets[tenant], l.Location)
			case vod.LocationWeb:
			}
		}
	}
	return location.New(set)
}

// bucket is a bucket of the operator's, and what keys of the location begin with:
// nothing, or a prefix with a slash at its end.
func (p *core) bucket(ctx context.Context, loc vod.Location) (_ *objectstore.Bucket, prefix string, err error) {
	name, prefix, found := strings.Cut(strings.TrimPrefix(loc.S3Arn, "arn:aws:s3:::"), "/")
	if found {
		prefix += "/"
	}
	b, err := p.objects.Bucket(ctx, objectstore.Access{Endpoint: loc.Endpoint, Region: loc.Region, Role: loc.IAMRoleArn}, name)
	return b, prefix, err
}

// openMedia gives what is served below /media/.
func (p *core) openMedia(ctx context.Context) (mediahttp.Files, error) {
	loc := p.config.MediaLocation()
	if loc.Type == vod.LocationFile {
		return mediahttp.Folder(loc.Path), nil
	}
	b, prefix, err := p.bucket(ctx, loc)
	if err != nil {
		return nil, err
	}
	return mediahttp.Bucket(b.Client, b.Name, prefix, p.log), nil
}

// openFiles gives files at a location of the operator's that are no attempt's:
// uploads, and those that the doctor tries it with.
func (p *core) openFiles(ctx context.Context, loc vod.Location) (_ upload.Objects, closeFiles func() error, err error) {
	if loc.Type == vod.LocationFile {
		folder, err := upload.OpenFolder(loc.Path)
		if err != nil {
			return nil, nil, err
		}
		return folder, folder.Close, nil
	}
	b, prefix, err := p.bucket(ctx, loc)
	if err != nil {
		return nil, nil, err
	}
	return upload.NewBucket(b.Client, b.Name, prefix), func() error { return nil }, nil
}

// openShelf is where uploads are for all processes, nil where there is one.
func (p *core) openShelf(ctx context.Context) (*upload.Shelf, error) {
	if !p.config.Postgres() {
		return nil, nil
	}
	files, closeFiles, err := p.openFiles(ctx, p.config.StoreLocation())
	if err != nil {
		return nil, errors.Join(errors.New("open where uploads are kept for all processes"), err)
	}
	p.onClose(closeFiles)
	return upload.NewShelf(files), nil
}
