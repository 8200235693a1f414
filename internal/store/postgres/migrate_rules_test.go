package postgres

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

// rules of migrations, each with what breaks it; see doc.go. They hold of all
// but the first one, before which nobody serves.
type rule struct {
	name string
	bad  *regexp.Regexp
	not  *regexp.Regexp // what makes it good
}

var rules = []rule{
	{name: "older programs read what is dropped or renamed", bad: regexp.MustCompile(`(?i)\bDROP\s+(TABLE|COLUMN|VIEW|FUNCTION|TRIGGER)\b|\bRENAME\b`)},
	{name: "older programs bind the type that was", bad: regexp.MustCompile(`(?i)\bALTER\s+(COLUMN\s+)?\w+\s+(SET\s+DATA\s+)?TYPE\b`)},
	{name: "older programs leave the column out", bad: regexp.MustCompile(`(?i)\bSET\s+NOT\s+NULL\b|\bDROP\s+DEFAULT\b`)},
	{
		name: "a new column that older programs leave out needs a default",
		bad:  regexp.MustCompile(`(?i)\bADD\s+(COLUMN\s+)?\w+[^,;]*\bNOT\s+NULL\b`), not: regexp.MustCompile(`(?i)\bDEFAULT\b`),
	},
	{
		name: "an index of a table in use is made CONCURRENTLY",
		bad:  regexp.MustCompile(`(?i)\b(CREATE\s+(UNIQUE\s+)?INDEX|DROP\s+INDEX|REINDEX)\b`), not: regexp.MustCompile(`(?i)\bCONCURRENTLY\b`),
	},
	{
		name: "a constraint is checked apart from its making: NOT VALID, then VALIDATE",
		bad:  regexp.MustCompile(`(?i)\bADD\s+CONSTRAINT\b`), not: regexp.MustCompile(`(?i)\bNOT\s+VALID\b`),
	},
	{name: "a table in use is not locked or rewritten", bad: regexp.MustCompile(`(?i)\bLOCK\s+TABLE\b|\bVACUUM\s+FULL\b|\bCLUSTER\b|\bTRUNCATE\b`)},
}

var (
	comment      = regexp.MustCompile(`--[^\n]*`)
	created      = regexp.MustCompile(`(?i)\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)`)
	indexedTable = regexp.MustCompile(`(?i)\bINDEX\b.*\bON\s+(\w+)`)
	endsOlder    = regexp.MustCompile(`(?i)\bUPDATE\s+orchestrate_schema\s+SET\s+compatible_from\s*=\s*\d+`)
	concurrently = regexp.MustCompile(`(?i)\bINDEX\s+CONCURRENTLY\b`)
)

// broken gives what a migration does that would disturb older servers.
func broken(text string) (why []string) {
	statements := strings.Split(comment.ReplaceAllString(text, ""), ";")
	if endsOlder.MatchString(comment.ReplaceAllString(text, "")) {
		return nil // It says that older programs cannot serve any more.
	}
	if concurrently.MatchString(text) && !strings.Contains(text, "+goose NO TRANSACTION") {
		why = append(why, "CONCURRENTLY needs -- +goose NO TRANSACTION")
	}
	fresh := map[string]bool{}
	for _, statement := range statements {
		if m := created.FindStringSubmatch(statement); m != nil {
			fresh[m[1]] = true
		}
		if m := indexedTable.FindStringSubmatch(statement); m != nil && fresh[m[1]] {
			continue // Nobody uses the table yet.
		}
		for _, r := range rules {
			if r.bad.MatchString(statement) && (r.not == nil || !r.not.MatchString(statement)) {
				why = append(why, fmt.Sprintf("%s: %s", r.name, strings.TrimSpace(statement)))
			}
		}
	}
	return why
}

// TestMigrationsLetOlderServersServe holds the rules.
func TestMigrationsLetOlderServersServe(t *testing.T) {
	t.Parallel()
	source, err := sources()
	if err != nil {
		t.Fatal(err)
	}
	files, err := fs.Glob(source, "*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files[1:] {
		text, err := fs.ReadFile(source, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, why := range broken(string(text)) {
			t.Errorf("%s: %s", file, why)
		}
	}
}

// TestMigrationRules holds the rules themselves.
func TestMigrationRules(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"ALTER TABLE ingests ADD COLUMN place TEXT;",
		"ALTER TABLE ingests ADD COLUMN place TEXT COLLATE \"C\" NOT NULL DEFAULT '';",
		"-- +goose NO TRANSACTION\nCREATE INDEX CONCURRENTLY ingests_by_place ON ingests (place);",
		"CREATE TABLE places (id TEXT NOT NULL); CREATE INDEX places_by_id ON places (id);",
		"ALTER TABLE ingests ADD CONSTRAINT c CHECK (true) NOT VALID; ALTER TABLE ingests VALIDATE CONSTRAINT c;",
		"-- DROP TABLE is what this does not do.\nSELECT 1;",
		"UPDATE orchestrate_schema SET compatible_from = 7; ALTER TABLE ingests DROP COLUMN place;",
		"CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE sql AS 'SELECT';",
	} {
		if why := broken(good); why != nil {
			t.Errorf("%s: %v", good, why)
		}
	}
	for _, bad := range []string{
		"DROP TABLE ingests;",
		"ALTER TABLE ingests DROP COLUMN place;",
		"ALTER TABLE ingests RENAME COLUMN place TO site;",
		"ALTER TABLE ingests ALTER COLUMN place TYPE BIGINT;",
		"ALTER TABLE ingests ALTER place SET NOT NULL;",
		"ALTER TABLE ingests ADD COLUMN place TEXT NOT NULL;",
		"CREATE INDEX ingests_by_place ON ingests (place);",
		"CREATE INDEX CONCURRENTLY ingests_by_place ON ingests (place);",
		"DROP INDEX ingests_by_place;",
		"ALTER TABLE ingests ADD CONSTRAINT c CHECK (true);",
		"LOCK TABLE ingests;",
		"TRUNCATE ingests;",
	} {
		if broken(bad) == nil {
			t.Errorf("%s: nothing is wrong with it", bad)
		}
	}
}
