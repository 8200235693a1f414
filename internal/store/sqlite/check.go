package sqlite

import (
	"context"
	"errors"
	"fmt"
)

// Check reads the whole database, while a server uses it or not, and tells what
// is damaged. It changes nothing.
func Check(ctx context.Context, path string) (err error) {
	db, err := connect(ctx, path, 1, pragmas("FULL", true))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return fmt.Errorf("check %s: %w", path, err)
	}
	if verdict != "ok" {
		return fmt.Errorf("%s is damaged: %s", path, verdict)
	}
	return nil
}
