package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// poolSize is how many connections there are where the address does not say
	// (pool_max_conns).
	poolSize = 10
	// oldest is the first version of Postgres that has all that is used here.
	oldest = 140000

	connectTimeout   = 5 * time.Second
	statementTimeout = 30 * time.Second
	// lockTimeout is how long a statement waits for a lock; after that the
	// transaction is tried again.
	lockTimeout = 10 * time.Second
	// idleTimeout ends a transaction of a process that has stopped in the middle,
	// so that it does not keep its locks.
	idleTimeout = time.Minute
)

// settings are those of every session. They are set after the connection is
// made, as a pooler in between may refuse them with the request for it. The name
// of a schema that somebody else may write to is no danger: search_path is the
// role's own. A server that answers before a commit is durable does not here;
// one that waits for a standby goes on doing so.
const sessionSettings = `
	SELECT set_config('statement_timeout', $1, false), set_config('lock_timeout', $2, false),
		set_config('idle_in_transaction_session_timeout', $3, false), set_config('jit', 'off', false),
		set_config('client_min_messages', 'error', false),
		set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
			ELSE current_setting('synchronous_commit') END, false)`

// parse reads the address of a database. Its errors do not repeat it, as it may
// hold a password.
func parse(address string) (*pgxpool.Config, error) {
	plain, err := pgconn.ParseConfig(address)
	if err != nil {
		return nil, errors.New("the address of the database cannot be used; it must be like postgres://USER@HOST:5432/DATABASE")
	}
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, errors.New("the address of the database has a parameter that cannot be used; pool_max_conns is a number from 1")
	}
	if plain.RuntimeParams["pool_max_conns"] == "" {
		config.MaxConns = poolSize
	}
	if config.MaxConns < 2 {
		return nil, fmt.Errorf("the address of the database asks for %d connections (pool_max_conns): 2 are needed", config.MaxConns)
	}
	if config.ConnConfig.ConnectTimeout == 0 || config.ConnConfig.ConnectTimeout > time.Minute {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "orchestrate"
	}
	dialer := &net.Dialer{Timeout: config.ConnConfig.ConnectTimeout, KeepAlive: 15 * time.Second}
	config.ConnConfig.DialFunc = dialer.DialContext
	config.PingTimeout = connectTimeout
	config.AfterConnect = begin
	return config, nil
}

// session is what a connection knows of itself.
type session struct {
	name    string // that of its row in the table commits
	process int64
	since   time.Time // when its process at the server began
}

const sessionKey = "orchestrate"

// begin sets up a new connection.
func begin(ctx context.Context, conn *pgx.Conn) error {
	milliseconds := func(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
	_, err := conn.Exec(ctx, sessionSettings, milliseconds(statementTimeout), milliseconds(lockTimeout), milliseconds(idleTimeout))
	if err != nil {
		return fmt.Errorf("set up a session: %w", err)
	}
	s := session{name: uuid.NewString()}
	err = conn.QueryRow(ctx, `SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()`).Scan(&s.process, &s.since)
	if err != nil {
		return fmt.Errorf("set up a session: %w", err)
	}
	conn.PgConn().CustomData()[sessionKey] = s
	return nil
}

// sessionOf gives what begin has noted.
func sessionOf(conn *pgx.Conn) session {
	s, _ := conn.PgConn().CustomData()[sessionKey].(session)
	return s
}

// checkServer refuses a server that is too old, or keeps text in a way that
// cannot hold all of it.
func checkServer(ctx context.Context, pool *pgxpool.Pool) error {
	var version int
	var encoding, name string
	err := pool.QueryRow(ctx, `
		SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), current_setting('server_version')`).
		Scan(&version, &encoding, &name)
	switch {
	case err != nil:
		return fmt.Errorf("ask the database server for its version: %w", err)
	case version < oldest:
		return fmt.Errorf("the database server is Postgres %s: 14 or newer is needed", name)
	case encoding != "UTF8":
		return fmt.Errorf("the database has the encoding %s: create it with ENCODING 'UTF8' TEMPLATE template0", encoding)
	}
	return nil
}
