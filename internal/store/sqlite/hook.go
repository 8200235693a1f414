package sqlite

import (
	"database/sql"
	"fmt"

	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// watch has the writer hear of every row that its connection is going to
// change. SQLite calls its hook itself, so that no statement that somebody adds
// can be forgotten, and for deletions by cascade, too.
func (w *writer) watch(conn *sql.Conn) error {
	err := conn.Raw(func(raw any) error {
		hooks, ok := raw.(driver.HookRegisterer)
		if !ok {
			return fmt.Errorf("the driver's connection is %T", raw)
		}
		hooks.RegisterPreUpdateHook(w.touch)
		return nil
	})
	if err != nil {
		return fmt.Errorf("watch the write connection: %w", err)
	}
	return nil
}

// touch is called for each row before it is changed.
func (w *writer) touch(change driver.SQLitePreUpdateData) {
	if change.TableName == "ingests" {
		if row := rowOf(change, 2); row != nil { // id, tenant
			w.versions.touched[textAt(row, 1)] = true
		}
	}
	if w.feed != nil {
		w.feed.note(change)
	}
}

// rowOf gives the first columns of the row after the change, of one that is
// deleted those before it. nil: it cannot be read, as SQLite is out of memory.
// Then it fails the statement as well.
func rowOf(change driver.SQLitePreUpdateData, columns int) []any {
	row := make([]any, columns)
	read := change.New
	if change.Op == sqlite3.SQLITE_DELETE {
		read = change.Old
	}
	if read(row...) != nil {
		return nil
	}
	return row
}
