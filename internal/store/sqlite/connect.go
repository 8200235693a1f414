package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// pragma is a setting of a connection, and the value that it then shows.
type pragma struct{ name, value, shown string }

// pragmas are the settings of every connection of a pool.
func pragmas(synchronous string, readOnly bool) []pragma {
	level := map[string]string{"NORMAL": "1", "FULL": "2"}[synchronous]
	list := []pragma{
		{"busy_timeout", "5000", "5000"}, // ms; for a backup tool that holds a lock
		{"journal_mode", "WAL", "wal"},
		{"synchronous", synchronous, level},
		{"foreign_keys", "1", "1"},
		{"cache_size", "-4096", "-4096"}, // KiB, for each connection
		{"temp_store", "MEMORY", "2"},
		{"trusted_schema", "0", "0"},
		{"journal_size_limit", "67108864", "67108864"}, // bytes that the WAL keeps
	}
	if readOnly {
		list = append(list, pragma{"query_only", "1", "1"})
	}
	return list
}

// connect opens a pool of exactly n connections and makes sure that each has
// the pragmas: SQLite ignores one that it does not know or cannot set.
func connect(ctx context.Context, path string, n int, set []pragma) (_ *sql.DB, err error) {
	name, err := dataSource(path, set)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	var conns []*sql.Conn // all held until the last is checked, so that n are opened
	defer func() {
		for _, c := range conns {
			err = errors.Join(err, c.Close())
		}
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	for range n {
		c, err := db.Conn(ctx)
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", path, err)
		}
		conns = append(conns, c)
		if err := check(ctx, c, set); err != nil {
			return nil, fmt.Errorf("open %s: %w", path, err)
		}
	}
	return db, nil
}

// check reads the pragmas back.
func check(ctx context.Context, c *sql.Conn, set []pragma) error {
	for _, p := range set {
		var shown string
		if err := c.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&shown); err != nil {
			return fmt.Errorf("read pragma %s back: %w", p.name, err)
		}
		if shown != p.shown {
			return fmt.Errorf("pragma %s is %s, although set to %s", p.name, shown, p.value)
		}
	}
	return nil
}

// dataSource is path as a URI, so that no character of it is special.
func dataSource(path string, set []pragma) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("open %s: %w", path, err)
	}
	query := []string{"_txlock=deferred", "_dqs=0"}
	for _, p := range set {
		query = append(query, "_pragma="+p.name+"("+p.value+")")
	}
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(absolute), RawQuery: strings.Join(query, "&")}
	return u.String(), nil
}
