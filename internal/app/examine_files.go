package app

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/via-orchestrate/orchestrate/internal/doctor"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/upload"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// examineFiles tries every bucket that the configuration names, and the way by
// which players get at the media.
func (p *core) examineFiles(ctx context.Context) (all []doctor.Finding) {
	ctx, cancel := context.WithTimeout(ctx, 2*examinePatience)
	defer cancel()
	locations := []vod.Location{p.config.StoreLocation(), p.config.MediaLocation()}
	locations[0].Name, locations[1].Name = location.NameStore, location.NameMedia
	for _, l := range p.config.Locations {
		locations = append(locations, l.Location)
	}
	for _, loc := range locations {
		if loc.Type == vod.LocationS3 {
			all = append(all, p.examineBucket(ctx, loc)...)
		}
	}
	if p.config.PublicURL == "" {
		return all
	}
	media, closeMedia, err := p.openFiles(ctx, p.config.MediaLocation())
	if err != nil {
		return append(all, doctor.Finding{Name: "media at public-url", State: doctor.Problem, Detail: err.Error()})
	}
	defer func() { _ = closeMedia() }() // Nothing was written but what was looked at.
	client := &http.Client{Timeout: examinePatience}
	return append(all, doctor.CheckMedia(ctx, client, p.config.PublicURL, storage{media}))
}

func (p *core) examineBucket(ctx context.Context, loc vod.Location) []doctor.Finding {
	name := "bucket of " + loc.Name
	files, _, err := p.openFiles(ctx, loc)
	if err != nil {
		return []doctor.Finding{{Name: name, State: doctor.Problem, Detail: err.Error()}}
	}
	found := doctor.CheckStorage(ctx, name, storage{files})
	if found.State != doctor.OK {
		return []doctor.Finding{found}
	}
	return append([]doctor.Finding{found}, p.examineClock(ctx, loc)...)
}

// examineClock looks at the time that the storage service puts into its answers,
// in whole seconds.
func (p *core) examineClock(ctx context.Context, loc vod.Location) []doctor.Finding {
	b, _, err := p.bucket(ctx, loc)
	if err != nil {
		return nil // It was used before, so there is such a bucket.
	}
	asked := time.Now()
	head, err := b.Client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &b.Name})
	if err != nil {
		return nil // Not everybody may ask for it.
	}
	date, ok := middleware.GetServerTime(head.ResultMetadata)
	if !ok {
		return nil
	}
	return []doctor.Finding{doctor.Clock("the storage of "+loc.Name, date, asked.Truncate(time.Second), time.Now())}
}

// storage is files as the doctor tries them.
type storage struct{ files upload.Objects }

// Put implements [doctor.Storage].
func (s storage) Put(ctx context.Context, key string, data []byte) (err error) {
	file, err := os.CreateTemp("", "orchestrate-doctor-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	if _, err := file.Write(data); err != nil {
		return err
	}
	return s.files.Put(ctx, key, file)
}

// Get implements [doctor.Storage].
func (s storage) Get(ctx context.Context, key string) ([]byte, error) {
	file, _, err := s.files.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

// List implements [doctor.Storage].
func (s storage) List(ctx context.Context, prefix string) (keys []string, err error) {
	for object, err := range s.files.List(ctx, prefix) {
		if err != nil {
			return nil, err
		}
		keys = append(keys, object.Key)
	}
	return keys, nil
}

// Remove implements [doctor.Storage]. A folder that was made for the file goes
// with it.
func (s storage) Remove(ctx context.Context, key string) error {
	err := s.files.Remove(ctx, key)
	if _, ok := s.files.(*upload.Folder); ok {
		err = errors.Join(err, s.files.Remove(ctx, path.Dir(key)))
	}
	return err
}
