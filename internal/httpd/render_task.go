package httpd

import (
	"time"

	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// taskDetail renders a task with its attempts.
func taskDetail(v orchestrate.TaskView, now time.Time) api.TaskDetail {
	t := v.Task
	d := api.TaskDetail{
		ID: t.ID, IngestID: t.IngestID, Step: t.Step,
		Name:     api.Stage(t.Stage),
		Status:   api.TaskStatus(t.Status),
		Progress: t.Progress(),
		Attempt:  t.Attempt, Failures: t.Failures, Lost: t.Lost,
		StartTime:   timeOrNull(t.Start),
		EndTime:     timeOrNull(t.End),
		ElapsedTime: elapsed(t.Start, t.End, now),
		NotBefore:   timeOrNull(t.NotBefore),
		Input:       documentOr(t.Input, noFilesets),
		Outputs:     outputs(t),
		Error:       stepError(t.Error),
		Attempts:    []api.Attempt{},
	}
	for _, a := range v.Attempts {
		d.Attempts = append(d.Attempts, attempt(a, now))
	}
	return d
}

func attempt(a vod.Attempt, now time.Time) api.Attempt {
	return api.Attempt{
		Number:      a.Number,
		Status:      api.TaskStatus(a.Status),
		StartTime:   api.Timestamp{Time: a.Start},
		EndTime:     timeOrNull(a.End),
		ElapsedTime: elapsed(a.Start, a.End, now),
		Error:       stepError(a.Error),
		Command:     listed(a.Command),
		Log:         a.Log,
		Report:      report(a.Report),
	}
}

func report(r *vod.Report) *api.Report {
	if r == nil {
		return nil
	}
	shown := api.Report{Remarks: listed(r.Remarks), Renditions: []api.RenditionReport{}, Source: sourceReport(r.Source)}
	for _, v := range r.Renditions {
		rendition := api.RenditionReport{
			Name: v.Name, Codec: v.Codec, Width: v.Width, Height: v.Height, VideoRange: v.VideoRange,
			Encoder: v.Encoder, Bitrate: v.Bitrate, MaxBitrate: v.MaxBitrate,
		}
		if q := v.Quality; q != nil {
			rendition.Quality = &api.Quality{SSIM: q.SSIM, Worst: q.Worst, Frames: q.Frames}
		}
		shown.Renditions = append(shown.Renditions, rendition)
	}
	return &shown
}

// stepError renders an error without its cause, which is for the log only.
func stepError(e *vod.StepError) *api.StepError {
	if e == nil {
		return nil
	}
	return &api.StepError{
		Class: api.StepErrorClass(e.Class), Reason: string(e.Reason), Message: e.Message, Hint: e.Hint,
	}
}

func steps(views []orchestrate.StepView) []api.Step {
	list := []api.Step{}
	for _, v := range views {
		list = append(list, api.Step{
			Step: v.Step, Stage: api.Stage(v.Stage), Name: v.Name, Type: v.Type, Filter: v.Filter,
			LabelOut: textOrNull(v.LabelOut), TaskID: textOrNull(v.TaskID),
			State: api.StepState(v.State), Reason: v.Reason, After: listed(v.After), NotBefore: timeOrNull(v.NotBefore),
			Needs: capabilities(v.Needs),
		})
	}
	return list
}
