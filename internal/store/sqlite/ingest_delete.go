package sqlite

import (
	"context"
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// IngestDelete implements [store.Ingests].
func (s *Store) IngestDelete(ctx context.Context, tenant, id string, by vod.AuditEntry) error {
	return s.write(ctx, func(t *tx) error {
		in, ok, err := first(t, ingestRow, `SELECT `+ingestColumns+` FROM ingests WHERE id = ? AND tenant = ?`, id, tenant)
		if err != nil {
			return fmt.Errorf("read ingest %s: %w", id, err)
		}
		if !ok {
			return noIngest(id)
		}
		if !in.Status.Final() {
			return vod.Faultf(vod.Conflict, "Ingest %s is %s: only a finished ingest can be deleted.", id, in.Status)
		}
		if err := t.catalogRemove(id, ""); err != nil {
			return err
		}
		// Tasks, attempts and the input go with it.
		if _, err := t.exec(`DELETE FROM ingests WHERE id = ?`, id); err != nil {
			return fmt.Errorf("delete ingest %s: %w", id, err)
		}
		return t.audit(by)
	})
}
