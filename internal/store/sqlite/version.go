package sqlite

import "sync"

// listVersions counts the changes of each tenant's rows in ingests. The count is
// raised before a transaction that changes them is committed, and again after
// it, before its writes are answered: while it is odd, readers may see the
// state before as well as the one after. So whoever reads an even count and
// then rows has rows that are current for as long as that count stands. It
// starts at 0 with each process, and holds because this process is the only
// one that writes.
type listVersions struct {
	touched map[string]bool // tenants, by the transaction under way; the writer's alone

	mu    sync.RWMutex
	count map[string]uint64
}

func newListVersions() *listVersions {
	return &listVersions{touched: map[string]bool{}, count: map[string]uint64{}}
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
