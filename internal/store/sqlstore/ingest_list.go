package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// IngestList implements [store.Ingests].
func (s *Store) IngestList(ctx context.Context, f store.IngestFilter) (page []vod.Ingest, more bool, err error) {
	if f.Limit < 1 || f.Limit > 500 {
		return nil, false, fmt.Errorf("list ingests: a limit of %d is not in 1..500", f.Limit)
	}
	err = s.db.Read(ctx, func(q Querier) error {
		sel, ok, err := selects(q, f)
		if err != nil || !ok {
			return err
		}
		if sel.Text != "" {
			page, err = s.db.SearchPage(q, sel)
			return err
		}
		scans, args := listScans(sel)
		page, err = UpTo(f.Limit+1, q, ListRow, s.db.Merge(scans, ListOrder, f.Limit+1), args...)
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("list ingests: %w", err)
	}
	for i := range page {
		page[i].ID, page[i].Tenant = IDOf(page[i].ID), f.Tenant
	}
	if len(page) > f.Limit {
		return page[:f.Limit], true, nil
	}
	return page, false, nil
}

// selects puts a filter in terms of the tables: its ingest id becomes a key, and
// a text that is too short to be searched an asset id. ok is false where it
// selects nothing.
func selects(q Querier, f store.IngestFilter) (sel store.IngestFilter, ok bool, err error) {
	if f.ProfileVersion != 0 && f.ProfileName == "" {
		return f, false, errors.New("a profile version without the profile's name")
	}
	if f.Text != "" && utf8.RuneCountInString(f.Text) < 3 {
		if f.AssetID != "" && f.AssetID != f.Text {
			return f, false, nil
		}
		f.AssetID, f.Text = f.Text, ""
	}
	if f.IngestID == "" {
		return f, true, nil
	}
	f.IngestID, ok, err = keyOf(q, f.Tenant, f.IngestID)
	return f, ok, err
}

// ListColumns are those that a list shows. Each column more would be 3 % of
// the time of a list.
const ListColumns = "id, asset_id, profile_name, status, progress, start_ms, end_ms, error, media_types"

// ListRow binds ListColumns.
func ListRow(in *vod.Ingest) []Column {
	return []Column{
		text[string]{&in.ID},
		text[string]{&in.AssetID},
		text[string]{&in.ProfileName},
		text[vod.IngestStatus]{&in.Status},
		number[int]{&in.Progress},
		instant{&in.Start},
		maybe{&in.End},
		said{&in.Error},
		encoded[[]string]{&in.MediaTypes},
	}
}

// ListOrder is the order of lists.
const ListOrder = " ORDER BY start_ms DESC, id DESC"

// listScans are the statements for a filter, without order and limit.
//
// Every list is read from an index in list order, from a position on, so that
// its cost depends on the limit alone. Several statuses are one such scan for
// each, which the database merges.
func listScans(f store.IngestFilter) (scans []string, args []any) {
	statuses := slices.Compact(slices.Sorted(slices.Values(f.Statuses)))
	if len(statuses) == 0 || len(statuses) == len(vod.IngestStatuses()) {
		if statuses = vod.IngestStatuses(); anyStatusIndex(f) {
			statuses = []vod.IngestStatus{""}
		}
	}
	for _, status := range statuses {
		scan, more := listScan(ListColumns, f, status)
		scans, args = append(scans, scan), append(args, more...)
	}
	return scans, args
}

// anyStatusIndex tells whether there is an index in list order of what the
// filter selects in any status.
func anyStatusIndex(f store.IngestFilter) bool {
	return f.IngestID != "" || f.AssetID == "" && f.ProfileVersion == 0 || f.ProfileName == ""
}

// listScan reads columns of the rows of one status, or of all when it is empty.
// The index is named, so that statistics or a new SQLite change no plan.
func listScan(columns string, f store.IngestFilter, status vod.IngestStatus) (scan string, args []any) {
	where, args := RowConditions(f)
	if status != "" {
		where = append(where, "status = "+TextArg)
		args = append(args, string(status))
	}
	return "SELECT " + columns + " FROM ingests INDEXED BY " + listIndex(f, status) + " WHERE " + strings.Join(where, " AND "), args
}

// listIndex is the index that has what the filter selects in list order. Of an
// asset there are so few ingests that a version is looked for among them.
func listIndex(f store.IngestFilter, status vod.IngestStatus) string {
	switch {
	case f.IngestID != "":
		return "ingests_by_id"
	case f.ProfileVersion != 0 && f.AssetID == "":
		return "ingests_by_version_status"
	}
	index := "ingests_by"
	for _, column := range []struct{ name, value string }{
		{"_asset", f.AssetID}, {"_profile", f.ProfileName}, {"_status", string(status)},
	} {
		if column.value != "" {
			index += column.name
		}
	}
	if index == "ingests_by" {
		index += "_start"
	}
	return index
}

// RowConditions are those of a filter but for its statuses and text.
func RowConditions(f store.IngestFilter) (where []string, args []any) {
	where, args = []string{"tenant = " + TextArg}, []any{f.Tenant}
	for _, column := range []struct{ name, value string }{
		{"asset_id", f.AssetID}, {"profile_name", f.ProfileName}, {"id", f.IngestID},
	} {
		if column.value != "" {
			where = append(where, column.name+" = "+TextArg)
			args = append(args, column.value)
		}
	}
	if f.ProfileVersion != 0 {
		where = append(where, "profile_version = "+IntegerArg)
		args = append(args, f.ProfileVersion)
	}
	where = append(where, "(start_ms, id) < (?, ?)", "start_ms >= ?")
	start, id := UpperBound(f)
	return where, append(args, start, id, LowerBound(f))
}

// UpperBound is the position that all rows come after in list order.
func UpperBound(f store.IngestFilter) (start int64, id string) {
	start = math.MaxInt64
	if !f.To.IsZero() {
		start = ceilMillis(f.To) // No id is below the empty one.
	}
	if f.After != nil && f.After.Start.UnixMilli() < start {
		return f.After.Start.UnixMilli(), f.After.ID
	}
	return start, ""
}

// LowerBound is the start, in ms, that no row is before.
func LowerBound(f store.IngestFilter) int64 {
	if f.From.IsZero() {
		return math.MinInt64
	}
	return ceilMillis(f.From)
}

// ceilMillis is the first whole millisecond that is not before t.
func ceilMillis(t time.Time) int64 {
	ms := t.UnixMilli()
	if time.UnixMilli(ms).Before(t) {
		ms++
	}
	return ms
}
