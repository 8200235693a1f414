package orchestrate

import (
	"context"

	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Cancel asks an ingest to stop. It ends as CANCELLED once its work has
// stopped; one that is COMPLETED, SKIPPED or FAILED is a Conflict.
func (s *Service) Cancel(ctx context.Context, tenant, id string) error {
	if _, err := s.Store.IngestGet(ctx, tenant, id); err != nil {
		return err
	}
	if err := s.Store.IngestChange(ctx, id, plan.Cancel); err != nil {
		return err
	}
	s.Log.Info("cancel", "ingest", id, "tenant", tenant)
	return s.Engine.Wake(ctx, id)
}

// Retry opens a FAILED or CANCELLED ingest again; any other is a Conflict.
func (s *Service) Retry(ctx context.Context, tenant, id string) error {
	run, err := s.Store.IngestGet(ctx, tenant, id)
	if err != nil {
		return err
	}
	gone := map[string]bool{} // Looked up before the transaction, which must be quick.
	for _, t := range run.Tasks {
		out, err := t.OutputFilesets()
		gone[t.ID] = err != nil || !s.Locations.Exists(tenant, out)
	}
	err = s.Store.IngestChange(ctx, id, func(run *vod.Run) error {
		if err := plan.RefuseRetry(run); err != nil {
			return err
		}
		p, _, err := ParseInput(run.Ingest.Input)
		if err != nil {
			return vod.Faultf(vod.Conflict, "The profile snapshot of ingest %s cannot be carried out: %v.", id, err)
		}
		return p.Retry(run, func(t vod.Task) bool { return gone[t.ID] })
	})
	if err != nil {
		return err
	}
	s.Log.Info("retry", "ingest", id, "tenant", tenant)
	return s.Engine.Wake(ctx, id)
}

// Delete removes an ingest that is over, with its files; one that is not over
// is a Conflict. The rows go first: files that are left behind by a crash in
// between belong to nobody, and the sweeper removes them.
func (s *Service) Delete(ctx context.Context, tenant, id string) error {
	run, err := s.Store.IngestGet(ctx, tenant, id)
	if err != nil {
		return err
	}
	if err := s.Store.IngestDelete(ctx, tenant, id); err != nil {
		return err
	}
	s.Log.Info("delete", "ingest", id, "tenant", tenant)
	if run.Ingest.Imported {
		return nil
	}
	return s.Locations.RemoveIngest(tenant, id, run.Ingest.MediaKey)
}

// DeleteAsset removes every ingest of an asset; if one is not over nothing is
// removed and it is a Conflict.
func (s *Service) DeleteAsset(ctx context.Context, tenant, assetID string) error {
	var ids []string
	filter := store.IngestFilter{Tenant: tenant, AssetID: assetID, Limit: 500}
	for more := true; more; {
		page, rest, err := s.Store.IngestList(ctx, filter)
		if err != nil {
			return err
		}
		for _, in := range page {
			if !in.Status.Final() {
				return vod.Faultf(vod.Conflict, "Ingest %s of asset %q is %s; cancel it first.", in.ID, assetID, in.Status)
			}
			ids = append(ids, in.ID)
			filter.After = &store.Position{Start: in.Start, ID: in.ID}
		}
		more = rest
	}
	if len(ids) == 0 {
		return vod.Faultf(vod.NotFound, "There is no asset %q.", assetID)
	}
	for _, id := range ids {
		if err := s.Delete(ctx, tenant, id); err != nil && vod.CodeOf(err) != vod.NotFound {
			return err
		}
	}
	return nil
}
