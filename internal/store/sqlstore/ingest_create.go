package sqlstore

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// IngestCreate implements [store.Ingests].
func (s *Store) IngestCreate(ctx context.Context, in vod.Ingest, key *store.Idempotency, by vod.AuditEntry) (id string, err error) {
	err = s.write(ctx, func(t *tx) error {
		id = in.ID
		if key != nil {
			var repeated bool
			id, repeated, err = t.claimKey(*key, in.ID)
			if err != nil || repeated {
				return err
			}
		}
		if err := t.lockAsset(assetOf(in)); err != nil {
			return err
		}
		if err := t.insertIngest(in); err != nil {
			return err
		}
		t.countCreated(&in)
		return t.audit(by)
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// IngestRepeated implements [store.Ingests].
func (s *Store) IngestRepeated(ctx context.Context, key store.Idempotency) (id string, err error) {
	err = s.db.Read(ctx, func(q Querier) error {
		id, err = claimedBy(q, key, s.now())
		return err
	})
	return id, err
}

// claimKey makes the key stand for the ingest with the id. A key that was
// claimed before and did not expire is repeated, and stands for another id.
func (t *tx) claimKey(key store.Idempotency, id string) (claimed string, repeated bool, err error) {
	if err := t.Lock("key", key.Tenant, key.Route, key.Key); err != nil {
		return "", false, err
	}
	_, err = t.Exec("DELETE FROM idempotency WHERE expires_ms <= ?", t.now.UnixMilli())
	if err != nil {
		return "", false, fmt.Errorf("sweep idempotency keys: %w", err)
	}
	fresh, err := t.Exec(`
		INSERT INTO idempotency (tenant, route, key, body_hash, expires_ms, ingest_id)
		VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`,
		key.Tenant, key.Route, key.Key, key.BodyHash, key.Expires.UnixMilli(), id)
	if err != nil {
		return "", false, fmt.Errorf("write the idempotency key: %w", err)
	}
	if fresh == 1 {
		return id, false, nil
	}
	claimed, err = claimedBy(t, key, t.now)
	return claimed, true, err
}

// claimedBy gives the ingest that the key stands for, or "".
func claimedBy(q Querier, key store.Idempotency, now time.Time) (ingestID string, err error) {
	claim, found, err := First(q, claimRow, `
		SELECT ingest_id, body_hash FROM idempotency
		WHERE tenant = ? AND route = ? AND key = ? AND expires_ms > ?`,
		key.Tenant, key.Route, key.Key, now.UnixMilli())
	switch {
	case err != nil:
		return "", fmt.Errorf("read the idempotency key: %w", err)
	case found && claim.bodyHash != key.BodyHash:
		return "", vod.Faultf(vod.Unusable, "The idempotency key was used before, with another request.")
	}
	return claim.ingestID, nil
}

// claim is what a key stands for.
type claim struct{ ingestID, bodyHash string }

func claimRow(c *claim) []Column {
	return []Column{text[string]{&c.ingestID}, text[string]{&c.bodyHash}}
}

// insertIngest writes the rows of a new ingest.
func (t *tx) insertIngest(in vod.Ingest) error {
	row, err := Values(ingestRow(&in))
	if err != nil {
		return err
	}
	err = t.IndexNew(&in, func(columns string, values ...any) error {
		return insertValues(t, "ingests", ingestColumns+columns, append(row, values...))
	})
	if t.taken(err) {
		return vod.Faultf(vod.Conflict, "There is an ingest with the id %s already.", in.ID)
	}
	if err != nil {
		return fmt.Errorf("write ingest %s: %w", in.ID, err)
	}
	if err := t.insert("ingest_inputs", inputColumns, inputRow(&in)); err != nil {
		return fmt.Errorf("write the input of ingest %s: %w", in.ID, err)
	}
	return t.noteUploads(in)
}

// insert writes a row of all columns of the table.
func (t *tx) insert(table, columns string, row []Column) error {
	values, err := Values(row)
	if err != nil {
		return err
	}
	return insertValues(t, table, columns, values)
}

func insertValues(w Writer, table, columns string, values []any) error {
	marks := strings.Repeat(", ?", len(values))[2:]
	_, err := w.Exec("INSERT INTO "+table+" ("+columns+") VALUES ("+marks+")", values...)
	return err
}
