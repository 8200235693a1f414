package httpd

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// running is an ingest under way: one task done, one failed, one that waits
// and was never claimed.
func running() vod.Run {
	start := noon().Add(-time.Minute)
	return vod.Run{
		Ingest: vod.Ingest{
			ID: "run-1", Tenant: "default", AssetID: "7", ProfileName: "default", Status: vod.Running,
			Progress: 20, Start: start, Input: json.RawMessage(`{"filesets":[],"profile":{"note":"a<b & c>d"}}`), HasInput: true,
		},
		Tasks: []vod.Task{
			{ID: "t-2", IngestID: "run-1", Step: 2, Stage: vod.Playout, Status: vod.TaskPending},
			{
				ID: "t-1", IngestID: "run-1", Step: 1, Stage: vod.Encoding, Status: vod.TaskFailed, Order: 2, Attempt: 2, Failures: 2,
				Start: start.Add(time.Second), End: start.Add(3 * time.Second), Input: json.RawMessage(`{"filesets":[]}`), Share: 0.299,
				Error: &vod.StepError{
					Class: vod.ClassMedia, Reason: vod.ReasonBadMedia, Message: "clip.mp4 has no video & no audio.",
					Hint: "Check the export.", Cause: errors.New("password hunter2"),
				},
			},
			{
				ID: "t-0", IngestID: "run-1", Stage: vod.Retrieval, Status: vod.TaskRunning, Order: 1, Attempt: 1,
				Start: start, Input: json.RawMessage(`{"filesets":[]}`), Share: 0.5,
			},
		},
	}
}

func everySourceFact() *vod.SourceReport {
	return &vod.SourceReport{
		Container: "mp4", Duration: 90500, Size: 1<<53 + 1,
		Video: &vod.SourceVideo{
			Codec: "h264", Profile: "High", Level: "4.1", Width: 1440, Height: 1080, Aspect: "16:9", FrameRate: "30000/1001",
			Variable: true, Interlaced: true, Rotation: -90, BitDepth: 8, PixelFormat: "yuv420p", VideoRange: "SDR",
			Primaries: "bt709", Transfer: "bt709", Matrix: "bt709", Bitrate: 12_000_000,
		},
		Audio: []vod.SourceAudio{
			{Codec: "aac", Profile: "LC", Channels: 2, Layout: "stereo", SampleRate: 48000, Language: "nor", Title: "A < B", Bitrate: 128_000},
		},
		Subtitles: []vod.SourceSubtitle{{Codec: "mov_text", Language: "eng", Title: "T", Forced: true, SDH: true}},
	}
}

func withRunning() *memory {
	return &memory{
		runs: []vod.Run{running()},
		attempts: map[string][]vod.Attempt{"t-0": {
			{TaskID: "t-0", Number: 1, Status: vod.TaskCompleted, Start: noon(), Report: &vod.Report{
				Remarks: []string{"One < two."}, Renditions: []vod.RenditionReport{
					{
						Name: "720p", Codec: "H264", Width: 1280, Height: 720, VideoRange: "SDR", Encoder: "libx264",
						Bitrate: 1_900_000, MaxBitrate: 3_000_000, Quality: &vod.Quality{SSIM: 0.9875, Worst: 0.5, Frames: 48},
					},
					{Name: "480p"},
				},
				Source: everySourceFact(),
			}},
			{TaskID: "t-0", Number: 2, Status: vod.TaskCompleted, Start: noon(), Report: &vod.Report{}},
		}, "t-1": {{
			TaskID: "t-1", Number: 1, Status: vod.TaskFailed, Start: noon(), End: noon().Add(1500 * time.Millisecond),
			Error: &vod.StepError{Class: vod.ClassMedia, Reason: vod.ReasonBadMedia, Message: "bad"}, Command: []string{"ffmpeg", "-i", "<in>"}, Log: "last & line\n",
		}}},
		views: []orchestrate.StepView{{
			Step: 2, Stage: vod.Playout, Name: "catalog", Type: "CATALOG", Filter: "distributed", State: "waiting",
			Reason: "Waits for step 1.", After: []int{1}, NotBefore: noon(), Needs: []vod.Capability{vod.CanHEVC},
		}},
	}
}

func TestDetailOfUnfinishedIngest(t *testing.T) {
	t.Parallel()
	s := setup(t, withRunning(), nil)
	got := s.send(t, http.MethodGet, "/ingests/run-1", "")
	want := `{"status":"RUNNING","startTime":"2022-01-02T11:59:00.000Z","endTime":null,"progress":20,"elapsedTime":60000,` +
		`"assetId":"7","ingestId":"run-1","tenant":"default","profileName":"default",` +
		`"input":{"filesets":[],"profile":{"note":"a<b & c>d"}},"mediaTypes":[],"tasks":[` +
		`{"outputs":{"filesets":[]},"input":{"filesets":[]},"name":"RETRIEVAL","progress":50,"startTime":"2022-01-02T11:59:00.000Z",` +
		`"endTime":null,"id":"t-0","status":"TASK_RUNNING","elapsedTime":60000},` +
		`{"outputs":{"filesets":[]},"input":{"filesets":[]},"name":"ENCODING","progress":29,"startTime":"2022-01-02T11:59:01.000Z",` +
		`"endTime":"2022-01-02T11:59:03.000Z","id":"t-1","status":"TASK_FAILED","elapsedTime":2000,` +
		`"error":"clip.mp4 has no video & no audio. Check the export."}],"error":null}` + "\n"
	if diff := cmp.Diff(want, got.text); diff != "" {
		t.Error(diff)
	}
	if got.Header.Get("Content-Type") != "application/json" || got.Header.Get("Cache-Control") != "private, no-cache" {
		t.Errorf("headers %v", got.Header)
	}
	head := s.send(t, http.MethodHead, "/ingests/run-1", "")
	if head.StatusCode != 200 || head.text != "" {
		t.Errorf("HEAD: %d %q", head.StatusCode, head.text)
	}
}

