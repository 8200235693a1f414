package profiles

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// mostCounted is where the counts of each status end.
const mostCounted = 10_000

// uses tells how many ingests used a profile or a version of it.
type uses struct {
	Known bool
	Count int
	More  bool // at least so many
	Href  string
}

// uses counts the ingests of a profile's version, of all its versions for 0.
// Who may not see ingests is told nothing.
func (p *pages) uses(ctx context.Context, by vod.Caller, base, name string, version int64) (uses, error) {
	if !may(by, vod.ReadIngests) {
		return uses{}, nil
	}
	counts, err := p.Count(ctx, by, store.IngestFilter{ProfileName: name, ProfileVersion: version})
	if err != nil {
		return uses{}, err
	}
	query := url.Values{"profileName": {name}}
	if version != 0 {
		query.Set("profileVersionId", strconv.FormatInt(version, 10))
	}
	u := uses{Known: true, Href: base + "/ingests?" + query.Encode()}
	for _, n := range counts {
		u.Count += n
		u.More = u.More || n >= mostCounted
	}
	return u, nil
}

// may tells whether to ask at all for what only adds to a page.
func may(by vod.Caller, p vod.Permission) bool { return slices.Contains(by.Permissions, p) }

// sameChange is how far the time of a version may be from that of the audit
// entry of its change. They are the same unless the clock was set back.
const sameChange = time.Second

// appliers tells by version who applied it, as far as the audit log knows and
// the caller may read it. The versions are of one profile, newest first.
func (p *pages) appliers(ctx context.Context, by vod.Caller, versions []vod.ProfileVersion) (map[int64]string, error) {
	if !may(by, vod.ReadAudit) || len(versions) == 0 {
		return nil, nil
	}
	entries, _, err := p.AuditList(ctx, by, store.AuditFilter{
		Action: vod.AppliedProfile, Target: versions[0].Name, Limit: 500,
		From: at(versions[len(versions)-1].VersionID).Add(-sameChange), To: at(versions[0].VersionID).Add(2 * sameChange),
	})
	if err != nil {
		return nil, err
	}
	who := map[int64]string{}
	for _, v := range versions {
		distance := func(e vod.AuditEntry) time.Duration { return e.Time.Sub(at(v.VersionID)).Abs() }
		if len(entries) == 0 {
			break
		}
		near := slices.MinFunc(entries, func(a, b vod.AuditEntry) int { return int(distance(a) - distance(b)) })
		if distance(near) <= sameChange {
			who[v.VersionID] = near.Subject
		}
	}
	return who, nil
}

// at is when a version was applied: its id is that.
func at(versionID int64) time.Time { return time.UnixMilli(versionID).UTC() }
