package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	codes "modernc.org/sqlite/lib"
)

// Current tells whether the file at path holds a store with the schema that
// this program writes, so that [Open] changes nothing there even if a server is
// at work on it. It is false for an older store and for an empty file; one that
// is newer, or of another program, is an error.
func Current(ctx context.Context, path string) (current bool, err error) {
	db, err := connect(ctx, path, 1, pragmas("FULL", false))
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := refuseForeign(ctx, db); err != nil {
		return false, err
	}
	var tables int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&tables); err != nil || tables == 0 {
		return false, err
	}
	has, err := schemaVersion(ctx, db)
	if err != nil {
		return false, err
	}
	provider, err := newProvider(db)
	if err != nil {
		return false, err
	}
	sources := provider.ListSources()
	knows := sources[len(sources)-1].Version
	if has > knows {
		return false, fmt.Errorf("the database has schema version %d, this program knows %d at most: run the newer program", has, knows)
	}
	return has == knows, nil
}

// busyWait is how long a write waits for another process: a backup tool that
// holds a lock, or a command.
const busyWait = 5 * time.Second

// WithBusyWait has writes give up sooner when another process writes; see
// [Busy]. SQLite looks less and less often while it waits, 10 times a second in
// the end: beside a server that writes all the time, many short waits come to
// their turn, and one long wait may not.
func WithBusyWait(d time.Duration) Option { return func(s *settings) { s.busy = d } }

// writing are the pragmas of the connection that writes.
func (s settings) writing() []pragma {
	set := pragmas(s.synchronous, false)
	ms := strconv.FormatInt(s.busy.Milliseconds(), 10)
	for i := range set {
		if set[i].name == "busy_timeout" {
			set[i].value, set[i].shown = ms, ms
		}
	}
	return set
}

// Busy tells whether a write failed because another process was writing all the
// time. Nothing of it was written; the same again may succeed.
func Busy(err error) bool { return codeOf(err)&0xff == codes.SQLITE_BUSY }
