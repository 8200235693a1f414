package location_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// FuzzLocal looks for an address or a tenant that reaches a file of another
// tenant, or one outside of the locations.
func FuzzLocal(f *testing.F) {
	dir := f.TempDir()
	store := filepath.Join(dir, "store")
	set, err := location.New(location.Config{
		Named:   map[string]vod.Location{"store": {Name: "store", Type: vod.LocationFile, Path: store}},
		Folders: map[string][]string{"*": {filepath.Join(dir, "shared")}},
	})
	if err != nil {
		f.Fatal(err)
	}
	job := newJob("acme")
	job.IngestID, job.TaskID = uuid.Nil.String(), uuid.Nil.String()
	folder, err := set.Create(f.Context(), job, vod.Location{Name: "store"})
	if err != nil {
		f.Fatal(err)
	}
	if _, err := folder.Commit(f.Context()); err != nil {
		f.Fatal(err)
	}
	rest, _ := strings.CutPrefix(folder.URI(location.InventoryName), location.FileURI(store))
	f.Add("acme", rest)
	f.Add("other", rest)
	f.Add("..", "/../store"+rest)
	f.Add("*", "%2f..%2f..")
	f.Fuzz(func(t *testing.T, tenant, rest string) {
		path, err := set.Local(t.Context(), step.Job{Tenant: tenant}, location.FileURI(store)+rest)
		if err == nil && (tenant != "acme" || filepath.Dir(path) != folder.Path()) {
			t.Errorf("tenant %q reads %s by %q", tenant, path, rest)
		}
	})
}
