package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
)

// database is a file of ingests, and where the cases find something in it.
type database struct {
	N       int
	Details []string // ids of ingests with their tasks
	IDs     []string // ids of any ingests
	Assets  []string
	Deep    position // where page 10,000 begins, or the last one
	DeepAt  int      // its number
	Since   int64    // start of the last tenth, ms
	file    string
	bytes   int64
}

type position struct {
	Start int64
	ID    string
}

// filled gives the database of n ingests, from the cache where it is there.
func filled(ctx context.Context, cache string, n int) (db database, err error) {
	if err := os.MkdirAll(cache, 0o750); err != nil {
		return database{}, err
	}
	// The schema decides what a kept file is good for.
	version, err := schemaVersion(ctx)
	if err != nil {
		return database{}, err
	}
	name := filepath.Join(cache, fmt.Sprintf("%d-v%d", n, version))
	text, err := os.ReadFile(name + ".json")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		db, err = fill(ctx, name+".db", n)
		if err != nil {
			return database{}, fmt.Errorf("fill %s: %w", name, err)
		}
		if text, err = json.Marshal(db); err != nil {
			return database{}, err
		}
		if err := os.WriteFile(name+".json", text, 0o600); err != nil {
			return database{}, err
		}
	case err != nil:
		return database{}, err
	}
	if err := json.Unmarshal(text, &db); err != nil {
		return database{}, err
	}
	info, err := os.Stat(name + ".db")
	if err != nil {
		return database{}, err
	}
	db.file, db.bytes = name+".db", info.Size()
	return db, nil
}

func schemaVersion(ctx context.Context) (version int64, err error) {
	dir, err := os.MkdirTemp("", "bench-api-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	db, err := emptyStore(ctx, filepath.Join(dir, "empty.db"))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	err = db.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version").Scan(&version)
	return version, err
}

// emptyStore makes a store with the server's own schema and opens it to be
// filled, without care for what a crash would do to it.
func emptyStore(ctx context.Context, file string) (*sql.DB, error) {
	s, err := sqlite.Open(ctx, file)
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=cache_size(-2000000)&_pragma=locking_mode(EXCLUSIVE)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// fill writes n ingests into a new file.
func fill(ctx context.Context, file string, n int) (db database, err error) {
	began := time.Now()
	for _, left := range []string{"", "-wal", "-shm"} { // of a run that was stopped
		if err := os.Remove(file + left); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return database{}, err
		}
	}
	conn, err := emptyStore(ctx, file)
	if err != nil {
		return database{}, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	db.N = n
	m := newMix(n)
	for done := 0; done < n; {
		some := min(100_000, n-done)
		if err := fillSome(ctx, conn, m, &db, done, some); err != nil {
			return database{}, err
		}
		done += some
		fmt.Fprintf(os.Stderr, "filled %d of %d ingests in %.0f s\n", done, n, time.Since(began).Seconds())
	}
	return db, db.find(ctx, conn)
}

// rowsAtOnce is how many ingests one statement writes.
const rowsAtOnce = 50

func fillSome(ctx context.Context, conn *sql.DB, m *mix, db *database, from, count int) (err error) {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	var rows []row
	for i := from; i < from+count; i++ {
		r := m.next(i)
		rows = append(rows, r)
		if len(rows) == rowsAtOnce || i == from+count-1 {
			if err := insert(ctx, tx, rows); err != nil {
				return err
			}
			rows = rows[:0]
		}
		if i%detailEvery == 0 {
			if r.tenant == tenant {
				db.Details = append(db.Details, r.id)
			}
		} else if i%97 == 0 && r.tenant == tenant && len(db.IDs) < 5000 {
			db.IDs, db.Assets = append(db.IDs, r.id), append(db.Assets, r.asset)
		}
	}
	return tx.Commit()
}

func insert(ctx context.Context, tx *sql.Tx, rows []row) error {
	const marks = "(?,?,?,?,1700000000000,?,?,?,?,?,?,0,1,?,'','')"
	args := make([]any, 0, 11*len(rows))
	for _, r := range rows {
		args = append(args, r.id, r.tenant, r.asset, r.profile, r.status, r.progress, r.start, r.end, r.message, `["VIDEO","AUDIO"]`, 1)
	}
	//nolint:gosec // Nothing but marks is put together.
	query := `
		INSERT INTO ingests (id, tenant, asset_id, profile_name, profile_version, status, progress, start_ms, end_ms,
			error, media_types, forced, imported, has_input, media_key, input_digest)
		VALUES ` + marks + strings.Repeat(","+marks, len(rows)-1)
	_, err := tx.ExecContext(ctx, query, args...)
	return err
}

// find looks up where the cases begin, and writes the details.
func (db *database) find(ctx context.Context, conn *sql.DB) error {
	var count int
	if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM ingests WHERE tenant = ?", tenant).Scan(&count); err != nil {
		return err
	}
	db.DeepAt = min(10_000, count/25)
	err := conn.QueryRowContext(ctx, `SELECT start_ms, id FROM ingests WHERE tenant = ? ORDER BY start_ms DESC, id DESC LIMIT 1 OFFSET ?`,
		tenant, db.DeepAt*25-26).Scan(&db.Deep.Start, &db.Deep.ID)
	if err != nil {
		return err
	}
	err = conn.QueryRowContext(ctx, `SELECT start_ms FROM ingests WHERE tenant = ? ORDER BY start_ms DESC, id DESC LIMIT 1 OFFSET ?`,
		tenant, count/10).Scan(&db.Since)
	if err != nil {
		return err
	}
	for _, id := range db.Details {
		if err := writeDetail(ctx, conn, id); err != nil {
			return err
		}
	}
	return nil
}

// writeDetail gives an ingest its input and 20 tasks.
func writeDetail(ctx context.Context, conn *sql.DB, id string) error {
	var r row
	err := conn.QueryRowContext(ctx, "SELECT id, asset_id, profile_name, start_ms FROM ingests WHERE id = ?", id).Scan(&r.id, &r.asset, &r.profile, &r.start)
	if err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "INSERT INTO ingest_inputs (ingest_id, input) VALUES (?, ?)", id, input(r)); err != nil {
		return err
	}
	for step := range detailTasks {
		start := r.start + int64(step)*1000
		_, err := conn.ExecContext(ctx, `
			INSERT INTO tasks (id, ingest_id, step, stage, status, attempt, failures, lost, claim_rank, share, start_ms, end_ms, input, outputs)
			VALUES (?, ?, ?, 'ENCODING', 'TASK_COMPLETED', 1, 0, 0, ?, 1, ?, ?, ?, ?)`,
			fmt.Sprintf("%s-%d", id[:20], step), id, step, step+1, start, start+900, filesets(r, step), filesets(r, step+1))
		if err != nil {
			return err
		}
	}
	return nil
}

// copyTo copies the database, so that a run finds it as it was made.
func (db database) copyTo(file string) (err error) {
	from, err := os.Open(db.file)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	to, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Close())
}
