package storetest

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func attemptTests() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"FirstToLastWithEveryField":   everyAttemptField,
		"EndingKeepsHowItBegan":       endingKeeps,
		"WhateverAProgramSaid":        whateverIsSaid,
		"AreNotLoadedWithTheRun":      notLoaded,
		"OfAnUnknownTaskThereAreNone": noAttempts,
	}
}

func (b bundle) withTask() (ingestID, taskID string) {
	in := b.create(ingest())
	b.change(in.ID, func(run *vod.Run) { run.Tasks = append(run.Tasks, task(in.ID, 0)) })
	return in.ID, task(in.ID, 0).ID
}

// whateverIsSaid: how an attempt ended is written even if what is told of it is no
// text.
func whateverIsSaid(_ *testing.T, b bundle) {
	const noText, kept = "a \xff\x00 b", "a \uFFFD\uFFFD b"
	id, taskID := b.withTask()
	b.change(id, func(run *vod.Run) {
		become(&run.Ingest, vod.Failed)
		run.Ingest.Error = noText
		t := run.Task(taskID)
		t.Status, t.Start, t.End, t.Attempt = vod.TaskFailed, at(1), at(2), 1
		t.Error = &vod.StepError{Class: vod.ClassMedia, Message: noText}
		run.Attempts = []vod.Attempt{{
			TaskID: taskID, Number: 1, Status: vod.TaskFailed, Start: at(1), End: at(2),
			Error: t.Error, Command: []string{noText}, Log: noText,
		}}
	})
	attempt := b.attempts(taskID)[0]
	b.equal(attempt.Log, kept)
	list, _, err := b.IngestList(b.ctx, store.IngestFilter{Tenant: "t1", Limit: 1})
	b.ok(err)
	b.equal(list[0].Error, kept)
}

func (b bundle) attempts(taskID string) []vod.Attempt {
	b.t.Helper()
	got, err := b.TaskAttempts(b.ctx, taskID)
	b.ok(err)
	return got
}

func everyAttemptField(_ *testing.T, b bundle) {
	id, taskID := b.withTask()
	want := []vod.Attempt{
		{
			TaskID: taskID, Number: 1, Status: vod.TaskPending, Start: at(1), End: at(2),
			Error:   &vod.StepError{Class: vod.ClassInfra, Reason: vod.ReasonLost, Message: "Lost.", Hint: "Retry."},
			Command: []string{"ffmpeg", "-i", "a 'b\" é.mp4", ""}, Log: strings.Repeat("frame= 1 é\r\n", 1300),
			Report: &vod.Report{
				Remarks: []string{"A \"remark\" <é>."},
				Renditions: []vod.RenditionReport{
					{
						Name: "720p", Codec: "H264", Width: 1280, Height: 720, VideoRange: "SDR", Encoder: "libx264",
						Bitrate: 2_345_678, MaxBitrate: 3_000_000, Quality: &vod.Quality{SSIM: 0.987654, Worst: 0.9, Frames: 48},
					},
					{Name: "360p"},
				},
				Source: &vod.SourceReport{
					Container: "mp4", Duration: 1 << 40, Size: math.MaxInt64, Video: &vod.SourceVideo{Codec: "h264", FrameRate: "30000/1001"},
					Audio: []vod.SourceAudio{{Codec: "aac", Title: "<é>"}}, Subtitles: []vod.SourceSubtitle{},
				},
			},
		},
		{TaskID: taskID, Number: 2, Status: vod.TaskRunning, Start: at(3)},
		{TaskID: taskID, Number: 10, Status: vod.TaskRunning, Start: at(4)},
	}
	b.change(id, func(run *vod.Run) { run.Attempts = []vod.Attempt{want[2], want[0], want[1]} })
	b.equal(b.attempts(taskID), want)
}

// endingKeeps: who ends an attempt after a crash does not know more of it than
// that it is over.
func endingKeeps(_ *testing.T, b bundle) {
	id, taskID := b.withTask()
	began := vod.Attempt{
		TaskID: taskID, Number: 1, Status: vod.TaskRunning, Start: at(1), Command: []string{"ffmpeg"}, Log: "frame=1",
		Report: &vod.Report{Remarks: []string{"It has begun."}},
	}
	b.change(id, func(run *vod.Run) { run.Attempts = []vod.Attempt{began} })
	lost := &vod.StepError{Class: vod.ClassInfra, Reason: vod.ReasonLost, Message: "Lost."}
	b.change(id, func(run *vod.Run) {
		run.Attempts = []vod.Attempt{{TaskID: taskID, Number: 1, Status: vod.TaskPending, End: at(2), Error: lost}}
	})
	want := began
	want.Status, want.End, want.Error = vod.TaskPending, at(2), lost
	b.equal(b.attempts(taskID), []vod.Attempt{want})

	b.change(id, func(run *vod.Run) {
		run.Attempts = []vod.Attempt{{TaskID: taskID, Number: 1, Status: vod.TaskCompleted, End: at(3), Log: "frame=2", Command: []string{"ffprobe"}}}
	})
	want.Status, want.End, want.Error, want.Log, want.Command = vod.TaskCompleted, at(3), nil, "frame=2", []string{"ffprobe"}
	b.equal(b.attempts(taskID), []vod.Attempt{want})
}

func notLoaded(_ *testing.T, b bundle) {
	id, taskID := b.withTask()
	b.change(id, func(run *vod.Run) {
		run.Attempts = []vod.Attempt{{TaskID: taskID, Number: 1, Status: vod.TaskRunning, Start: time.UnixMilli(1).UTC()}}
	})
	loaded := -1
	b.change(id, func(run *vod.Run) { loaded = len(run.Attempts) })
	b.equal(loaded, 0)
}

func noAttempts(_ *testing.T, b bundle) { b.equal(len(b.attempts("unknown")), 0) }
