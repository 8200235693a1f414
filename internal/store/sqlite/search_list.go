package sqlite

import (
	"cmp"
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// selection is a filter with a text. Its ingest id is a key.
type selection struct {
	store.IngestFilter
	match    string // for search
	from, to int64  // search_id is within, both included
}

// selects makes a selection of a filter; ok is false where it selects nothing.
func selects(q sqlstore.Querier, f store.IngestFilter) (sel selection, ok bool, err error) {
	sel.IngestFilter = f
	ok, err = sel.search(q)
	return sel, ok, err
}

// search sets what is asked of the table search.
func (sel *selection) search(q sqlstore.Querier) (ok bool, err error) {
	tenant, ok, err := searchNumber(q, sel.Tenant, "")
	if err != nil || !ok {
		return false, err
	}
	terms := []string{statusTerm(tenant, sel.Statuses)}
	if sel.ProfileName != "" {
		profile, ok, err := searchNumber(q, sel.Tenant, sel.ProfileName)
		if err != nil || !ok {
			return false, err
		}
		terms = append(terms, "profile_mark : "+quoted(mark(profile, profileKind)))
	}
	if sel.AssetID != "" {
		terms = append(terms, "asset_mark : "+quoted(assetMark(sel.AssetID)))
	}
	sel.match = strings.Join(append(terms, "{asset names failure} : "+quoted(sqlstore.Clean(sel.Text))), " AND ")

	start, _ := sqlstore.UpperBound(sel.IngestFilter)
	sel.from, sel.to = searchTime(sqlstore.LowerBound(sel.IngestFilter))<<searchBits, searchTime(start)<<searchBits|searchMask
	if sel.IngestID == "" {
		return true, nil
	}
	sel.from, ok, err = sqlstore.First(q, numberRow, searchIDQuery, sel.IngestID)
	sel.to = sel.from
	return ok, err
}

// statusTerm asks for a tenant's ingests in any of the statuses; none are all.
func statusTerm(tenant int64, statuses []vod.IngestStatus) string {
	var kinds []string
	for _, status := range statuses {
		if term := "status_mark : " + quoted(mark(tenant, statusKind(status))); !slices.Contains(kinds, term) {
			kinds = append(kinds, term)
		}
	}
	if len(kinds) == 0 {
		return "tenant_mark : " + quoted(mark(tenant, tenantKind))
	}
	return "(" + strings.Join(kinds, " OR ") + ")"
}

// quoted is a string of FTS5's language, in which nothing but the quotation mark
// is special.
func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// query is the statement that reads columns of what the selection has of a
// text. In the order of rowid it stands nearly in list order.
func (sel selection) query(columns string) (query string, args []any) {
	conditions, more := sqlstore.RowConditions(sel.IngestFilter)
	where := append([]string{
		"search MATCH " + sqlstore.TextArg, "search.rowid >= ?", "search.rowid <= ?", "search_id = -search.rowid",
	}, conditions...)
	args = append([]any{sel.match, -sel.to, -sel.from}, more...)
	if len(sel.Statuses) > 0 {
		where = append(where, "status IN ("+strings.Repeat(", "+sqlstore.TextArg, len(sel.Statuses))[2:]+")")
		for _, status := range sel.Statuses {
			args = append(args, string(status))
		}
	}
	return "SELECT " + columns + " FROM search CROSS JOIN ingests INDEXED BY ingests_by_search WHERE " +
		strings.Join(where, " AND "), args
}

// SearchPage implements [sqlstore.Database]. Ingests that start in the same
// millisecond are read together and put into list order here.
func (database) SearchPage(q sqlstore.Querier, f store.IngestFilter) ([]vod.Ingest, error) {
	sel, ok, err := selects(q, f)
	if err != nil || !ok {
		return nil, err
	}
	together := func(a, b vod.Ingest) bool { return searchTime(a.Start.UnixMilli()) == searchTime(b.Start.UnixMilli()) }
	query, args := sel.query(sqlstore.ListColumns)
	page, err := sqlstore.While(func(list []vod.Ingest) bool {
		return len(list) <= sel.Limit || together(list[len(list)-1], list[sel.Limit])
	}, min(sel.Limit+1, 26), q, sqlstore.ListRow, query+" ORDER BY search.rowid", args...)
	slices.SortFunc(page, func(a, b vod.Ingest) int {
		return cmp.Or(b.Start.Compare(a.Start), strings.Compare(b.ID, a.ID))
	})
	return page[:min(len(page), sel.Limit+1)], err
}
