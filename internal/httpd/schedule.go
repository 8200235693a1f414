package httpd

import (
	"context"

	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// GetSchedule implements api.StrictServerInterface.
func (s *server) GetSchedule(ctx context.Context, r api.GetScheduleRequestObject) (api.GetScheduleResponseObject, error) {
	run, err := s.service.Get(ctx, Caller(ctx), r.IngestID)
	if err != nil {
		return nil, err
	}
	return api.GetSchedule200JSONResponse(schedule(orchestrate.ScheduleOf(run.Ingest))), nil
}

// SetSchedule implements api.StrictServerInterface.
func (s *server) SetSchedule(ctx context.Context, r api.SetScheduleRequestObject) (api.SetScheduleResponseObject, error) {
	if r.Body.Priority == "" {
		return nil, badKey("/priority", "must be HIGH, NORMAL or LOW")
	}
	now, err := s.service.Reschedule(ctx, Caller(ctx), r.IngestID, scheduleOf(r.Body.Priority, r.Body.DueTime))
	if err != nil {
		return nil, err
	}
	return api.SetSchedule200JSONResponse(schedule(now)), nil
}

// ListWorkers implements api.StrictServerInterface.
func (s *server) ListWorkers(ctx context.Context, _ api.ListWorkersRequestObject) (api.ListWorkersResponseObject, error) {
	workers, err := s.service.Workers(ctx, Caller(ctx))
	if err != nil {
		return nil, err
	}
	items := []api.Worker{}
	for _, w := range workers {
		items = append(items, worker(w))
	}
	return api.ListWorkers200JSONResponse{Items: items, Count: len(items)}, nil
}

// scheduleOf is what a body asks for. What the values mean is checked by the use
// case.
func scheduleOf(priority api.Priority, due *api.Timestamp) orchestrate.Schedule {
	to := orchestrate.Schedule{Priority: vod.Priority(priority)}
	if due != nil {
		to.Due = due.Time
	}
	return to
}

func schedule(s orchestrate.Schedule) api.Schedule {
	return api.Schedule{Priority: api.Priority(s.Priority), DueTime: timeOrNull(s.Due)}
}

func worker(w vod.Worker) api.Worker {
	shown := api.Worker{
		ID: w.ID, Host: w.Host, Version: w.Version, Stages: []api.WorkerStage{}, Capabilities: capabilities(w.Capabilities),
		Memory: w.Memory, Processors: w.Processors, Scratch: w.Scratch, Running: w.Running,
		StartTime: api.Timestamp{Time: w.Started}, SeenTime: api.Timestamp{Time: w.Seen},
	}
	for _, stage := range vod.Stages() {
		if n := w.Slots[stage]; n > 0 {
			shown.Stages = append(shown.Stages, api.WorkerStage{Stage: api.Stage(stage), Slots: n})
		}
	}
	return shown
}

func capabilities(list []vod.Capability) []api.Capability {
	shown := []api.Capability{}
	for _, c := range list {
		shown = append(shown, api.Capability(c))
	}
	return shown
}
