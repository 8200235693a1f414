package orchestrate

import (
	"context"
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Cancel asks an ingest to stop. It ends as CANCELLED once its work has
// stopped; one that is COMPLETED, SKIPPED or FAILED is a Conflict.
// A caller that chose no tenant reaches the ingests of all of its own.
func (s *Service) Cancel(ctx context.Context, by vod.Caller, id string) error {
	if err := by.RequireAnywhere(vod.CancelIngests); err != nil {
		return err
	}
	run, err := s.find(ctx, by, id)
	if err != nil {
		return err
	}
	by.Tenant = run.Ingest.Tenant
	if err := s.change(ctx, by, vod.CancelledIngest, run, plan.Cancel); err != nil {
		return err
	}
	return s.Engine.Wake(ctx, id)
}

// find gives the ingest with the id in whichever tenant the caller looks in.
// Where several have it, all but one have imported it: that one is meant.
func (s *Service) find(ctx context.Context, by vod.Caller, id string) (found vod.Run, err error) {
	tenants, err := s.Store.IngestTenants(ctx, id)
	if err != nil {
		return vod.Run{}, err
	}
	err = noIngest(id)
	for _, tenant := range tenants {
		if !by.LooksIn(tenant) || err == nil && !found.Ingest.Imported {
			continue
		}
		if found, err = s.Store.IngestGet(ctx, tenant, id); err != nil {
			return vod.Run{}, err
		}
	}
	return found, err
}

// Retry opens a FAILED or CANCELLED ingest again; any other is a Conflict.
func (s *Service) Retry(ctx context.Context, by vod.Caller, id string) error {
	if err := by.Require(vod.RetryIngests); err != nil {
		return err
	}
	run, err := s.Store.IngestGet(ctx, by.Tenant, id)
	if err != nil {
		return err
	}
	gone, err := s.gone(ctx, run) // Looked up before the transaction, which must be quick.
	if err != nil {
		return err
	}
	err = s.change(ctx, by, vod.RetriedIngest, run, func(run *vod.Run) error {
		if err := plan.RefuseRetry(run); err != nil {
			return err
		}
		p, _, err := ParseInput(run.Ingest.Input)
		if err != nil {
			return vod.Faultf(vod.Conflict, "The profile snapshot of ingest %s cannot be carried out: %v.", id, err)
		}
		return p.Retry(run, func(t vod.Task) bool {
			// By now its files may be on their way out.
			return !run.Ingest.Removed.IsZero() || gone(p.Steps()[t.Step], t)
		})
	})
	if err != nil {
		return err
	}
	s.wake(ctx, id)
	return nil
}

// gone tells of the run's tasks whether what they put out is gone: files, or
// the entry in the catalogue, which a cancel takes back.
func (s *Service) gone(ctx context.Context, run vod.Run) (func(vod.Step, vod.Task) bool, error) {
	entries, err := s.Store.CatalogEntries(ctx, run.Ingest.Tenant, run.Ingest.AssetID)
	if err != nil {
		return nil, err
	}
	published := slices.ContainsFunc(entries, func(p vod.Playback) bool { return p.IngestID == run.Ingest.ID })
	files := map[string]bool{} // by task: gone
	for _, t := range run.Tasks {
		out, err := t.OutputFilesets()
		files[t.ID] = err != nil || !s.Locations.Exists(ctx, run.Ingest.Tenant, out)
	}
	return func(step vod.Step, t vod.Task) bool {
		return files[t.ID] || step.IsCatalog() && !published
	}, nil
}

// change is [store.Ingests.IngestChange] for an ingest of the caller's tenant,
// with an audit entry where it changes the status or the schedule.
func (s *Service) change(ctx context.Context, by vod.Caller, action vod.Action, run vod.Run, change func(*vod.Run) error) error {
	if run.Ingest.Imported {
		return change(&run) // Refuses it: history does not change.
	}
	id := run.Ingest.ID
	changed := false
	err := s.Store.IngestChange(ctx, id, func(run *vod.Run) error {
		if run.Ingest.Tenant != by.Tenant {
			return noIngest(id)
		}
		before := run.Ingest
		if err := change(run); err != nil {
			return err
		}
		if changed = run.Ingest.Status != before.Status || !sameTurn(run.Ingest, before); changed {
			run.Audit = s.audit(by, action, run.Ingest)
		}
		return nil
	})
	if err == nil && changed {
		s.Log.InfoContext(ctx, string(action), "ingest", id, "tenant", by.Tenant, "by", by.Subject) //nolint:sloglint // A constant of vod.
	}
	return err
}

// audit is the entry for what the caller does to an ingest.
func (s *Service) audit(by vod.Caller, action vod.Action, in vod.Ingest) vod.AuditEntry {
	entry := by.Audit(s.Now(), action, in.ID)
	entry.AssetID = in.AssetID
	return entry
}

func noIngest(id string) error { return vod.Faultf(vod.NotFound, "There is no ingest %s.", id) }

// wake tells the engine of an ingest that is accepted. That it cannot be
// advanced now is no reason to refuse it: the engine tries again.
func (s *Service) wake(ctx context.Context, id string) {
	if err := s.Engine.Wake(ctx, id); err != nil {
		s.Log.ErrorContext(ctx, "accepted an ingest that cannot be advanced now", "ingest", id, "error", err)
	}
}
