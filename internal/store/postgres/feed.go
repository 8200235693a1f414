package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// channel is what transactions tell of their changes on; see orchestrate_commit
// in migrations/.
const channel = "orchestrate"

// quiet is after how long without news it is seen whether the connection is
// still one.
const quiet = 20 * time.Second

// feed hears what all processes change, on a connection of its own.
type feed struct {
	config *pgx.ConnConfig
	tell   func([]store.Change)
	fail   func(error) // is told why it does not hear; quick
}

// connect begins to listen.
func (f *feed) connect(ctx context.Context) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, f.config)
	if err != nil {
		return nil, err
	}
	_, err = conn.Exec(ctx, `SELECT set_config('client_min_messages', 'error', false), set_config('tcp_user_timeout', '20000', false)`)
	if err == nil {
		_, err = conn.Exec(ctx, "LISTEN "+channel)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("listen for changes: %w", err), conn.Close(ctx))
	}
	return conn, nil
}

// run listens until ctx ends. Whenever the connection was lost, anything may
// have changed in the meantime, which is told once it listens again.
func (f *feed) run(ctx context.Context, conn *pgx.Conn) {
	for wait := time.Duration(0); ctx.Err() == nil; {
		if conn != nil {
			began := time.Now()
			err := f.listen(ctx, conn)
			_ = conn.Close(context.WithoutCancel(ctx)) // It is lost or not needed any more.
			conn = nil
			if wait = longer(wait); time.Since(began) > longestWait {
				wait = 0 // Else something in between may take connections and drop them.
			}
			if ctx.Err() == nil {
				f.fail(err)
			}
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
		var err error
		if conn, err = f.connect(ctx); err != nil {
			wait = longer(wait)
			continue
		}
		f.tell([]store.Change{{Kind: store.ChangeMissed}})
	}
}

// longestWait is the longest pause between two tries to listen.
const longestWait = 5 * time.Second

func longer(wait time.Duration) time.Duration {
	return min(max(2*wait, 50*time.Millisecond), longestWait)
}

// listen tells of changes until the connection is lost.
func (f *feed) listen(ctx context.Context, conn *pgx.Conn) error {
	for {
		wait, cancel := context.WithTimeout(ctx, quiet)
		heard, err := conn.WaitForNotification(wait)
		cancel()
		switch {
		case err == nil:
			f.tell(changesIn(heard.Payload))
		case ctx.Err() != nil:
			return ctx.Err()
		case wait.Err() == nil || conn.IsClosed():
			return err
		default:
			if err := alive(ctx, conn); err != nil {
				return err
			}
		}
	}
}

func alive(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, quiet)
	defer cancel()
	return conn.Ping(ctx)
}

// changesIn reads what a transaction tells, or a part of it, and makes one
// change for each thing.
func changesIn(payload string) (list []store.Change) {
	type thing struct {
		kind        store.ChangeKind
		tenant, key string
	}
	at := map[thing]int{}
	for line := range strings.Lines(payload) {
		c, key, ok := changeIn(line)
		if !ok {
			return []store.Change{{Kind: store.ChangeMissed}}
		}
		i, known := at[thing{c.Kind, c.Tenant, key}]
		if !known {
			at[thing{c.Kind, c.Tenant, key}] = len(list)
			list = append(list, c)
			continue
		}
		if c.What == store.Updated && list[i].What == store.Created {
			c.What = store.Created
		}
		list[i] = c
	}
	return list
}

// changeIn reads a line: kind, operation, tenant, key, asset, status. A newer
// program may say more, or of other kinds, which is not understood here.
func changeIn(line string) (c store.Change, key string, ok bool) {
	var fields []string
	if json.Unmarshal([]byte(line), &fields) != nil || len(fields) < 6 {
		return c, "", false
	}
	c = store.Change{Kind: store.ChangeKind(fields[0]), Tenant: fields[2], AssetID: fields[4], Status: vod.IngestStatus(fields[5])}
	switch fields[1] {
	case "insert":
		c.What = store.Created
	case "update":
		c.What = store.Updated
	case "delete":
		c.What = store.Deleted
	default:
		return c, "", false
	}
	key = fields[3]
	id, _, _ := strings.Cut(key, "\x1f")
	switch c.Kind {
	case store.ChangeIngest:
		c.ID, c.IngestID = id, id
	case store.ChangeProfile:
		c.ID = id
	case store.ChangePlayback:
		c.ID, c.IngestID, key = c.AssetID, id, c.AssetID
	default:
		return c, "", false
	}
	return c, key, true
}
