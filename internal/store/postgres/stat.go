package postgres

import "time"

// Stat is how the pool of connections is used.
type Stat struct {
	Used, Idle, Max int
	Waits           int64         // for a connection, since the start
	Waited          time.Duration // in all these
}

// Stat tells how the pool is used now.
func (s *Store) Stat() Stat {
	p := s.db.pool.Stat()
	return Stat{
		Used: int(p.AcquiredConns()), Idle: int(p.IdleConns()), Max: int(p.MaxConns()),
		Waits: p.EmptyAcquireCount(), Waited: p.EmptyAcquireWaitTime(),
	}
}
