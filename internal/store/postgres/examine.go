package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Facts are what a database tells of itself, for whoever looks for a fault.
type Facts struct {
	Version   string // of the server, such as "15.14"
	Name      string // of the database
	Role      string
	Schema    int64 // version of our tables; 0: there are none yet
	Knows     int64 // that this program is written for
	MayCreate bool  // the role may create tables, which migrations do
	Standby   bool  // it can be read only
	Used, Max int   // connections of all clients, and how many there may be
	// Now is the server's time, asked for and told at these times of this machine.
	Now, Asked, Told time.Time
}

// Examine asks the database at the address for the facts, and changes nothing.
// The error tells that it cannot be used, or not reached; it holds no password.
func Examine(ctx context.Context, address string) (Facts, error) {
	config, err := parse(address)
	if err != nil {
		return Facts{}, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return Facts{}, explain(err)
	}
	defer pool.Close()
	if err := checkServer(ctx, pool); err != nil {
		return Facts{}, explain(err)
	}
	f := Facts{Asked: time.Now()}
	if err := pool.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&f.Now); err != nil {
		return f, explain(fmt.Errorf("ask for the time: %w", err))
	}
	f.Told = time.Now()
	err = pool.QueryRow(ctx, `
		SELECT current_setting('server_version'), current_database(), current_user,
			coalesce(has_schema_privilege(current_schema(), 'CREATE'), false), pg_is_in_recovery(),
			(SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), current_setting('max_connections')::int`).
		Scan(&f.Version, &f.Name, &f.Role, &f.MayCreate, &f.Standby, &f.Used, &f.Max)
	if err != nil {
		return f, explain(fmt.Errorf("ask the database about itself: %w", err))
	}
	if err := refuseForeign(ctx, pool); err != nil {
		return f, explain(err)
	}
	source, err := sources()
	if err != nil {
		return f, err
	}
	has, err := schemaOf(ctx, pool)
	if err != nil {
		return f, explain(err)
	}
	f.Schema = has.version
	if f.Knows, _, err = compare(ctx, pool, source); err != nil {
		return f, explain(err)
	}
	return f, nil
}
