package httpd

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// noFilesets is the outputs of a task that has put out none.
const noFilesets = `{"filesets":[]}`

// detail renders an ingest with the tasks that have been claimed, in the order
// of their first claim.
func detail(run vod.Run, now time.Time) api.IngestDetail {
	in := run.Ingest
	d := api.IngestDetail{
		Status:      api.IngestStatus(in.Status),
		StartTime:   api.Timestamp{Time: in.Start},
		EndTime:     timeOrNull(in.End),
		Progress:    in.Progress,
		ElapsedTime: elapsed(in.Start, in.End, now),
		AssetID:     in.AssetID,
		IngestID:    in.ID,
		Tenant:      in.Tenant,
		ProfileName: in.ProfileName,
		Input:       in.Input,
		MediaTypes:  listed(in.MediaTypes),
		Tasks:       []api.Task{},
		Error:       textOrNull(in.Error),
	}
	claimed := slices.DeleteFunc(slices.Clone(run.Tasks), func(t vod.Task) bool { return t.Order == 0 })
	slices.SortFunc(claimed, func(a, b vod.Task) int { return cmp.Compare(a.Order, b.Order) })
	for _, t := range claimed {
		d.Tasks = append(d.Tasks, task(t, now))
	}
	return d
}

// takeDocuments takes the stored documents out of a detail, in the order of
// their places there.
func takeDocuments(d *api.IngestDetail) (stored []json.RawMessage) {
	take := func(text *json.RawMessage) {
		stored = append(stored, documentOr(*text, "null"))
		*text = nil
	}
	take(&d.Input)
	for i := range d.Tasks {
		take(&d.Tasks[i].Outputs)
		take(&d.Tasks[i].Input)
	}
	return stored
}

// outputs are those of the last attempt that had any, once the task has ended:
// a task that is done again may still have those of before.
func outputs(t vod.Task) json.RawMessage {
	if !t.Status.Ended() {
		return json.RawMessage(noFilesets)
	}
	return documentOr(t.Outputs, noFilesets)
}

func task(t vod.Task, now time.Time) api.Task {
	shown := api.Task{
		Outputs:     outputs(t),
		Input:       documentOr(t.Input, noFilesets),
		Name:        api.Stage(t.Stage),
		Progress:    t.Progress(),
		StartTime:   api.Timestamp{Time: t.Start},
		EndTime:     timeOrNull(t.End),
		ID:          t.ID,
		Status:      api.TaskStatus(t.Status),
		ElapsedTime: elapsed(t.Start, t.End, now),
	}
	if t.Status == vod.TaskFailed {
		shown.Error = t.Error.Sentence()
	}
	return shown
}

// elapsed is the time from start to end in milliseconds, or to now while there
// is no end.
func elapsed(start, end, now time.Time) int64 {
	if start.IsZero() {
		return 0
	}
	if end.IsZero() {
		end = vod.Millis(now)
	}
	return max(0, end.Sub(start).Milliseconds())
}

// unfinished tells whether the document of a run tells time.
func unfinished(run vod.Run) bool {
	return run.Ingest.End.IsZero() || slices.ContainsFunc(run.Tasks, func(t vod.Task) bool { return t.End.IsZero() })
}

func detailsURL(ingestID string) string { return "/ingests/" + ingestID }

func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func timeOrNull(t time.Time) *api.Timestamp {
	if t.IsZero() {
		return nil
	}
	return &api.Timestamp{Time: t}
}

func documentOr(text json.RawMessage, fallback string) json.RawMessage {
	if len(text) == 0 {
		return json.RawMessage(fallback)
	}
	return text
}

// listed is never null in JSON.
func listed[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
