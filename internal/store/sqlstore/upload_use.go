package sqlstore

import (
	"context"
	"fmt"
	"regexp"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// uploadInInput finds the ids of uploads among the sources of an ingest.
var uploadInInput = regexp.MustCompile(`"upload:([0-9a-f]{32})"`)

// noteUploads keeps the uploads that an ingest reads from, until it is over.
func (t *tx) noteUploads(in vod.Ingest) error {
	if in.Status.Final() {
		return nil
	}
	for _, m := range uploadInInput.FindAllSubmatch(in.Input, -1) {
		_, err := t.Exec(`INSERT INTO upload_uses (upload_id, tenant, ingest_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
			string(m[1]), in.Tenant, in.ID)
		if err != nil {
			return fmt.Errorf("note the uploads of ingest %s: %w", in.ID, err)
		}
	}
	return nil
}

func (t *tx) forgetUploads(ingestID string) error {
	if _, err := t.Exec(`DELETE FROM upload_uses WHERE ingest_id = ?`, ingestID); err != nil {
		return fmt.Errorf("forget the uploads of ingest %s: %w", ingestID, err)
	}
	return nil
}

const uploadUseQuery = `SELECT ingest_id FROM upload_uses WHERE upload_id = ? AND tenant = ? LIMIT 1`

// UploadInUse implements [store.Retention].
func (s *Store) UploadInUse(ctx context.Context, tenant, uploadID string) (used bool, err error) {
	err = s.db.Read(ctx, func(q Querier) error {
		_, used, err = First(q, textRow, uploadUseQuery, uploadID, tenant)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("look for users of upload %s: %w", uploadID, err)
	}
	return used, nil
}
