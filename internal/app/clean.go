package app

import (
	"time"

	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/retention"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// hasty is below what anybody would keep history for: it is likely a slip.
const hasty = time.Hour

// warnOfHaste tells of ages by which history is soon gone.
func (a *App) warnOfHaste() {
	ages := map[string]config.Age{"": a.config.Retention.Ingests}
	for tenant := range a.config.Retention.Tenants {
		_, ages[tenant], _ = a.config.Retention.Of(tenant)
	}
	for tenant, age := range ages {
		if age > 0 && time.Duration(age) < hasty {
			a.log.Warn("retention-ingests deletes ingests soon after their end", "after", time.Duration(age), "tenant", tenant)
		}
	}
}

// newRetention makes what removes what nobody needs any more.
func (a *App) newRetention() *retention.Worker {
	return &retention.Worker{
		Remover: &retention.Remover{Store: a.store, Locations: a.locations, Now: vod.Now, Log: a.log, Entered: make(chan struct{}, 1)},
		Store:   a.store, Policy: a.policy, Uploads: a.uploads.Sweep, Removed: a.metrics.Swept,
	}
}

// statisticsAge is how long statistics are kept: a year and a month.
const statisticsAge = 400 * 24 * time.Hour

// policy is how long a tenant's things are kept. Statistics name ingests and
// assets in their examples of errors, so they go with the audit log where that
// has an end.
func (a *App) policy(tenant string) retention.Policy {
	replaced, ingests, audit := a.config.Retention.Of(tenant)
	p := retention.Policy{
		Replaced: time.Duration(replaced), Ingests: time.Duration(ingests), Audit: time.Duration(audit), Statistics: statisticsAge,
	}
	if p.Audit > 0 {
		p.Statistics = p.Audit
	}
	return p
}

// uploadInUse tells whether an ingest that is not over reads the upload.
func (a *App) uploadInUse(tenant, id string) (bool, error) {
	return a.store.UploadInUse(a.background, tenant, id)
}
