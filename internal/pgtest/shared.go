package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// sharedKey is the environment variable with the URL of the server that [Main]
// runs, for processes that the tests start too.
const sharedKey = "PGTEST_URL"

// Main runs the tests beside a server that all of them share, and gives their
// exit code. Where Postgres is missing they run without, and [Database] tells.
func Main(run func() int) (code int) {
	if os.Getenv(sharedKey) != "" {
		return run() // The server is that of the process that started this one.
	}
	s, err := start(context.Background(), Options{})
	if errors.Is(err, errMissing) {
		return run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() {
		if err := s.end(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}()
	if err := os.Setenv(sharedKey, s.URL("postgres")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return run()
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
