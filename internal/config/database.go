package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// isPostgres tells whether an address is that of a Postgres database.
func isPostgres(db string) bool {
	scheme, _, _ := strings.Cut(db, ":")
	return scheme == "postgres" || scheme == "postgresql"
}

// Postgres tells whether the database is Postgres, which several processes may
// use at the same time.
func (c *Config) Postgres() bool { return isPostgres(c.DB) }

// SQLitePath is the file of the database, or "" if it is not SQLite.
func (c *Config) SQLitePath() string {
	path, ok := strings.CutPrefix(c.DB, "sqlite:")
	if !ok {
		return ""
	}
	return path
}

// PostgresURL is the address of the database with the password put in, which is
// that of db-password-file or "" for the one that the address or the
// environment (PGPASSFILE, PGPASSWORD) has. It is not to be shown.
func (c *Config) PostgresURL(password Secret) Secret {
	u, err := url.Parse(c.DB)
	if err != nil || password == "" { // Check has refused what cannot be read.
		return Secret(c.DB)
	}
	u.User = url.UserPassword(u.User.Username(), password.Reveal())
	return Secret(u.String())
}

// ShownDB is the address of the database without its password.
func (c *Config) ShownDB() string {
	if !c.Postgres() {
		return c.DB
	}
	u, err := url.Parse(c.DB)
	if err != nil {
		return "postgres:" + redacted
	}
	query := u.Query()
	for key := range query {
		if secretParameter(key) {
			query.Set(key, "xxxxx")
		}
	}
	u.RawQuery = query.Encode()
	return u.Redacted()
}

// secretParameter tells whether a parameter of a Postgres address holds a
// password: of the user, or of the key of a certificate.
func secretParameter(key string) bool {
	return slices.Contains([]string{"password", "sslpassword"}, strings.ToLower(key))
}

// dbProblem never repeats the address of a Postgres database, which may hold a
// password.
func (c *Config) dbProblem() string {
	scheme, rest, _ := strings.Cut(c.DB, ":")
	switch {
	case isPostgres(c.DB):
		return c.postgresProblem()
	case scheme == "sqlite" && rest != "" && !strings.ContainsAny(rest, "?#"):
		return ""
	case scheme == "sqlite":
		return "must name a file, such as sqlite:/var/lib/orchestrate/orchestrate.db, without ? and #"
	}
	return "must be sqlite:PATH or postgres://USER@HOST/DATABASE"
}

func (c *Config) postgresProblem() string {
	u, err := url.Parse(c.DB)
	switch {
	case err != nil || u.Opaque != "" || u.Host == "" && !u.Query().Has("host"):
		return "is not an address such as postgres://USER@HOST:5432/DATABASE"
	case strings.Trim(u.Path, "/") == "" && !u.Query().Has("dbname"):
		return "must name a database, such as postgres://USER@HOST/orchestrate"
	case u.Fragment != "":
		return "must not have a fragment; escape # in a password as %23, or put it into a file (db-password-file)"
	case !c.Temporal.Used():
		return "Postgres is for several processes, whose work Temporal delivers: name its server (temporal), or use sqlite:PATH"
	}
	return ""
}

// checkDatabase reports what is wrong with the database and with what has to go
// with it.
func (c *Config) checkDatabase(report func(key, problem string)) {
	report("db", c.dbProblem())
	if c.Postgres() {
		return
	}
	if c.DBPasswordFile != "" {
		report("db-password-file", "is for a Postgres database (db)")
	}
	if c.Temporal.Used() {
		report("temporal", "needs a Postgres database (db): with SQLite exactly one process serves, and does all the work itself")
	}
	if len(c.Stages) > 0 {
		report("stages", "needs a Postgres database (db) and Temporal (temporal): with SQLite the one process runs all stages")
	}
}

// WorkerProblem says why a worker cannot run with this configuration; empty when
// it can.
func (c *Config) WorkerProblem() string {
	if !c.Postgres() {
		return fmt.Sprintf("a worker cannot share the SQLite database %s: exactly one process uses it, and runs the tasks itself", c.SQLitePath())
	}
	return ""
}
