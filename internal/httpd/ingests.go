package httpd

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/store"
)

const (
	defaultLimit = 25
	maxLimit     = 500
	maxText      = 200 // characters
)

// ListIngests implements api.StrictServerInterface.
func (s *server) ListIngests(ctx context.Context, r api.ListIngestsRequestObject) (api.ListIngestsResponseObject, error) {
	filter, err := filterOf(r.Params)
	if err != nil {
		return nil, err
	}
	ingests, more, err := s.service.List(ctx, Caller(ctx), filter)
	if err != nil {
		return nil, err
	}
	page, err := newListPage(ingests, more)
	if err != nil {
		return nil, err
	}
	s.pages.keep(ctx, page)
	return shownPage{page, s.now(), &s.pages.buffers}, nil
}

func filterOf(p api.ListIngestsParams) (store.IngestFilter, error) {
	f := store.IngestFilter{
		AssetID: value(p.AssetID), IngestID: value(p.IngestID), ProfileName: value(p.ProfileName),
		ProfileVersion: value(p.ProfileVersionID), Text: value(p.Text),
	}
	switch {
	case p.ProfileVersionID != nil && f.ProfileVersion < 1:
		return f, badParameter("profileVersionId", parameterForm("profileVersionId"))
	case p.ProfileVersionID != nil && p.ProfileName == nil:
		return f, badParameter("profileVersionId", "needs profileName")
	case utf8.RuneCountInString(f.Text) > maxText:
		return f, badParameter("text", fmt.Sprintf("must have at most %d characters", maxText))
	}
	var err error
	if f.Limit, err = parseLimit(p.Limit); err != nil {
		return f, err
	}
	if f.Statuses, err = parseStatuses(p.Status); err != nil {
		return f, err
	}
	if f.From, err = parseMoment("fromDate", p.FromDate); err != nil {
		return f, err
	}
	if f.To, err = parseMoment("toDate", p.ToDate); err != nil {
		return f, err
	}
	f.After, err = parseCursor(p.Cursor)
	return f, err
}

// GetIngest implements api.StrictServerInterface.
func (s *server) GetIngest(ctx context.Context, r api.GetIngestRequestObject) (api.GetIngestResponseObject, error) {
	run, err := s.service.Get(ctx, Caller(ctx), r.IngestID)
	if err != nil {
		return nil, err
	}
	shown := detail(run, s.now())
	d := document{stored: takeDocuments(&shown)}
	d.value = shown
	if unfinished(run) {
		still := detail(run, time.Time{})
		takeDocuments(&still)
		d.still = still
	}
	return d, nil
}

// GetPlan implements api.StrictServerInterface.
func (s *server) GetPlan(ctx context.Context, r api.GetPlanRequestObject) (api.GetPlanResponseObject, error) {
	run, err := s.service.Get(ctx, Caller(ctx), r.IngestID)
	if err != nil {
		return nil, err
	}
	views, err := s.service.StepsOf(ctx, Caller(ctx), run)
	if err != nil {
		return nil, err
	}
	turn := schedule(orchestrate.ScheduleOf(run.Ingest))
	return api.GetPlan200JSONResponse{IngestID: r.IngestID, Priority: turn.Priority, DueTime: turn.DueTime, Steps: steps(views)}, nil
}

// GetTask implements api.StrictServerInterface.
func (s *server) GetTask(ctx context.Context, r api.GetTaskRequestObject) (api.GetTaskResponseObject, error) {
	view, err := s.service.Task(ctx, Caller(ctx), r.IngestID, r.TaskID)
	if err != nil {
		return nil, err
	}
	return document{value: taskDetail(view, s.now()), still: taskDetail(view, time.Time{})}, nil
}

// CancelIngest implements api.StrictServerInterface.
func (s *server) CancelIngest(ctx context.Context, r api.CancelIngestRequestObject) (api.CancelIngestResponseObject, error) {
	if err := s.service.Cancel(ctx, Caller(ctx), r.IngestID); err != nil {
		return nil, err
	}
	return api.CancelIngest204Response{}, nil
}

// RetryIngest implements api.StrictServerInterface.
func (s *server) RetryIngest(ctx context.Context, r api.RetryIngestRequestObject) (api.RetryIngestResponseObject, error) {
	if err := s.service.Retry(ctx, Caller(ctx), r.IngestID); err != nil {
		return nil, err
	}
	return api.RetryIngest202JSONResponse{
		Body:    accepted(r.IngestID),
		Headers: api.RetryIngest202ResponseHeaders{Location: detailsURL(r.IngestID)},
	}, nil
}

// DeleteIngest implements api.StrictServerInterface.
func (s *server) DeleteIngest(ctx context.Context, r api.DeleteIngestRequestObject) (api.DeleteIngestResponseObject, error) {
	if err := s.service.Delete(ctx, Caller(ctx), r.IngestID); err != nil {
		return nil, err
	}
	return api.DeleteIngest204Response{}, nil
}

func accepted(ingestID string) api.Accepted {
	return api.Accepted{IngestID: ingestID, DetailsURL: detailsURL(ingestID)}
}

// value is the zero value for nil.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
