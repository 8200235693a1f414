package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// IngestImport implements [store.Ingests].
func (s *Store) IngestImport(ctx context.Context, run vod.Run) (written bool, err error) {
	run.Ingest.Imported = true
	id := run.Ingest.ID
	if strings.Contains(id, KeyMark) || slices.ContainsFunc(run.Tasks, func(t vod.Task) bool { return strings.Contains(t.ID, KeyMark) }) {
		return false, vod.Faultf(vod.Invalid, "An id must not have control characters.")
	}
	err = s.write(ctx, func(t *tx) error {
		written = false
		if err := t.lockAsset(assetOf(run.Ingest)); err != nil {
			return err
		}
		key, found, err := keyOf(t, run.Ingest.Tenant, id)
		if err != nil {
			return err
		}
		if !found {
			written = true
			return t.importNew(keyed(run))
		}
		known, err := loadRun(t, key)
		if err != nil {
			return err
		}
		old, err := stateOf(&known)
		if err != nil {
			return err
		}
		written, err = store.Completes(shown(known), run)
		if err != nil || !written {
			return err
		}
		return t.importDetail(old, keyed(run))
	})
	return written && err == nil, err
}

func (t *tx) importNew(run vod.Run) error {
	if err := t.insertIngest(run.Ingest); err != nil {
		return err
	}
	return t.importTasks(run)
}

// importDetail completes a run that was known as a list item only.
func (t *tx) importDetail(old state, run vod.Run) error {
	if err := t.update("ingests", ingestColumns, old.ingest, ingestRow(&run.Ingest)); err != nil {
		return fmt.Errorf("write ingest %s: %w", run.Ingest.ID, err)
	}
	if err := t.update("ingest_inputs", inputColumns, old.input, inputRow(&run.Ingest)); err != nil {
		return fmt.Errorf("write the input of ingest %s: %w", run.Ingest.ID, err)
	}
	if err := t.indexAgain(old, &run); err != nil {
		return err
	}
	return t.importTasks(run)
}

// importTasks ends an import: with the tasks, and the audit entry.
func (t *tx) importTasks(run vod.Run) error {
	for i := range run.Tasks {
		err := t.insert("tasks", taskColumns, taskRow(&run.Tasks[i]))
		if t.taken(err) {
			return vod.Faultf(vod.Conflict, "Ingest %s: there is another task with the id or the step of task %s.", IDOf(run.Ingest.ID), IDOf(run.Tasks[i].ID))
		}
		if err != nil {
			return fmt.Errorf("write task %s: %w", run.Tasks[i].ID, err)
		}
	}
	return t.audit(run.Audit)
}
