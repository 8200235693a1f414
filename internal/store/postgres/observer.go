package postgres

import (
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Observer hears how the database is used, for statistics. Its methods are quick
// and safe for concurrent use.
type Observer interface {
	// Batch: a transaction of so many writes took so long, with all its tries and
	// with the wait for a connection. An error is why the database did not write it.
	Batch(writes int, took time.Duration, err error)
	// StoreRetried: a transaction is done again because of an error with this
	// SQLSTATE; "" is one that is not the server's.
	StoreRetried(sqlState string)
	// ListenerLost: the connection to hear of changes was lost.
	ListenerLost()
}

// WithObserver has o hear how the database is used.
func WithObserver(o Observer) Option { return func(s *settings) { s.observer = o } }

// nobody is the Observer of a store that was given none.
type nobody struct{}

func (nobody) Batch(int, time.Duration, error) {}
func (nobody) StoreRetried(string)             {}
func (nobody) ListenerLost()                   {}

// observed tells of a write, but not of one that was refused for reasons of its
// own.
func (d *database) observed(begun time.Time, err error) {
	if err == nil || vod.CodeOf(err) == vod.Unavailable {
		d.observer.Batch(1, time.Since(begun), err)
	}
}
