package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/statistics"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	countSums = `CAST(sum(accepted) AS BIGINT), CAST(sum(dequeued) AS BIGINT), CAST(sum(completed) AS BIGINT), ` +
		`CAST(sum(skipped) AS BIGINT), CAST(sum(failed) AS BIGINT), CAST(sum(cancelled) AS BIGINT)`

	periodsQuery = `
		SELECT slot_ms, ` + countSums + ` FROM statistics_counts
		WHERE tenant = ?1 AND slot_ms >= ?2 AND slot_ms < ?3 AND (?4 = '' OR profile = ?4) GROUP BY slot_ms ORDER BY slot_ms`
	laterCountsQuery = `
		SELECT 0, ` + countSums + ` FROM statistics_counts
		WHERE tenant = ?1 AND slot_ms >= ?2 AND (?3 = '' OR profile = ?3) GROUP BY tenant`
	profilesQuery = `
		SELECT profile, ` + countSums + ` FROM statistics_counts
		WHERE tenant = ? AND slot_ms >= ? AND slot_ms < ? GROUP BY profile ORDER BY profile`
	durationsQuery = `
		SELECT profile, stage, histogram FROM statistics_durations
		WHERE tenant = ?1 AND slot_ms >= ?2 AND slot_ms < ?3 AND (?4 = '' OR profile = ?4)`
	// The columns that are not summed are those of the row with the last one.
	errorsQuery = `
		SELECT stage, class, reason, n, again, last_ms, ingest_id, asset_id, message FROM (
			SELECT stage, class, reason, last_ms, ingest_id, asset_id, message,
				CAST(sum(failed) OVER (PARTITION BY stage, class, reason) AS BIGINT) AS n,
				CAST(sum(retried) OVER (PARTITION BY stage, class, reason) AS BIGINT) AS again,
				row_number() OVER (PARTITION BY stage, class, reason ORDER BY last_ms DESC) AS nth
			FROM statistics_errors
			WHERE tenant = ? AND slot_ms >= ? AND slot_ms < ? AND (` + TextArg + ` = '' OR profile = ?)) AS summed
		WHERE nth = 1 ORDER BY n DESC, again DESC, stage, class, reason`

	loadQuery = `
		SELECT count(*) FROM ingests INDEXED BY ingests_by_status WHERE tenant = ? AND status = ?`
	profileLoadQuery = `
		SELECT count(*) FROM ingests INDEXED BY ingests_by_profile_status WHERE tenant = ? AND status = ? AND profile_name = ?`
	tasksNow = `
		SELECT t.stage, count(CASE t.status WHEN 'TASK_RUNNING' THEN 1 END), count(CASE t.status WHEN 'TASK_PENDING' THEN 1 END)
		FROM ingests i INDEXED BY `
	tasksOf = ` CROSS JOIN tasks t
		WHERE i.tenant = ? AND i.status = ? AND t.ingest_id = i.id AND t.status IN ('TASK_RUNNING', 'TASK_PENDING')`
)

// StatisticsGet implements [store.Statistics].
func (s *Store) StatisticsGet(ctx context.Context, f store.StatisticsFilter) (figures statistics.Figures, err error) {
	err = s.db.Read(ctx, func(q Querier) (err error) {
		figures, err = figuresOf(q, f)
		return err
	})
	if err != nil {
		return statistics.Figures{}, fmt.Errorf("read statistics: %w", err)
	}
	return figures, nil
}

func figuresOf(q Querier, f store.StatisticsFilter) (figures statistics.Figures, err error) {
	from, to := ceilMillis(f.From), ceilMillis(f.To)
	if figures.Periods, err = All(q, periodRow, periodsQuery, f.Tenant, from, to, f.ProfileName); err != nil {
		return figures, err
	}
	later, _, err := First(q, periodRow, laterCountsQuery, f.Tenant, to, f.ProfileName)
	if err != nil {
		return figures, err
	}
	figures.Later = later.Counts
	if figures.Profiles, err = All(q, profileCountRow, profilesQuery, f.Tenant, from, to); err != nil {
		return figures, err
	}
	if figures.Durations, err = durationsOf(q, f.Tenant, from, to, f.ProfileName); err != nil {
		return figures, err
	}
	figures.Errors, err = UpTo(store.StatisticsErrors, q, errorsRow, errorsQuery, f.Tenant, from, to, f.ProfileName, f.ProfileName)
	if err != nil {
		return figures, err
	}
	figures.Load, err = loadOf(q, f)
	return figures, err
}

func countColumns(c *statistics.Counts) []Column {
	return []Column{
		number[int64]{&c.Accepted},
		number[int64]{&c.Dequeued},
		number[int64]{&c.Completed},
		number[int64]{&c.Skipped},
		number[int64]{&c.Failed},
		number[int64]{&c.Cancelled},
	}
}

func periodRow(p *statistics.Period) []Column {
	return append([]Column{instant{&p.Start}}, countColumns(&p.Counts)...)
}

