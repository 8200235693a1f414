package sqlite

import (
	"errors"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"
)

// taken tells whether err is that of a row whose key another row has.
func taken(err error) bool {
	code := codeOf(err)
	return code == codes.SQLITE_CONSTRAINT_PRIMARYKEY || code == codes.SQLITE_CONSTRAINT_UNIQUE
}

func diskFull(err error) bool { return codeOf(err) == codes.SQLITE_FULL }

// codeOf is SQLite's extended result code, 0 for other errors.
func codeOf(err error) int {
	var e *driver.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Code()
}
