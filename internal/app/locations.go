package app

import (
	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// newLocations puts the operator's locations beside the built-in ones. A
// folder that a tenant may use by name it may also use inline, and what is
// below it.
func newLocations(c config.Config) (*location.Set, error) {
	store, media := c.StoreLocation(), c.MediaLocation()
	store.Name, media.Name = location.NameStore, location.NameMedia
	set := location.Config{
		Named: map[string]vod.Location{
			location.NameStore:  store,
			location.NameMedia:  media,
			location.NamePublic: {Name: location.NamePublic, Type: vod.LocationWeb, BaseURL: c.PublicURL + "/media"},
		},
		Media: media.Path, Tenants: map[string][]string{}, Folders: map[string][]string{},
	}
	for _, l := range c.Locations {
		set.Named[l.Name] = l.Location
		set.Tenants[l.Name] = l.Tenants
		if l.Type != vod.LocationFile {
			continue
		}
		for _, tenant := range l.Tenants {
			set.Folders[tenant] = append(set.Folders[tenant], l.Path)
		}
	}
	return location.New(set)
}
