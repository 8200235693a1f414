package sqlstore

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// attemptInURI finds task and attempt in the address of a file, where package
// location puts them.
var attemptInURI = regexp.MustCompile(`/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/([1-9][0-9]{0,8})/`)

// attemptKey names an attempt.
type attemptKey struct {
	taskID string
	number int
}

func attemptRowKey(k *attemptKey) []Column {
	return []Column{text[string]{&k.taskID}, number[int]{&k.number}}
}

// attemptsNamed are those in whose folders outputs of the task are.
func attemptsNamed(task vod.Task) ([]attemptKey, error) {
	outputs, err := task.OutputFilesets()
	if err != nil {
		return nil, err
	}
	var keys []attemptKey
	for _, fs := range outputs {
		for _, f := range fs.Files {
			m := attemptInURI.FindStringSubmatch(f.URI)
			if m == nil {
				continue
			}
			n, err := strconv.Atoi(m[2])
			if err != nil {
				return nil, fmt.Errorf("attempt in %s: %w", f.URI, err)
			}
			if key := (attemptKey{m[1], n}); !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	return keys, nil
}

// settleReuses notes, at the end of a run, which files of other ingests it
// names, and drops what it might have come to name.
func (t *tx) settleReuses(run *vod.Run) error {
	var named []attemptKey
	if run.Ingest.Status == vod.Skipped {
		for _, task := range run.Tasks {
			keys, err := attemptsNamed(task)
			if err != nil {
				return err
			}
			named = append(named, slices.DeleteFunc(keys, func(k attemptKey) bool { return run.Task(k.taskID) != nil })...)
		}
	}
	id := run.Ingest.ID
	for _, k := range named {
		// What was deleted in the meantime has a row already.
		_, err := t.Exec(`
			INSERT INTO reuses (user_id, owner_id, task_id, attempt, tenant, media_key)
			SELECT ?1, o.id, t.id, ?3, o.tenant, o.media_key FROM tasks t JOIN ingests o ON o.id = t.ingest_id
			WHERE t.id = ?2 AND o.tenant = ?4 AND o.asset_id = ?5
			ON CONFLICT DO NOTHING`, id, k.taskID, k.number, run.Ingest.Tenant, run.Ingest.AssetID)
		if err != nil {
			return fmt.Errorf("note what ingest %s uses: %w", id, err)
		}
	}
	return t.dropReuses(id, named)
}

// dropReuses drops what the ingest uses of others, but for kept. Files of an
// ingest that is gone are removed with their last user.
func (t *tx) dropReuses(userID string, kept []attemptKey) error {
	used, err := All(t, attemptRowKey, `SELECT task_id, attempt FROM reuses WHERE user_id = ?`, userID)
	if err != nil {
		return fmt.Errorf("read what ingest %s uses: %w", userID, err)
	}
	for _, k := range used {
		if slices.Contains(kept, k) {
			continue
		}
		_, err := t.Exec(`
			INSERT INTO removals (ingest_id, task_id, tenant, media_key, due_ms)
			SELECT owner_id, '', tenant, media_key, ?1 FROM reuses
			WHERE task_id = ?2 AND attempt = ?3 AND user_id = ?4
				AND NOT EXISTS (SELECT 1 FROM ingests WHERE id = owner_id AND removed_ms IS NULL)
			ON CONFLICT (ingest_id, task_id) DO UPDATE SET due_ms = excluded.due_ms`, t.now.UnixMilli(), k.taskID, k.number, userID)
		if err == nil {
			_, err = t.Exec(`DELETE FROM reuses WHERE task_id = ? AND attempt = ? AND user_id = ?`, k.taskID, k.number, userID)
		}
		if err != nil {
			return fmt.Errorf("drop what ingest %s uses: %w", userID, err)
		}
	}
	return nil
}

const runningQuery = `
	SELECT id FROM ingests INDEXED BY ingests_by_asset_status WHERE tenant = ? AND asset_id = ? AND status = 'RUNNING'`

// lend keeps the retrieved files of an ingest that goes for those of its asset
// that run now: one may find that it has the same files, and name them.
func (t *tx) lend(in vod.Ingest) error {
	if in.Imported || in.Status != vod.Completed {
		return nil
	}
	running, err := All(t, textRow, runningQuery, in.Tenant, in.AssetID)
	if err != nil || len(running) == 0 {
		return err
	}
	tasks, err := All(t, taskRow, `SELECT `+taskColumns+` FROM tasks WHERE ingest_id = ?`, in.ID)
	if err != nil {
		return err
	}
	for _, task := range tasks {
		if task.Stage != vod.Retrieval {
			continue
		}
		keys, err := attemptsNamed(task)
		if err != nil {
			return err
		}
		for _, k := range keys {
			for _, user := range running {
				_, err := t.Exec(`
					INSERT INTO reuses (user_id, owner_id, task_id, attempt, tenant, media_key) VALUES (?, ?, ?, ?, ?, ?)
					ON CONFLICT DO NOTHING`, user, in.ID, k.taskID, k.number, in.Tenant, in.MediaKey)
				if err != nil {
					return fmt.Errorf("lend files of ingest %s: %w", in.ID, err)
				}
			}
		}
	}
	return nil
}

const reusedQuery = `SELECT user_id FROM reuses WHERE task_id = ? AND attempt = ? LIMIT 1`

// AttemptReused implements [store.Retention].
func (s *Store) AttemptReused(ctx context.Context, taskID string, number int) (reused bool, err error) {
	err = s.db.Read(ctx, func(q Querier) error {
		_, reused, err = First(q, textRow, reusedQuery, taskID, number)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("look for users of task %s, attempt %d: %w", taskID, number, err)
	}
	return reused, nil
}

var _ store.Retention = (*Store)(nil)
