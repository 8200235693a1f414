package sqlite

import (
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// searchColumns are those of the table search; see Text in doc.go.
const searchColumns = "rowid, tenant_mark, status_mark, profile_mark, asset_mark, asset, names, failure"

// The part of search_id that tells ingests apart that start together.
const (
	searchBits = 20
	searchMask = 1<<searchBits - 1
)

// maxSearchTime bounds the start in search_id, in ms since 1970 (year 2248).
// What starts outside counts as starting there.
const maxSearchTime = 1<<43 - 1

// searchTime is the part of search_id that the start makes.
func searchTime(ms int64) int64 { return max(min(ms, maxSearchTime), -maxSearchTime) }

// searchEntry is what stands of an ingest in search.
type searchEntry struct {
	row int64 // the negative of search_id
	// Marks.
	tenant, status, profile, assetMark string
	sqlstore.SearchText
	isNew bool // there is no row yet
}

// entryOf gives the entry of a run, without its row. The numbers are those
// of its tenant and of its profile.
func entryOf(run *vod.Run, tenant, profile int64) searchEntry {
	in := &run.Ingest
	return searchEntry{
		tenant:     mark(tenant, tenantKind),
		status:     mark(tenant, statusKind(in.Status)),
		profile:    mark(profile, profileKind),
		assetMark:  assetMark(in.AssetID),
		SearchText: sqlstore.SearchTextOf(run),
	}
}

// Kinds of marks; statuses have more of them.
const (
	tenantKind     = 't'
	profileKind    = 'p'
	unfinishedKind = 'u'
)

// statusKind is the mark of a status. Unfinished ingests have one for all, so
// that an entry is written when an ingest is accepted and when it is over, and
// not in between: they are few, and their rows are looked at.
func statusKind(status vod.IngestStatus) rune {
	switch status {
	case vod.Completed:
		return 'c'
	case vod.Skipped:
		return 's'
	case vod.Failed:
		return 'f'
	case vod.Cancelled:
		return 'x'
	default:
		return unfinishedKind
	}
}

// The private use area of Unicode: of its characters numbers are made, as they
// have no case.
const (
	privateFirst = '\uE000'
	privateCount = 6400
)

// mark is a sequence of three characters.
func mark(number int64, kind rune) string {
	return string([]rune{
		privateFirst + rune(number/privateCount%privateCount),
		privateFirst + rune(number%privateCount),
		kind,
	})
}

// assetMark is a sequence of three characters that stands for an asset, and
// seldom for another one too.
func assetMark(id string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // Never fails.
	n := h.Sum64()
	return string([]rune{
		privateFirst + rune(n%privateCount),
		privateFirst + rune(n/privateCount%privateCount),
		privateFirst + rune(n/privateCount/privateCount%privateCount),
	})
}

// IndexNew implements [sqlstore.Writer]: it numbers the ingest for the search.
func (t *tx) IndexNew(in *vod.Ingest, insert func(columns string, values ...any) error) error {
	e, err := t.searchEntry(&vod.Run{Ingest: *in})
	if err == nil {
		e.row, err = t.nextSearchRow(in.Start)
	}
	if err != nil {
		return fmt.Errorf("make ingest %s searchable: %w", in.ID, err)
	}
	e.isNew = true
	t.found = append(t.found, e)
	return insert(", search_id", -e.row)
}

const lastSearchIDQuery = `
	SELECT search_id FROM ingests INDEXED BY ingests_by_search WHERE search_id > ? AND search_id <= ? ORDER BY search_id DESC`

func (t *tx) nextSearchRow(start time.Time) (int64, error) {
	from := searchTime(start.UnixMilli()) << searchBits
	last, found, err := sqlstore.First(t, numberRow, lastSearchIDQuery, from, from|searchMask)
	switch {
	case err != nil:
		return 0, err
	case !found:
		last = from
	case last == from|searchMask:
		return 0, fmt.Errorf("more than %d ingests start at %s", searchMask, start)
	}
	return -(last + 1), nil
}

const searchIDQuery = `SELECT search_id FROM ingests WHERE id = ? AND search_id IS NOT NULL`

// IndexAgain implements [sqlstore.Writer].
func (t *tx) IndexAgain(run *vod.Run) error {
	id, found, err := sqlstore.First(t, numberRow, searchIDQuery, run.Ingest.ID)
	if err != nil || !found {
		return err
	}
	e, err := t.searchEntry(run)
	e.row = -id
	t.found = append(t.found, e)
	return err
}

const (
	// Who was deleted again in the same batch has no row in ingests.
	insertSearch = `INSERT INTO search (` + searchColumns + `) SELECT ?, ?, ?, ?, ?, ?, ?, ?
		WHERE EXISTS (SELECT 1 FROM ingests INDEXED BY ingests_by_search WHERE search_id = ?)`
	updateSearch = `UPDATE search SET tenant_mark = ?, status_mark = ?, profile_mark = ?, asset_mark = ?, asset = ?, names = ?, failure = ?
		WHERE rowid = ?`
)

// writeIndex writes the entries of the batch, each once, and all after the last
// of its savepoints: at each of these FTS5 would write what it has gathered. It
// does so in the order of the rows, in which FTS5 gathers them.
func (w *writer) writeIndex() error {
	t := &tx{w: w, saved: true} // It stands or falls with the batch.
	for _, row := range slices.Sorted(maps.Keys(w.index)) {
		e := w.index[row]
		var err error
		if e.isNew {
			_, err = t.Exec(insertSearch, row, e.tenant, e.status, e.profile, e.assetMark, e.Asset, e.Names, e.Failure, -row)
		} else {
			_, err = t.Exec(updateSearch, e.tenant, e.status, e.profile, e.assetMark, e.Asset, e.Names, e.Failure, row)
		}
		if err != nil {
			return fmt.Errorf("write the search: %w", err)
		}
	}
	return nil
}

// searchEntry is entryOf with numbers that are made where there are none.
func (t *tx) searchEntry(run *vod.Run) (searchEntry, error) {
	tenant, err := t.searchNumber(run.Ingest.Tenant, "")
	if err != nil {
		return searchEntry{}, err
	}
	profile, err := t.searchNumber(run.Ingest.Tenant, run.Ingest.ProfileName)
	return entryOf(run, tenant, profile), err
}

func (t *tx) searchNumber(tenant, profile string) (int64, error) {
	known, found, err := searchNumber(t, tenant, profile)
	if err != nil || found {
		return known, err
	}
	if _, err := t.Exec(`INSERT INTO search_numbers (tenant, profile) VALUES (?, ?)`, tenant, profile); err != nil {
		return 0, err
	}
	known, _, err = searchNumber(t, tenant, profile)
	return known, err
}

const searchNumberQuery = `SELECT number FROM search_numbers WHERE tenant = ` + sqlstore.TextArg + ` AND profile = ` + sqlstore.TextArg

// searchNumber gives the number of a tenant's profile, or of the tenant.
func searchNumber(q sqlstore.Querier, tenant, profile string) (known int64, found bool, err error) {
	return sqlstore.First(q, numberRow, searchNumberQuery, tenant, profile)
}