func TestImportedListItemHasNoInput(t *testing.T) {
	t.Parallel()
	run := running()
	run.Ingest.Input, run.Ingest.HasInput, run.Tasks = nil, false, nil
	s := setup(t, &memory{runs: []vod.Run{run}}, nil)
	s.send(t, http.MethodGet, "/ingests/run-1", "").is(t, 200, `"input":null`, `"tasks":[]`)
}

func TestTaskWithAttempts(t *testing.T) {
	t.Parallel()
	s := setup(t, withRunning(), nil)
	got := s.send(t, http.MethodGet, "/ingests/run-1/tasks/t-1", "")
	got.is(t, 200, `"failures":2`, `"class":"MEDIA","reason":"bad_media","message":"clip.mp4 has no video & no audio.","hint":"Check the export."`,
		`"command":["ffmpeg","-i","<in>"],"log":"last & line\n","report":null`, `"elapsedTime":1500`)
	if strings.Contains(got.text, "hunter2") {
		t.Error("the cause is shown")
	}
	s.send(t, http.MethodGet, "/ingests/run-1/tasks/t-0", "").is(t, 200,
		`"log":"","report":{"remarks":["One < two."],"renditions":[{"name":"720p","codec":"H264","width":1280,"height":720,"videoRange":"SDR",`+
			`"encoder":"libx264","bitrate":1900000,"maxBitrate":3000000,"quality":{"ssim":0.9875,"worst":0.5,"frames":48}},`,
		`"maxBitrate":0,"quality":null}],"source":{"container":"mp4","duration":90500,"size":9007199254740993,"video":{"codec":"h264","profile":"High","level":"4.1",`+
			`"width":1440,"height":1080,"aspect":"16:9","frameRate":"30000/1001","variable":true,"interlaced":true,"rotation":-90,"bitDepth":8,`+
			`"pixelFormat":"yuv420p","videoRange":"SDR","primaries":"bt709","transfer":"bt709","matrix":"bt709","bitrate":12000000},`+
			`"audio":[{"codec":"aac","profile":"LC","channels":2,"layout":"stereo","sampleRate":48000,"language":"nor","title":"A < B","bitrate":128000}],`+
			`"subtitles":[{"codec":"mov_text","language":"eng","title":"T","forced":true,"sdh":true}]}}`, `"report":{"remarks":[],"renditions":[],"source":null}`)
	s.send(t, http.MethodGet, "/ingests/run-1/tasks/t-2", "").is(t, 200, `"startTime":null`, `"elapsedTime":0`, `"attempts":[]`, `"error":null`)
	s.send(t, http.MethodGet, "/ingests/run-1/tasks/none", "").is(t, 404, `"code":"not_found"`)
}

func TestPlan(t *testing.T) {
	t.Parallel()
	s := setup(t, withRunning(), nil)
	s.send(t, http.MethodGet, "/ingests/run-1/plan", "").is(t, 200, `{"ingestId":"run-1","priority":"NORMAL","dueTime":null,"steps":[{"step":2,"stage":"PLAYOUT",`+
		`"name":"catalog","type":"CATALOG","filter":"distributed","labelOut":null,"taskId":null,"state":"waiting",`+
		`"reason":"Waits for step 1.","after":[1],"notBefore":"2022-01-02T12:00:00.000Z","needs":["hevc"]}]}`)
}

func TestSteering(t *testing.T) {
	t.Parallel()
	s := setup(t, withRunning(), nil)
	s.send(t, http.MethodDelete, "/ingests/run-1", "").is(t, 409, `"code":"conflict"`, "RUNNING")
	s.send(t, http.MethodPost, "/ingests/run-1/retry", "").is(t, 409)
	// The page's own call names a Content-Type although it has no body.
	got := s.send(t, http.MethodDelete, "/cancel/run-1", "", "Content-Type", "application/json")
	got.is(t, 204)
	if got.text != "" || got.Header.Get("Content-Type") != "" {
		t.Errorf("body %q, headers %v", got.text, got.Header)
	}
	s.send(t, http.MethodDelete, "/cancel/other", "").is(t, 404)
	s.send(t, http.MethodDelete, "/cancel/run-1", "", "X-Vimond-Tenant", "other").is(t, 404)

	s.runs[0].Ingest.Status = vod.Failed
	retried := s.send(t, http.MethodPost, "/ingests/run-1/retry", "")
	retried.is(t, 202, `{"ingestId":"run-1","detailsUrl":"/ingests/run-1"}`)
	if l := retried.Header.Get("Location"); l != "/ingests/run-1" {
		t.Errorf("Location %q", l)
	}
	s.runs[0].Ingest.Status = vod.Completed
	s.send(t, http.MethodDelete, "/ingests/run-1", "").is(t, 204)
}
