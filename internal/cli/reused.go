package cli

import (
	"encoding/json"
	"regexp"

	"github.com/via-orchestrate/orchestrate/client"
)

// storedPattern finds the ingest in the address of a stored file:
// TENANT/INGEST/TASK/ATTEMPT/NAME below its location.
var storedPattern = regexp.MustCompile(`/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/[0-9a-f-]{36}/[0-9]+/[^/]+$`)

// reused is the earlier ingest whose files a skipped one goes on with, or "" if
// their addresses do not tell, as those of imported history.
func reused(d *client.IngestDetail) string {
	if d.Status != client.IngestStatusSKIPPED {
		return ""
	}
	for _, t := range d.Tasks {
		var out struct {
			Filesets []struct {
				Files []struct {
					URI string `json:"uri"`
				} `json:"files"`
			} `json:"filesets"`
		}
		if t.Name != client.StageRETRIEVAL || json.Unmarshal(t.Outputs, &out) != nil {
			continue
		}
		for _, fs := range out.Filesets {
			for _, f := range fs.Files {
				if m := storedPattern.FindStringSubmatch(f.URI); m != nil && m[1] != d.IngestID {
					return m[1]
				}
			}
		}
	}
	return ""
}
