package profiles

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/profile"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// mostUses is for how many profiles of a list the ingests are counted.
const mostUses = 100

// listed is a row of the list: the newest version of a profile.
type listed struct {
	Name, Href, Edit string
	Description      string
	BuiltIn          bool
	Version          int64
	Applied          time.Time
	Steps            int
	Uses             uses
}

func (p *pages) list(w http.ResponseWriter, r *page.Request) error {
	versions, err := p.ProfileList(r.Context(), r.Caller)
	if err != nil {
		return err
	}
	rows := make([]listed, len(versions))
	for i, v := range versions {
		steps, err := profile.DocumentSteps(v.Document)
		if err != nil {
			return err
		}
		rows[i] = listed{
			Name: v.Name, Href: address(r.Base(), v.Name, 0), Description: description(v), BuiltIn: builtIn(v),
			Version: v.VersionID, Applied: at(v.VersionID), Steps: len(steps),
		}
		if i < mostUses {
			if rows[i].Uses, err = p.uses(r.Context(), r.Caller, r.Base(), v.Name, 0); err != nil {
				return err
			}
		}
	}
	return p.show(w, r, http.StatusOK, p.kit.Text("profiles.title"), "profiles-list", rows)
}

// builtIn tells whether a version came with the program: it is no tenant's.
func builtIn(v vod.ProfileVersion) bool { return v.Tenant == "" }

// description is that of the document, "" for none.
func description(v vod.ProfileVersion) string {
	var doc struct {
		Description string `json:"description"`
	}
	if err := json.Unmarshal(v.Document, &doc); err != nil {
		return "" // The page of the version tells what is wrong with it.
	}
	return doc.Description
}
