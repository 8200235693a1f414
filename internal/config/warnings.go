package config

import (
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Warnings tells what may be meant, and more often is not.
func (c *Config) Warnings() (all []string) {
	if !c.Postgres() {
		return nil
	}
	for _, root := range []struct {
		key string
		loc vod.Location
	}{{"media-root", c.MediaLocation()}, {"store-root", c.StoreLocation()}} {
		if root.loc.Type == vod.LocationFile {
			all = append(all, fmt.Sprintf("%s: every server and worker must reach the same folder %s under this path; a bucket (s3://…) needs no shared disk", root.key, root.loc.Path))
		}
	}
	return all
}
