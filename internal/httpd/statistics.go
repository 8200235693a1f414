package httpd

import (
	"context"
	"net/http"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
	"github.com/via-orchestrate/orchestrate/internal/statistics"
)

// GetStatistics implements api.StrictServerInterface.
func (s *server) GetStatistics(ctx context.Context, r api.GetStatisticsRequestObject) (api.GetStatisticsResponseObject, error) {
	q := statistics.Query{Profile: value(r.Params.ProfileName)}
	var err error
	if q.From, err = parseMoment("fromDate", r.Params.FromDate); err != nil {
		return nil, err
	}
	if q.To, err = parseMoment("toDate", r.Params.ToDate); err != nil {
		return nil, err
	}
	report, err := s.service.Statistics(ctx, Caller(ctx), q)
	if err != nil {
		return nil, err
	}
	return document{value: statisticsOf(report)}, nil
}

// VisitGetStatisticsResponse implements api.GetStatisticsResponseObject.
func (d document) VisitGetStatisticsResponse(w http.ResponseWriter) error { return d.write(w) }

func statisticsOf(r statistics.Report) api.Statistics {
	d := api.Statistics{
		From: api.Timestamp{Time: r.From}, To: api.Timestamp{Time: r.To}, Interval: r.Width.Milliseconds(), ProfileName: textOrNull(r.Profile),
		Total: api.StatisticsCounts{
			Accepted: r.Total.Accepted, Completed: r.Total.Completed, Skipped: r.Total.Skipped, Failed: r.Total.Failed, Cancelled: r.Total.Cancelled,
		},
		Columns: []api.StatisticsColumn{}, Profiles: []api.StatisticsProfile{}, Durations: []api.StatisticsDuration{}, Errors: []api.StatisticsError{},
		Now: api.StatisticsNow{Queued: r.Load.Queued, Running: r.Load.Running, Cancelling: r.Load.Cancelling, Stages: []api.StatisticsStage{}},
	}
	for _, c := range r.Columns {
		d.Columns = append(d.Columns, api.StatisticsColumn{
			Start: api.Timestamp{Time: c.Start}, Accepted: c.Accepted, Completed: c.Completed, Skipped: c.Skipped, Failed: c.Failed,
			Cancelled: c.Cancelled, Queued: c.Queued, Unfinished: c.Unfinished,
		})
	}
	for _, t := range r.Load.Tasks {
		d.Now.Stages = append(d.Now.Stages, api.StatisticsStage{Stage: api.Stage(t.Stage), Running: t.Running, Waiting: t.Waiting})
	}
	for _, p := range r.Profiles {
		d.Profiles = append(d.Profiles, api.StatisticsProfile{
			ProfileName: p.Name, Accepted: p.Accepted, Completed: p.Completed, Skipped: p.Skipped, Failed: p.Failed, Cancelled: p.Cancelled,
		})
	}
	for _, t := range r.Durations {
		d.Durations = append(d.Durations, api.StatisticsDuration{
			ProfileName: t.Profile, Stage: textOrNull(string(t.Stage)), Count: t.Histogram.Count(),
			P50: whole(t.Histogram.Percentile(50)), P95: whole(t.Histogram.Percentile(95)),
		})
	}
	for _, e := range r.Errors {
		d.Errors = append(d.Errors, api.StatisticsError{
			Stage: textOrNull(string(e.Stage)), Class: textOrNull(string(e.Class)), Reason: textOrNull(string(e.Reason)),
			Failed: e.Failed, Retried: e.Retried, Last: api.Timestamp{Time: e.Last}, IngestID: e.IngestID, AssetID: e.AssetID, Message: e.Message,
		})
	}
	return d
}

// whole is the nearest number of milliseconds.
func whole(d time.Duration) int64 { return d.Round(time.Millisecond).Milliseconds() }
