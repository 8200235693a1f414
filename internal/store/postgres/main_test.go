package postgres

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/via-orchestrate/orchestrate/internal/pgtest"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m.Run)) }

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Exercise(t, func(t *testing.T) store.Store { return open(t, pgtest.Database(t)) },
		storetest.Beside(func(t *testing.T, s store.Store) store.Store {
			t.Helper()
			first, ok := s.(*Store)
			if !ok {
				t.Fatalf("the store is %T", s)
			}
			return open(t, first.db.pool.Config().ConnString())
		}))
}

// open opens a store until the test ends.
func open(t testing.TB, address string, options ...Option) *Store {
	t.Helper()
	s, err := Open(t.Context(), address, append(options, WithFailures(func(err error) { t.Log("background:", err) }))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// bare opens what a store stands on.
func bare(t testing.TB, url string) *database {
	t.Helper()
	config, err := parse(url)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	d := newDatabase(pool, time.Now)
	t.Cleanup(d.close)
	if _, err := migrate(context.WithoutCancel(t.Context()), pool); err != nil {
		t.Fatal(err)
	}
	return d
}

// putProfile is a write of one row.
func putProfile(name string) func(*tx) error {
	return func(t *tx) error {
		_, err := t.Exec("INSERT INTO profiles (tenant, name, version_id, document) VALUES ('t', ?, 1, '{}')", name)
		return err
	}
}

// profiles gives the names of the profiles.
func profiles(t testing.TB, d *database) (names []string) {
	t.Helper()
	err := d.read(context.WithoutCancel(t.Context()), func(x *tx) error {
		return x.conn.QueryRow(x.ctx, "SELECT coalesce(array_agg(name ORDER BY name), '{}') FROM profiles").Scan(&names)
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
