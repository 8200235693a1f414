package sqlite

import (
	sqldriver "database/sql/driver"
	"path/filepath"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
	driver "modernc.org/sqlite"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/storetest"
)

// rowsCounted is how often the SQL function counted was called.
// The driver knows functions for the whole process.
var rowsCounted atomic.Int64

func TestMain(m *testing.M) {
	driver.MustRegisterScalarFunction("counted", 1, func(*driver.FunctionContext, []sqldriver.Value) (sqldriver.Value, error) {
		rowsCounted.Add(1)
		return int64(1), nil
	})
	goleak.VerifyTestMain(m)
}

// filledColumns are those of ingests that tests fill by statements of their
// own, also in older schemas.
const filledColumns = "id, tenant, asset_id, profile_name, profile_version, status, progress, start_ms, end_ms, " +
	"error, media_types, forced, imported, has_input, media_key, input_digest"

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Exercise(t, func(t *testing.T) store.Store { return open(t) })
}

// open opens a store in a folder of the test's own.
func open(t testing.TB, options ...Option) *Store {
	t.Helper()
	return openFile(t, filepath.Join(t.TempDir(), "orchestrate.db"), options...)
}

func openFile(t testing.TB, path string, options ...Option) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, options...)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}
