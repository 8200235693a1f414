package sqlite

import (
	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// WithChanges has f hear of what every transaction changed, once it is
// committed and before its writes are answered. The writer waits for f, so f is
// quick, and waits for nobody. It does not call the store.
func WithChanges(f func([]store.Change)) Option {
	return func(s *settings) { s.changes = f }
}

// feed collects what the transaction under way changes. It is the writer's
// alone.
type feed struct {
	tell  func([]store.Change)
	noted []note // in the order of the changes
}

// note is a row that is changed. Of a task or an attempt only the ids are
// known; the rest is read when the transaction is about to end.
type note struct {
	key     string // of the ingest; empty for an attempt, and what is no ingest
	task    string // of a task or an attempt
	changed store.Change
}

// note takes down a row before it is changed. The numbers of columns are those
// of the tables; what is added to a table stands behind them. Tasks and
// attempts are only deleted with their ingest.
func (f *feed) note(change driver.SQLitePreUpdateData) {
	var n note
	switch change.TableName {
	case "ingests":
		row := rowOf(change, 6)
		n.key = textAt(row, 0)
		n.changed = store.Change{
			Kind: store.ChangeIngest, Tenant: textAt(row, 1), AssetID: textAt(row, 2), Status: vod.IngestStatus(textAt(row, 5)),
			What: whatOf(change),
		}
	case "tasks", "attempts":
		if change.Op == sqlite3.SQLITE_DELETE {
			return
		}
		row := rowOf(change, 2)
		n.task = textAt(row, 0)
		if change.TableName == "tasks" {
			n.key = textAt(row, 1)
		}
	case "profiles":
		row := rowOf(change, 2)
		n.changed = store.Change{Kind: store.ChangeProfile, Tenant: textAt(row, 0), ID: textAt(row, 1), What: whatOf(change)}
	case "catalog":
		row := rowOf(change, 3)
		n.changed = store.Change{
			Kind: store.ChangePlayback, Tenant: textAt(row, 1), ID: textAt(row, 2), What: store.Updated,
			AssetID: textAt(row, 2), IngestID: sqlstore.IDOf(textAt(row, 0)),
		}
	default:
		return
	}
	f.noted = append(f.noted, n)
}

func whatOf(change driver.SQLitePreUpdateData) store.ChangeWhat {
	switch change.Op {
	case sqlite3.SQLITE_INSERT:
		return store.Created
	case sqlite3.SQLITE_DELETE:
		return store.Deleted
	}
	return store.Updated
}

// textAt is a column of a row that may not be there.
func textAt(row []any, column int) string {
	if column >= len(row) {
		return ""
	}
	text, _ := row[column].(string)
	return text
}

// mark is where a write begins; what a refused one noted is dropped with back.
func (f *feed) mark() int {
	if f == nil {
		return 0
	}
	return len(f.noted)
}

func (f *feed) back(mark int) {
	if f != nil {
		f.noted = f.noted[:mark]
	}
}

// changes makes one change for each thing of what was noted, within the
// transaction t that is about to end.
func (f *feed) changes(t *tx) []store.Change {
	if f == nil || len(f.noted) == 0 {
		return nil
	}
	s := sum{at: make(map[thing]int, len(f.noted)), ingestOf: map[string]string{}}
	for _, n := range f.noted {
		switch {
		case n.task != "" && n.key != "":
			s.ingestOf[n.task] = n.key
		case n.task == "" && n.key != "":
			n.changed.ID = sqlstore.IDOf(n.key)
			n.changed.IngestID = n.changed.ID
			s.add(n.changed, n.key)
		case n.task == "":
			s.add(n.changed, n.changed.Tenant+sqlstore.KeyMark+n.changed.ID)
		}
	}
	for _, n := range f.noted {
		if n.task == "" {
			continue
		}
		if err := s.addTask(t, n.task); err != nil {
			// To tell of the rest would be to hide this. The commit will show what is wrong.
			return []store.Change{{Kind: store.ChangeMissed}}
		}
	}
	return s.list
}

// told gives out the changes of a transaction that is committed.
func (f *feed) told(changes []store.Change) {
	if f != nil && len(changes) > 0 {
		f.tell(changes)
	}
}

// clear forgets what the transaction noted.
func (f *feed) clear() {
	if f != nil {
		clear(f.noted)
		f.noted = f.noted[:0]
	}
}

// thing is what has changed: its kind, and its key within all tenants.
type thing struct {
	kind store.ChangeKind
	key  string
}

// sum has one change for each thing.
type sum struct {
	list     []store.Change
	at       map[thing]int
	ingestOf map[string]string // key of the ingest by task
}

func (s *sum) add(c store.Change, key string) {
	i, known := s.at[thing{c.Kind, key}]
	if !known {
		s.at[thing{c.Kind, key}] = len(s.list)
		s.list = append(s.list, c)
		return
	}
	if c.What == store.Updated && s.list[i].What == store.Created {
		c.What = store.Created
	}
	s.list[i] = c
}

// addTask adds that a task, or an attempt of it, has changed, unless its ingest
// is told of anyway.
func (s *sum) addTask(t *tx, task string) error {
	key, known := s.ingestOf[task]
	if !known {
		var err error
		if key, known, err = sqlstore.First(t, textRow, `SELECT ingest_id FROM tasks WHERE id = ?`, task); err != nil || !known {
			return err
		}
		s.ingestOf[task] = key
	}
	if _, told := s.at[thing{store.ChangeIngest, key}]; told {
		return nil
	}
	c, known, err := sqlstore.First(t, changeRow, `SELECT tenant, asset_id, status FROM ingests WHERE id = ?`, key)
	if err != nil || !known {
		return err
	}
	c.Kind, c.ID, c.IngestID, c.What = store.ChangeIngest, sqlstore.IDOf(key), sqlstore.IDOf(key), store.Updated
	s.add(c, key)
	return nil
}

func changeRow(c *store.Change) []sqlstore.Column {
	return []sqlstore.Column{sqlstore.Text(&c.Tenant), sqlstore.Text(&c.AssetID), sqlstore.Text(&c.Status)}
}
