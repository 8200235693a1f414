package orchestrate

import (
	"context"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// AuditList gives a page of the caller's audit log; see [store.Audit]. The
// tenant of the filter is set here.
func (s *Service) AuditList(ctx context.Context, by vod.Caller, f store.AuditFilter) ([]vod.AuditEntry, bool, error) {
	if err := by.Require(vod.ReadAudit); err != nil {
		return nil, false, err
	}
	f.Tenant = by.Tenant
	return s.Store.AuditList(ctx, f)
}

// UploadChanged notes what the caller did to an upload, which keeps no state
// in the store.
func (s *Service) UploadChanged(ctx context.Context, by vod.Caller, action vod.Action, id string) error {
	return s.Store.AuditPut(ctx, by.Audit(s.Now(), action, id))
}
