package pgtest_test

import (
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/via-orchestrate/orchestrate/internal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m.Run)) }

func TestDatabase(t *testing.T) {
	t.Parallel()
	for range 2 { // Each is empty.
		conn := connect(t, pgtest.Database(t))
		execute(t, conn, "CREATE TABLE things (id int)")
	}
}

func TestRestart(t *testing.T) {
	t.Parallel()
	s := pgtest.Start(t, pgtest.Options{Durable: true})
	url := s.URL("postgres")
	held := connect(t, url)
	execute(t, held, "CREATE TABLE things (id int)")
	execute(t, held, "INSERT INTO things VALUES (1)")
	for _, end := range []func(){s.Kill, func() { s.Stop(t) }} {
		end()
		if _, err := pgx.Connect(t.Context(), url); err == nil {
			t.Fatal("connected to a server that has ended")
		}
		s.Restart(t)
		var n int
		if err := connect(t, url).QueryRow(t.Context(), "SELECT count(*) FROM things").Scan(&n); err != nil || n != 1 {
			t.Fatalf("%d things after a restart: %v", n, err)
		}
	}
	if _, err := held.Exec(t.Context(), "SELECT 1"); err == nil {
		t.Error("a session outlived the server")
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	return conn
}

func execute(t *testing.T, conn *pgx.Conn, statement string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