func profileCountRow(p *statistics.Profile) []Column {
	return append([]Column{text[string]{&p.Name}}, countColumns(&p.Counts)...)
}

func errorsRow(e *statistics.Errors) []Column {
	return []Column{
		text[vod.Stage]{&e.Stage},
		text[vod.Class]{&e.Class},
		text[vod.Reason]{&e.Reason},
		number[int64]{&e.Failed},
		number[int64]{&e.Retried},
		instant{&e.Last},
		text[string]{&e.IngestID},
		text[string]{&e.AssetID},
		text[string]{&e.Message},
	}
}

// durationsOf adds up the histograms of a range, by profile and stage.
func durationsOf(q Querier, args ...any) (list []statistics.Durations, err error) {
	type key struct {
		profile string
		stage   vod.Stage
	}
	type row struct {
		key
		histogram string
	}
	columns := func(r *row) []Column {
		return []Column{text[string]{&r.profile}, text[vod.Stage]{&r.stage}, text[string]{&r.histogram}}
	}
	rows, err := All(q, columns, durationsQuery, args...)
	if err != nil {
		return nil, err
	}
	sums := map[key]statistics.Histogram{}
	for _, r := range rows {
		h, err := statistics.ParseHistogram(r.histogram)
		if err != nil {
			return nil, err
		}
		if sums[r.key] == nil {
			sums[r.key] = h
			continue
		}
		sums[r.key].Merge(h)
	}
	for _, k := range slices.SortedFunc(maps.Keys(sums), func(a, b key) int {
		return cmp.Or(cmp.Compare(a.profile, b.profile), cmp.Compare(a.stage, b.stage))
	}) {
		list = append(list, statistics.Durations{Profile: k.profile, Stage: k.stage, Histogram: sums[k]})
	}
	return list, nil
}

// loadOf counts what is not over, by indexes of few rows.
func loadOf(q Querier, f store.StatisticsFilter) (load statistics.Load, err error) {
	tasks := map[vod.Stage]statistics.TaskLoad{}
	for _, of := range []struct {
		status vod.IngestStatus
		number *int64
	}{{vod.Queued, &load.Queued}, {vod.Running, &load.Running}, {vod.Cancelling, &load.Cancelling}} {
		query, args := loadQuery, []any{f.Tenant, string(of.status)}
		if f.ProfileName != "" {
			query, args = profileLoadQuery, append(args, f.ProfileName)
		}
		*of.number, _, err = First(q, numberRow, query, args...)
		if err != nil {
			return load, err
		}
		rows, err := All(q, taskLoadRow, tasksQuery(f), args...)
		if err != nil {
			return load, err
		}
		for _, r := range rows {
			sum := tasks[r.Stage]
			tasks[r.Stage] = statistics.TaskLoad{Stage: r.Stage, Running: sum.Running + r.Running, Waiting: sum.Waiting + r.Waiting}
		}
	}
	for _, stage := range vod.Stages() {
		if sum, ok := tasks[stage]; ok {
			load.Tasks = append(load.Tasks, sum)
		}
	}
	return load, nil
}

// tasksQuery counts the tasks of ingests in one status.
func tasksQuery(f store.StatisticsFilter) string {
	index, profile := "ingests_by_status", ""
	if f.ProfileName != "" {
		index, profile = "ingests_by_profile_status", " AND i.profile_name = ?"
	}
	return tasksNow + index + tasksOf + profile + " GROUP BY t.stage"
}

func taskLoadRow(l *statistics.TaskLoad) []Column {
	return []Column{text[vod.Stage]{&l.Stage}, number[int64]{&l.Running}, number[int64]{&l.Waiting}}
}

// firstSlot is the earliest of which a table has anything of the tenant.
func (t *tx) firstSlot(tenant string) (slot int64, ok bool, err error) {
	for _, table := range slotTables() {
		found, any, err := First(t, numberRow, `SELECT slot_ms FROM `+table+` WHERE tenant = ? ORDER BY slot_ms LIMIT 1`, tenant)
		if err != nil {
			return 0, false, err
		}
		if any && (!ok || found < slot) {
			slot, ok = found, true
		}
	}
	return slot, ok, nil
}

func slotTables() []string {
	return []string{"statistics_counts", "statistics_durations", "statistics_errors"}
}

// StatisticsExpire implements [store.Statistics].
func (s *Store) StatisticsExpire(ctx context.Context, tenant string, before time.Time, limit int) (n int, err error) {
	err = s.write(ctx, func(t *tx) error {
		t.tally().Removed = true
		if err := t.Lock("statistics", tenant); err != nil {
			return err
		}
		for n = 0; n < limit; n++ {
			slot, ok, err := t.firstSlot(tenant)
			if err != nil || !ok || slot >= before.UnixMilli() {
				return err
			}
			for _, table := range slotTables() {
				if _, err := t.Exec(`DELETE FROM `+table+` WHERE tenant = ? AND slot_ms = ?`, tenant, slot); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("remove old statistics: %w", err)
	}
	return n, nil
}
