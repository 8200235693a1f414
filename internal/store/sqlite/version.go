package sqlite

import (
	"database/sql"
	"fmt"
	"sync"

	driver "modernc.org/sqlite"
)

// listVersions counts the changes of each tenant's rows in ingests. The count is
// raised before a transaction that changes them is committed, and again after
// it, before its writes are answered: while it is odd, readers may see the
// state before as well as the one after. So whoever reads an even count and
// then rows has rows that are current for as long as that count stands. It
// starts at 0 with each process, and holds because this process is the only
// one that writes.
//
// Rows are noticed by SQLite's own hook for changes, which no statement that
// somebody adds can be forgotten in, and which a deletion by cascade calls too.
type listVersions struct {
	touched map[string]bool // tenants, by the transaction under way; the writer's alone

	mu    sync.RWMutex
	count map[string]uint64
}

// watch makes the versions of what the connection is going to write.
func watch(conn *sql.Conn) (*listVersions, error) {
	v := &listVersions{touched: map[string]bool{}, count: map[string]uint64{}}
	err := conn.Raw(func(raw any) error {
		hooks, ok := raw.(driver.HookRegisterer)
		if !ok {
			return fmt.Errorf("the driver's connection is %T", raw)
		}
		hooks.RegisterPreUpdateHook(v.touch)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("watch the write connection: %w", err)
	}
	return v, nil
}

// touch is called for each row before it is changed.
func (v *listVersions) touch(change driver.SQLitePreUpdateData) {
	if change.TableName != "ingests" {
		return
	}
	row := make([]any, 2) // id, tenant
	if change.Old(row...) != nil && change.New(row...) != nil {
		return // Nothing is inserted that cannot be read: SQLite is out of memory, and fails the statement.
	}
	if tenant, ok := row[1].(string); ok {
		v.touched[tenant] = true
	}
}

// step raises the count of every tenant that is touched.
func (v *listVersions) step() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for tenant := range v.touched {
		v.count[tenant]++
	}
}

// commit runs the commit of the transaction under way.
func (v *listVersions) commit(do func() error) error {
	v.step()
	err := do()
	v.step()
	return err
}

// IngestVersion implements [store.Ingests].
func (s *Store) IngestVersion(tenant string) (version uint64, known bool) {
	v := s.writer.versions
	v.mu.RLock()
	defer v.mu.RUnlock()
	version = v.count[tenant]
	return version, version%2 == 0
}
