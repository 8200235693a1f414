package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// migrations are numbered and never changed once released. Older servers serve
// while they run; see the rules in doc.go.
//
//go:embed migrations/*.sql
var migrations embed.FS

const (
	// migrationPatience is for how long a server waits for another one that
	// migrates, in tries of a second.
	migrationPatience = 600
	// migrationLockTimeout is how long a statement of a migration waits for a lock:
	// what wants a table after it waits with it.
	migrationLockTimeout = "2s"
	migrationTries       = 60
)

// migrate brings the schema up to date, alone of all servers, and tells which
// version this program is written for. A schema that a newer program made is
// left as it is, and served if it says that it can be.
func migrate(ctx context.Context, pool *pgxpool.Pool) (version int64, err error) {
	source, err := sources()
	if err != nil {
		return 0, err
	}
	if err := refuseForeign(ctx, pool); err != nil {
		return 0, err
	}
	version, behind, err := compare(ctx, pool, source)
	if err != nil || !behind {
		return version, err
	}
	config := pool.Config().ConnConfig
	config.RuntimeParams["application_name"] += " migration"
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(forMigrations))
	defer func() { err = errors.Join(err, db.Close()) }()
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, migrationPatience))
	if err != nil {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, source, goose.WithDisableGlobalRegistry(true), goose.WithSessionLocker(locker))
	if err != nil {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	if err := migrateUp(ctx, provider); err != nil {
		return 0, err
	}
	version, _, err = compare(ctx, pool, source)
	return version, err
}

// migrateUp tries again while long transactions hold what a migration needs.
func migrateUp(ctx context.Context, provider *goose.Provider) error {
	for try := 1; ; try++ {
		_, err := provider.Up(ctx)
		switch code := codeOf(err); {
		case err == nil:
			return nil
		case code == "42501":
			return fmt.Errorf("bring the schema up to date: %w. The role needs the right to create tables: "+
				"GRANT CREATE, USAGE ON SCHEMA public TO it, or make it the owner of the database", err)
		case code != "55P03" && code != "40P01" || try == migrationTries:
			return fmt.Errorf("bring the schema up to date: %w", err)
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// forMigrations sets up a session: a migration may take long, and waits for
// locks shortly.
func forMigrations(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, `SELECT set_config('lock_timeout', $1, false), set_config('statement_timeout', '0', false),
		set_config('client_min_messages', 'error', false)`, migrationLockTimeout)
	return err
}

func sources() (fs.FS, error) {
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	return folder, nil
}

// refuseForeign refuses a schema that has tables, but none of ours.
func refuseForeign(ctx context.Context, pool *pgxpool.Pool) error {
	var schema *string
	var tables, ours int
	err := pool.QueryRow(ctx, `
		SELECT current_schema(), count(tablename), count(*) FILTER (WHERE tablename = 'goose_db_version')
		FROM (SELECT 1) one LEFT JOIN pg_tables ON schemaname = current_schema()`).Scan(&schema, &tables, &ours)
	switch {
	case err != nil:
		return fmt.Errorf("read the schema: %w", err)
	case schema == nil:
		return errors.New("the database has no schema that the role may use: create one that is named in its search_path")
	case tables > 0 && ours == 0:
		return errors.New("the database holds tables of another program; name another one with --db, or a schema with ?search_path=")
	}
	return nil
}

// known is the newest migration that this program has.
func known(source fs.FS) (int64, error) {
	files, err := fs.Glob(source, "*.sql")
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("migrations: none (%w)", err)
	}
	return goose.NumericComponent(files[len(files)-1])
}

// compare tells the version that this program knows, and whether the schema is
// behind it. It is an error if the schema is ahead, and this program too old
// for it.
func compare(ctx context.Context, pool *pgxpool.Pool, source fs.FS) (knows int64, behind bool, err error) {
	if knows, err = known(source); err != nil {
		return 0, false, err
	}
	has, err := schemaOf(ctx, pool)
	if err != nil {
		return 0, false, err
	}
	return knows, has.version < knows, has.serves(knows)
}

// schema is what a database tells of its schema.
type schema struct {
	version        int64 // the newest migration it has had
	compatibleFrom int64 // what a program has to know at least
}

// serves tells whether a program that knows a version can serve the schema.
func (s schema) serves(knows int64) error {
	if knows < s.compatibleFrom {
		return fmt.Errorf("the database has schema version %d, which programs that know version %d can serve; this one knows %d: run the newer program",
			s.version, s.compatibleFrom, knows)
	}
	return nil
}

// rowQuerier is a pool or a transaction.
type rowQuerier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func schemaOf(ctx context.Context, q rowQuerier) (has schema, err error) {
	err = q.QueryRow(ctx, `
		SELECT (SELECT max(version_id) FROM goose_db_version WHERE is_applied), compatible_from FROM orchestrate_schema`).
		Scan(&has.version, &has.compatibleFrom)
	if codeOf(err) == "42P01" { // There are no tables yet.
		return schema{}, nil
	}
	if err != nil {
		return schema{}, fmt.Errorf("read the schema version: %w", err)
	}
	return has, nil
}

// Current tells whether the database at the address has a schema that this
// program would not change. It is false for an older one and for an empty
// database; one that is too new, or of another program, is an error.
func Current(ctx context.Context, address string) (current bool, err error) {
	config, err := parse(address)
	if err != nil {
		return false, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return false, explain(err)
	}
	defer pool.Close()
	source, err := sources()
	if err != nil {
		return false, err
	}
	if err := refuseForeign(ctx, pool); err != nil {
		return false, explain(err)
	}
	_, behind, err := compare(ctx, pool, source)
	return !behind && err == nil, err
}
