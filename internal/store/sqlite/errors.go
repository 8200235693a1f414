package sqlite

import (
	"errors"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// taken tells whether err is that of a row whose key another row has.
func taken(err error) bool {
	var e *driver.Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Code() == codes.SQLITE_CONSTRAINT_PRIMARYKEY || e.Code() == codes.SQLITE_CONSTRAINT_UNIQUE
}

func noIngest(id string) error { return vod.Faultf(vod.NotFound, "There is no ingest %s.", id) }
