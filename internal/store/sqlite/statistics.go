package sqlite

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
	countSums = `sum(accepted), sum(dequeued), sum(completed), sum(skipped), sum(failed), sum(cancelled)`

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
		SELECT stage, class, reason, sum(failed) AS n, sum(retried) AS again, max(last_ms), ingest_id, asset_id, message FROM statistics_errors
		WHERE tenant = ?1 AND slot_ms >= ?2 AND slot_ms < ?3 AND (?4 = '' OR profile = ?4)
		GROUP BY stage, class, reason ORDER BY n DESC, again DESC, stage, class, reason`

	loadQuery = `
		SELECT count(*) FROM ingests INDEXED BY ingests_by_status WHERE tenant = ? AND status = ?`
	profileLoadQuery = `
		SELECT count(*) FROM ingests INDEXED BY ingests_by_profile_status WHERE tenant = ? AND status = ? AND profile_name = ?`
	tasksNow = `
		SELECT t.stage, sum(t.status = 'TASK_RUNNING'), sum(t.status = 'TASK_PENDING')
		FROM ingests i INDEXED BY `
	tasksOf = ` CROSS JOIN tasks t
		WHERE i.tenant = ? AND i.status = ? AND t.ingest_id = i.id AND t.status IN ('TASK_RUNNING', 'TASK_PENDING')`
)

// StatisticsGet implements [store.Statistics].
func (s *Store) StatisticsGet(ctx context.Context, f store.StatisticsFilter) (figures statistics.Figures, err error) {
	err = s.read(ctx, func(q querier) (err error) {
		figures, err = figuresOf(q, f)
		return err
	})
	if err != nil {
		return statistics.Figures{}, fmt.Errorf("read statistics: %w", err)
	}
	return figures, nil
}

func figuresOf(q querier, f store.StatisticsFilter) (figures statistics.Figures, err error) {
	from, to := ceilMillis(f.From), ceilMillis(f.To)
	if figures.Periods, err = all(q, periodRow, periodsQuery, f.Tenant, from, to, f.ProfileName); err != nil {
		return figures, err
	}
	later, _, err := first(q, periodRow, laterCountsQuery, f.Tenant, to, f.ProfileName)
	if err != nil {
		return figures, err
	}
	figures.Later = later.Counts
	if figures.Profiles, err = all(q, profileCountRow, profilesQuery, f.Tenant, from, to); err != nil {
		return figures, err
	}
	if figures.Durations, err = durationsOf(q, f.Tenant, from, to, f.ProfileName); err != nil {
		return figures, err
	}
	figures.Errors, err = upTo(store.StatisticsErrors, q, errorsRow, errorsQuery, f.Tenant, from, to, f.ProfileName)
	if err != nil {
		return figures, err
	}
	figures.Load, err = loadOf(q, f)
	return figures, err
}

func countColumns(c *statistics.Counts) []column {
	return []column{
		number[int64]{&c.Accepted},
		number[int64]{&c.Dequeued},
		number[int64]{&c.Completed},
		number[int64]{&c.Skipped},
		number[int64]{&c.Failed},
		number[int64]{&c.Cancelled},
	}
}

func periodRow(p *statistics.Period) []column {
	return append([]column{instant{&p.Start}}, countColumns(&p.Counts)...)
}

func profileCountRow(p *statistics.Profile) []column {
	return append([]column{text[string]{&p.Name}}, countColumns(&p.Counts)...)
}

func errorsRow(e *statistics.Errors) []column {
	return []column{
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
func durationsOf(q querier, args ...any) (list []statistics.Durations, err error) {
	type key struct {
		profile string
		stage   vod.Stage
	}
	type row struct {
		key
		histogram string
	}
	columns := func(r *row) []column {
		return []column{text[string]{&r.profile}, text[vod.Stage]{&r.stage}, text[string]{&r.histogram}}
	}
	rows, err := all(q, columns, durationsQuery, args...)
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
func loadOf(q querier, f store.StatisticsFilter) (load statistics.Load, err error) {
	tasks := map[vod.Stage]statistics.TaskLoad{}
	for _, of := range []struct {
		status vod.IngestStatus
		number *int64
	}{{vod.Queued, &load.Queued}, {vod.Running, &load.Running}, {vod.Cancelling, &load.Cancelling}} {
		query, args := loadQuery, []any{f.Tenant, string(of.status)}
		if f.ProfileName != "" {
			query, args = profileLoadQuery, append(args, f.ProfileName)
		}
		*of.number, _, err = first(q, func(n *int64) []column { return []column{number[int64]{n}} }, query, args...)
		if err != nil {
			return load, err
		}
		rows, err := all(q, taskLoadRow, tasksQuery(f), args...)
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

func taskLoadRow(l *statistics.TaskLoad) []column {
	return []column{text[vod.Stage]{&l.Stage}, number[int64]{&l.Running}, number[int64]{&l.Waiting}}
}

const firstSlotQuery = `
	SELECT min(coalesce((SELECT min(slot_ms) FROM statistics_counts WHERE tenant = ?1), 9223372036854775807),
		coalesce((SELECT min(slot_ms) FROM statistics_durations WHERE tenant = ?1), 9223372036854775807),
		coalesce((SELECT min(slot_ms) FROM statistics_errors WHERE tenant = ?1), 9223372036854775807))`

// StatisticsExpire implements [store.Statistics].
func (s *Store) StatisticsExpire(ctx context.Context, tenant string, before time.Time, limit int) (n int, err error) {
	err = s.write(ctx, func(t *tx) error {
		clear(t.w.histograms)
		for n = 0; n < limit; n++ {
			slot, _, err := first(t, func(ms *int64) []column { return []column{number[int64]{ms}} }, firstSlotQuery, tenant)
			if err != nil || slot >= before.UnixMilli() {
				return err
			}
			for _, table := range []string{"statistics_counts", "statistics_durations", "statistics_errors"} {
				if _, err := t.exec(`DELETE FROM `+table+` WHERE tenant = ? AND slot_ms = ?`, tenant, slot); err != nil {
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
