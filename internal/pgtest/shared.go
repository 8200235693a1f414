package pgtest

import (
	"context"
	"net/url"
	"os"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/via-orchestrate/orchestrate/internal/proctest"
)

// sharedKey is the environment variable with the URL of the server that [Main]
// runs, for processes that the tests start too.
const sharedKey = "PGTEST_URL"

// Main runs the tests beside a server that all of them share, and gives their
// exit code. Where Postgres is missing they run without, and [Database] tells.
func Main(run func() int) int {
	return proctest.Share(sharedKey, func(ctx context.Context) (string, func() error, error) {
		s, err := start(ctx, Options{})
		if err != nil {
			return "", nil, err
		}
		return s.URL("postgres"), s.end, nil
	}, run)
}

// Database gives the URL of a new empty database, which is dropped when the
// test ends, whoever is connected. It is on the server of [Main], or, without
// that, on one of the test's own, which takes seconds to start.
func Database(t testing.TB) string {
	t.Helper()
	shared := os.Getenv(sharedKey)
	if shared == "" {
		shared = Start(t, Options{}).URL("postgres")
	}
	name := "test_" + uuid.NewString()
	execute(t, shared, `CREATE DATABASE "`+name+`"`)
	t.Cleanup(func() { execute(t, shared, `DROP DATABASE "`+name+`" WITH (FORCE)`) })
	u, err := url.Parse(shared)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = name
	return u.String()
}

// execute runs a statement on a connection of its own.
func execute(t testing.TB, url, statement string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := conn.Close(ctx); err != nil {
			t.Error(err)
		}
	}()
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatal(err)
	}
}
