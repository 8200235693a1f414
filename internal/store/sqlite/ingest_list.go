package sqlite

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// IngestList implements [store.Ingests].
func (s *Store) IngestList(ctx context.Context, f store.IngestFilter) (page []vod.Ingest, more bool, err error) {
	if f.Limit < 1 || f.Limit > 500 {
		return nil, false, fmt.Errorf("list ingests: a limit of %d is not in 1..500", f.Limit)
	}
	err = s.read(ctx, func(q querier) error {
		if f.IngestID != "" {
			key, ok, err := keyOf(q, f.Tenant, f.IngestID)
			if err != nil || !ok {
				return err
			}
			f.IngestID = key
		}
		query, args := listQuery(f)
		page, err = upTo(f.Limit+1, q, listRow, query, args...)
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("list ingests: %w", err)
	}
	for i := range page {
		page[i].ID, page[i].Tenant = idOf(page[i].ID), f.Tenant
	}
	if len(page) > f.Limit {
		return page[:f.Limit], true, nil
	}
	return page, false, nil
}

// listColumns are those that a list shows. Each column more would be 3 % of
// the time of a list.
const listColumns = "id, asset_id, profile_name, status, progress, start_ms, end_ms, error, media_types"

func listRow(in *vod.Ingest) []column {
	return []column{
		text[string]{&in.ID},
		text[string]{&in.AssetID},
		text[string]{&in.ProfileName},
		text[vod.IngestStatus]{&in.Status},
		number[int]{&in.Progress},
		instant{&in.Start},
		maybe{&in.End},
		text[string]{&in.Error},
		encoded[[]string]{&in.MediaTypes},
	}
}

// listQuery is the statement for a filter, without its limit.
//
// Every list is read from an index in list order, from a position on, so that
// its cost depends on the limit alone. Several statuses are one such scan for
// each, which SQLite merges while it reads them.
func listQuery(f store.IngestFilter) (query string, args []any) {
	statuses := slices.Compact(slices.Sorted(slices.Values(f.Statuses)))
	if len(statuses) == 0 || len(statuses) == len(vod.IngestStatuses()) {
		if statuses = vod.IngestStatuses(); anyStatusIndex(f) {
			statuses = []vod.IngestStatus{""}
		}
	}
	scans := make([]string, len(statuses))
	for i, status := range statuses {
		scan, more := listScan(f, status)
		scans[i], args = scan, append(args, more...)
	}
	query = strings.Join(scans, " UNION ALL ")
	return query + " ORDER BY start_ms DESC, id DESC", args
}

// anyStatusIndex tells whether there is an index in list order of what the
// filter selects in any status.
func anyStatusIndex(f store.IngestFilter) bool {
	return f.IngestID != "" || f.AssetID == "" || f.ProfileName == ""
}

// listScan reads the rows of one status, or of all when it is empty. The
// index is named, so that statistics or a new SQLite change no plan.
func listScan(f store.IngestFilter, status vod.IngestStatus) (scan string, args []any) {
	index, where := "ingests_by", []string{"tenant = " + textArg}
	args = []any{f.Tenant}
	filter := func(column, value string) {
		if value != "" {
			where = append(where, column+" = "+textArg)
			args = append(args, value)
		}
	}
	filter("asset_id", f.AssetID)
	filter("profile_name", f.ProfileName)
	filter("status", string(status))
	filter("id", f.IngestID)
	if f.IngestID != "" {
		index += "_id"
	} else {
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
	}
	where = append(where, "(start_ms, id) < (?, ?)", "start_ms >= ?")
	start, id := upperBound(f)
	args = append(args, start, id, lowerBound(f))
	return "SELECT " + listColumns + " FROM ingests INDEXED BY " + index + " WHERE " + strings.Join(where, " AND "), args
}

// upperBound is the position that all rows come after in list order.
func upperBound(f store.IngestFilter) (start int64, id string) {
	start = math.MaxInt64
	if !f.To.IsZero() {
		start = ceilMillis(f.To) // No id is below the empty one.
	}
	if f.After != nil && f.After.Start.UnixMilli() < start {
		return f.After.Start.UnixMilli(), f.After.ID
	}
	return start, ""
}

func lowerBound(f store.IngestFilter) int64 {
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
