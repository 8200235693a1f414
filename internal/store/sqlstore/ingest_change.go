package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// IngestChange implements [store.Ingests].
func (s *Store) IngestChange(ctx context.Context, id string, change func(*vod.Run) error) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.lockIngest(id); err != nil {
			return err
		}
		run, err := loadRun(t, id)
		if err != nil {
			return err
		}
		old, err := stateOf(&run)
		if err != nil {
			return err
		}
		if err := change(&run); err != nil {
			return err
		}
		return t.save(old, &run)
	})
}

// state is a run as it stands in the tables.
type state struct {
	id     string
	status vod.IngestStatus
	ingest []any
	input  []any
	tasks  map[string][]any
	// outputs are those of the tasks, by id.
	outputs map[string]json.RawMessage
}

func stateOf(run *vod.Run) (old state, err error) {
	old = state{
		id: run.Ingest.ID, status: run.Ingest.Status, tasks: make(map[string][]any, len(run.Tasks)),
		outputs: make(map[string]json.RawMessage, len(run.Tasks)),
	}
	if old.ingest, err = Values(ingestRow(&run.Ingest)); err != nil {
		return state{}, err
	}
	if old.input, err = Values(inputRow(&run.Ingest)); err != nil {
		return state{}, err
	}
	for i := range run.Tasks {
		if old.tasks[run.Tasks[i].ID], err = Values(taskRow(&run.Tasks[i])); err != nil {
			return state{}, err
		}
		old.outputs[run.Tasks[i].ID] = run.Tasks[i].Outputs
	}
	return old, nil
}

// save writes what differs from old.
func (t *tx) save(old state, run *vod.Run) error {
	id := old.id
	in := &run.Ingest
	if in.ID != id || in.Tenant != old.ingest[1] || in.AssetID != old.ingest[2] || in.Start.UnixMilli() != old.ingest[7] {
		return fmt.Errorf("the change of ingest %s touches its id, tenant, asset or start", id)
	}
	if err := t.update("ingests", ingestColumns, old.ingest, ingestRow(in)); err != nil {
		return fmt.Errorf("write ingest %s: %w", id, err)
	}
	if err := t.update("ingest_inputs", inputColumns, old.input, inputRow(in)); err != nil {
		return fmt.Errorf("write the input of ingest %s: %w", id, err)
	}
	if err := t.indexAgain(old, run); err != nil {
		return err
	}
	if err := t.saveTasks(old, run); err != nil {
		return err
	}
	if in.Status == vod.Cancelled && old.status != vod.Cancelled {
		if err := t.catalogWithdraw(id); err != nil {
			return err
		}
	}
	if err := t.changeEnd(old.status, run); err != nil {
		return err
	}
	if err := t.enterSuperfluous(old, run); err != nil {
		return err
	}
	if err := t.countChange(old, run); err != nil {
		return err
	}
	return t.audit(run.Audit)
}

func (t *tx) saveTasks(old state, run *vod.Run) error {
	known := 0
	for i := range run.Tasks {
		task := &run.Tasks[i]
		if task.IngestID != run.Ingest.ID {
			return fmt.Errorf("the change of ingest %s has task %s of another ingest", run.Ingest.ID, task.ID)
		}
		var err error
		if before, ok := old.tasks[task.ID]; ok {
			known++
			err = t.update("tasks", taskColumns, before, taskRow(task))
		} else {
			err = t.insert("tasks", taskColumns, taskRow(task))
		}
		if err != nil {
			return fmt.Errorf("write task %s: %w", task.ID, err)
		}
	}
	if known != len(old.tasks) {
		return fmt.Errorf("the change of ingest %s drops tasks", run.Ingest.ID)
	}
	for i := range run.Attempts {
		if run.Task(run.Attempts[i].TaskID) == nil {
			return fmt.Errorf("the change of ingest %s has an attempt of task %s, which is not its own", run.Ingest.ID, run.Attempts[i].TaskID)
		}
		if err := t.saveAttempt(&run.Attempts[i]); err != nil {
			return err
		}
	}
	return nil
}

// update writes the columns that differ, so that the indexes on the others
// stay untouched. The first column is the key.
func (t *tx) update(table, columns string, before []any, row []Column) error {
	after, err := Values(row)
	if err != nil {
		return err
	}
	var names []string
	var set strings.Builder
	var args []any
	for i := range after {
		if after[i] == before[i] {
			continue
		}
		if names == nil {
			names = strings.Split(columns, ", ")
		} else {
			set.WriteString(", ")
		}
		set.WriteString(names[i] + " = ?")
		args = append(args, after[i])
	}
	if names == nil {
		return nil
	}
	key, _, _ := strings.Cut(columns, ",")
	n, err := t.Exec("UPDATE "+table+" SET "+set.String()+" WHERE "+key+" = ?", append(args, before[0])...)
	if err == nil && n != 1 {
		err = fmt.Errorf("%d rows have the key", n)
	}
	return err
}

// indexAgain has the run found by what it is now.
func (t *tx) indexAgain(old state, run *vod.Run) error {
	if !searchedAgain(old, run) {
		return nil
	}
	if err := t.IndexAgain(run); err != nil {
		return fmt.Errorf("keep ingest %s searchable: %w", run.Ingest.ID, err)
	}
	return nil
}
