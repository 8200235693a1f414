package retrieval

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// source is a file to copy.
type source interface {
	// Name is what the source calls the file; not safe.
	Name() string
	// CopyTo copies the whole file into an empty sink. It can be called again.
	// Errors are a [vod.StepError], or any at all when ctx is done.
	CopyTo(ctx context.Context, s *sink) error
	Close() error
}

// open finds the source of an address as shown in documents.
func (r *Runner) open(ctx context.Context, job step.Job, shown string) (source, error) {
	address := shown
	if full, ok := job.Sources[shown]; ok {
		address = full
	}
	scheme, rest, _ := strings.Cut(address, ":")
	switch strings.ToLower(scheme) {
	case "http", "https":
		u, err := url.Parse(address)
		if err != nil || u.Hostname() == "" || u.User != nil {
			break
		}
		u.Fragment = ""
		return &httpSource{
			client: r.config.Client, url: u, shown: shown,
			stall: r.config.Stall, pause: r.config.Pause, log: job.Log,
		}, nil
	case "s3":
		return openObject(ctx, r.config.Locations, job, address)
	case "file":
		return openFile(r.config.SourceDirs, address)
	case "upload":
		return openUpload(ctx, r.config.Uploads, job.Tenant, rest)
	}
	return nil, &vod.StepError{
		Class: vod.ClassConfig, Reason: vod.ReasonConfig,
		Message: fmt.Sprintf("%s is not an address that can be read.", shown),
		Hint:    "Use an http, https, s3 or file address without user name, or upload the file.",
	}
}
