package sqlstore

import (
	"context"
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// IngestDelete implements [store.Ingests].
func (s *Store) IngestDelete(ctx context.Context, tenant, id string, by vod.AuditEntry) error {
	return s.write(ctx, func(t *tx) error {
		key, ok, err := keyOf(t, tenant, id)
		if err != nil {
			return err
		}
		if !ok {
			return noIngest(id)
		}
		if err := t.lockIngest(key); err != nil {
			return err
		}
		in, ok, err := First(t, ingestRow, `SELECT `+ingestColumns+` FROM ingests WHERE id = ?`, key)
		if err != nil {
			return fmt.Errorf("read ingest %s: %w", id, err)
		}
		if !ok {
			return noIngest(id)
		}
		if !in.Status.Final() {
			return vod.Faultf(vod.Conflict, "Ingest %s is %s: only a finished ingest can be deleted.", id, in.Status)
		}
		if err := t.remove(in); err != nil {
			return err
		}
		return t.audit(by)
	})
}

// remove removes the rows of an ingest that is over, and enters the removal of
// its files, except for an import, which has none.
func (t *tx) remove(in vod.Ingest) error {
	if err := t.lend(in); err != nil {
		return err
	}
	if !in.Imported {
		if err := t.enter(in, "", t.now); err != nil {
			return err
		}
	}
	if err := t.dropReuses(in.ID, nil); err != nil {
		return err
	}
	if err := t.catalogRemove(in.ID, ""); err != nil {
		return err
	}
	// Tasks, attempts and the input go with it.
	if _, err := t.Exec(`DELETE FROM ingests WHERE id = ?`, in.ID); err != nil {
		return fmt.Errorf("delete ingest %s: %w", in.ID, err)
	}
	return t.replaceBack(in)
}
