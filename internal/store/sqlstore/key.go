package sqlstore

import (
	"fmt"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// KeyMark stands in the key of an imported ingest, and of its tasks, between
// the id that they came with and the tenant. Such ids are others' to choose: if
// they had to be unique among all tenants, a refused import would tell which
// ids another tenant has. What runs here has ids of ours for keys.
//
// No id holds the mark, and it sorts before all that ids hold. So keys sort as
// their ids do, and an id stands for its key where a list is continued.
const KeyMark = "\x1f"

func importKey(tenant, id string) string { return id + KeyMark + tenant }

// IDOf is the id that a key stands for.
func IDOf(key string) string {
	id, _, _ := strings.Cut(key, KeyMark)
	return id
}

// keyOf is the key of the tenant's ingest with the id.
func keyOf(q Querier, tenant, id string) (key string, ok bool, err error) {
	if strings.Contains(id, KeyMark) {
		return "", false, nil
	}
	key, ok, err = First(q, textRow, `SELECT id FROM ingests INDEXED BY ingests_by_id WHERE id IN (?, ?) AND tenant = ?`,
		id, importKey(tenant, id), tenant)
	if err != nil {
		return "", false, fmt.Errorf("look for ingest %s: %w", id, err)
	}
	return key, ok, nil
}

// keyed gives a run of another system the keys under which it is kept.
func keyed(run vod.Run) vod.Run {
	tenant := run.Ingest.Tenant
	tasks := make([]vod.Task, len(run.Tasks))
	for i, t := range run.Tasks {
		t.ID, t.IngestID = importKey(tenant, t.ID), importKey(tenant, t.IngestID)
		tasks[i] = t
	}
	run.Ingest.ID, run.Tasks = importKey(tenant, run.Ingest.ID), tasks
	return run
}

// shown gives a run the ids that it is known by.
func shown(run vod.Run) vod.Run {
	run.Ingest.ID = IDOf(run.Ingest.ID)
	for i := range run.Tasks {
		run.Tasks[i].ID, run.Tasks[i].IngestID = IDOf(run.Tasks[i].ID), run.Ingest.ID
	}
	return run
}
