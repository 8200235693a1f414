package uitest_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/via-orchestrate/orchestrate/internal/apptest"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/uitest"
)

const many = 100_000 // ingests of a large installation

// firstView is how many bytes the first view of the list may take in all.
const firstView = 100_000

// TestFirstView: among a hundred thousand ingests the list is there with less
// than 100 KB for everything that the browser fetches, and goes on from there.
func TestFirstView(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	fill(t, filepath.Join(data, "orchestrate.db"))
	_, a := apptest.Serve(t, "--data", data)
	tab := uitest.Open(t)
	tab.Look(1280, 900, false)
	tab.Visit(a.URL() + "/ui/default/ingests")
	tab.Await("the list", `document.querySelectorAll('tbody[data-id]').length >= 50 && document.readyState === 'complete'`)
	size, err := strconv.Atoi(tab.Eval(`[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
		.reduce((sum, e) => sum + e.transferSize, 0)`))
	if err != nil {
		t.Fatal(err)
	}
	took := tab.Eval(`Math.round(performance.getEntriesByType('navigation')[0].responseEnd)`)
	t.Logf("the first view takes %d bytes of %d, and the page is there after %s ms", size, firstView, took)
	if size < 5000 || size > firstView {
		t.Errorf("the first view takes %d bytes, of %d", size, firstView)
	}
	if all := tab.Eval(`document.querySelector('#ingests-counters b').textContent`); all != "100,000" {
		t.Errorf("the counter says %s", all)
	}
	tab.Eval(`window.scrollTo(0, document.body.scrollHeight)`)
	tab.Await("the next page", `document.querySelectorAll('tbody[data-id]').length >= 100`)
	if twice := tab.Eval(`(() => { const ids = [...document.querySelectorAll('tbody[data-id]')].map((e) => e.dataset.id); return ids.length - new Set(ids).size; })()`); twice != "0" {
		t.Errorf("%s rows are there twice", twice)
	}
}

// fill writes a store as it is after years.
func fill(t *testing.T, file string) {
	t.Helper()
	empty, err := sqlite.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	if err := empty.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=synchronous(OFF)&_pragma=cache_size(-200000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	_, err = db.ExecContext(ctx, `
		WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
		INSERT INTO ingests (id, tenant, asset_id, profile_name, profile_version, status, progress, start_ms, end_ms,
			error, media_types, forced, imported, has_input, media_key, input_digest)
		SELECT printf('00000000-0000-4000-8000-%012d', i), 'default', 'film-' || i, 'default', 1700000000000,
			CASE WHEN i % 50 = 0 THEN 'FAILED' WHEN i % 9 = 0 THEN 'SKIPPED' ELSE 'COMPLETED' END,
			CASE WHEN i % 50 = 0 THEN 28 WHEN i % 9 = 0 THEN 14 ELSE 100 END,
			1600000000000 + i * 60000, 1600000000000 + i * 60000 + 1000 * (i % 700),
			CASE WHEN i % 50 = 0 THEN 'ENCODING failed: The file is cut off after 12 minutes. Ask for it to be delivered again.' ELSE '' END,
			'["VIDEO","SUBTITLE"]', 0, 0, 1, '', ''
		FROM n`, many)
	if err != nil {
		t.Fatal(err)
	}
}
