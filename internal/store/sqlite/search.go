package sqlite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/url"
	"strings"
	"time"

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

// maxSearched bounds what is searched of one ingest's asset id, of the names of
// its files and of its error, in bytes each.
const maxSearched = 8 << 10

// searchTime is the part of search_id that the start makes.
func searchTime(ms int64) int64 { return max(min(ms, maxSearchTime), -maxSearchTime) }

// searchEntry is what stands of an ingest in search.
type searchEntry struct {
	row int64 // the negative of search_id
	// Marks.
	tenant, status, profile, assetMark string
	// Texts.
	asset, names, failure string
}

func searchRow(e *searchEntry) []column {
	return []column{
		number[int64]{&e.row},
		text[string]{&e.tenant},
		text[string]{&e.status},
		text[string]{&e.profile},
		text[string]{&e.assetMark},
		text[string]{&e.asset},
		text[string]{&e.names},
		text[string]{&e.failure},
	}
}

// entryOf gives the entry of an ingest, without its row. The numbers are those
// of its tenant and of its profile.
func entryOf(in *vod.Ingest, tenant, profile int64) searchEntry {
	return searchEntry{
		tenant:    mark(tenant, tenantKind),
		status:    mark(tenant, statusKind(in.Status)),
		profile:   mark(profile, profileKind),
		assetMark: assetMark(in.AssetID),
		asset:     clean(cut(in.AssetID)),
		names:     clean(cut(inputNames(in.Input))),
		failure:   clean(cut(in.Error)),
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

// clean replaces what SQLite's functions for text stop or stumble at.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

func cut(s string) string { return s[:min(len(s), maxSearched)] }

// inputNames gives the names of the files in an ingest's input document, each
// as it stands in the address and, where that is another one, decoded. It
// decodes no more than the files, which stand before the profile.
func inputNames(input json.RawMessage) string {
	d := json.NewDecoder(bytes.NewReader(input))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return ""
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return ""
		}
		if key == "filesets" {
			var filesets []struct {
				Files []struct {
					URI string `json:"uri"`
				} `json:"files"`
			}
			if d.Decode(&filesets) != nil {
				return "" // History of others may hold anything.
			}
			var names strings.Builder
			for _, set := range filesets {
				for _, file := range set.Files {
					addName(&names, file.URI)
				}
			}
			return names.String()
		}
		var other json.RawMessage
		if d.Decode(&other) != nil {
			return ""
		}
	}
	return ""
}

func addName(names *strings.Builder, address string) {
	if names.Len() > maxSearched {
		return
	}
	address, _, _ = strings.Cut(address, "?")
	address, _, _ = strings.Cut(address, "#")
	name := address[strings.LastIndexByte(address, '/')+1:]
	names.WriteString(name + "\n")
	if decoded, err := url.PathUnescape(name); err == nil && decoded != name {
		names.WriteString(decoded + "\n")
	}
}

// makeSearchable writes the entry of a new ingest and gives its search_id.
func (t *tx) makeSearchable(in *vod.Ingest) (id int64, err error) {
	e, err := t.searchEntry(in)
	if err == nil {
		id, err = t.nextSearchID(in.Start)
	}
	if err == nil {
		e.row = -id
		err = t.insert("search", searchColumns, searchRow(&e))
	}
	if err != nil {
		return 0, fmt.Errorf("make ingest %s searchable: %w", in.ID, err)
	}
	return id, nil
}

const lastSearchIDQuery = `
	SELECT search_id FROM ingests INDEXED BY ingests_by_search WHERE search_id > ? AND search_id <= ? ORDER BY search_id DESC`

func (t *tx) nextSearchID(start time.Time) (int64, error) {
	from := searchTime(start.UnixMilli()) << searchBits
	last, found, err := first(t, idNumberRow, lastSearchIDQuery, from, from|searchMask)
	switch {
	case err != nil:
		return 0, err
	case !found:
		return from + 1, nil
	case last == from|searchMask:
		return 0, fmt.Errorf("more than %d ingests start at %s", searchMask, start)
	}
	return last + 1, nil
}

func idNumberRow(n *int64) []column { return []column{number[int64]{n}} }

// searchAgain keeps the entry of an ingest up to date. What lists show of a
// running ingest changes often, but nothing of that is searched.
func (t *tx) searchAgain(old state, run *vod.Run) error {
	in := &run.Ingest
	was, _ := old.ingest[5].(string)
	input, _ := old.input[1].(string)
	if old.ingest[2] == any(in.AssetID) && old.ingest[3] == any(in.ProfileName) && old.ingest[9] == any(in.Error) &&
		statusKind(vod.IngestStatus(was)) == statusKind(in.Status) && input == string(in.Input) && !uploadsRetrieved(old, run) {
		return nil
	}
	id, found, err := first(t, idNumberRow, `SELECT search_id FROM ingests WHERE id = ? AND search_id IS NOT NULL`, in.ID)
	if err != nil || !found {
		return err
	}
	e, err := t.searchEntry(in)
	if err != nil {
		return fmt.Errorf("keep ingest %s searchable: %w", in.ID, err)
	}
	if hasUploads(in) {
		e.names = clean(cut(e.names + retrievedNames(run.Tasks)))
	}
	_, err = t.exec(`
		UPDATE search SET tenant_mark = ?, status_mark = ?, profile_mark = ?, asset_mark = ?, asset = ?, names = ?, failure = ?
		WHERE rowid = ?`, e.tenant, e.status, e.profile, e.assetMark, e.asset, e.names, e.failure, -id)
	if err != nil {
		return fmt.Errorf("keep ingest %s searchable: %w", in.ID, err)
	}
	return nil
}

// searchEntry is entryOf with numbers that are made where there are none.
func (t *tx) searchEntry(in *vod.Ingest) (searchEntry, error) {
	tenant, err := t.searchNumber(in.Tenant, "")
	if err != nil {
		return searchEntry{}, err
	}
	profile, err := t.searchNumber(in.Tenant, in.ProfileName)
	return entryOf(in, tenant, profile), err
}

func (t *tx) searchNumber(tenant, profile string) (int64, error) {
	known, found, err := searchNumber(t, tenant, profile)
	if err != nil || found {
		return known, err
	}
	if _, err := t.exec(`INSERT INTO search_numbers (tenant, profile) VALUES (?, ?)`, tenant, profile); err != nil {
		return 0, err
	}
	known, _, err = searchNumber(t, tenant, profile)
	return known, err
}

const searchNumberQuery = `SELECT number FROM search_numbers WHERE tenant = ` + textArg + ` AND profile = ` + textArg

// searchNumber gives the number of a tenant's profile, or of the tenant.
func searchNumber(q querier, tenant, profile string) (known int64, found bool, err error) {
	return first(q, idNumberRow, searchNumberQuery, tenant, profile)
}
