package cli

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

const playbackOfI1 = `{"assetId":"a1","ingestId":"i1","hls":"http://h/media/k/main.m3u8","dash":"http://h/media/k/main.mpd","poster":null,"thumbnails":"http://h/media/k/t.vtt"}`

func TestWatchInAPipe(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	success().tell(d)
	d.answer("GET /assets/a1/playback", 200, playbackOfI1)
	d.run(t, "watch", "i1").want(t, 0, `RETRIEVAL TYPE0: running, 0 %
RETRIEVAL TYPE0: running, 40 %
RETRIEVAL TYPE0: done, after 1.5s
ENCODING TYPE1: running, 10 %
ENCODING TYPE1: retrying, 10 %, after 1.5s
ENCODING TYPE1: running, 80 %, attempt 2
ENCODING TYPE1: done, after 1.5s
Ingest i1 of asset a1: COMPLETED after 1m05s
Ingest:      i1
HLS:         http://h/media/k/main.m3u8
DASH:        http://h/media/k/main.mpd
Thumbnails:  http://h/media/k/t.vtt
`, "")
}

func TestReasonsOfWaitingAreToldOnce(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	p := &plain{w: &out}
	for _, encoding := range []row{
		{state: "waiting", note: "It waits for step 0."},
		{state: "ready", note: "The only ENCODING slot is busy; one task waits before it."},
		{state: "ready", note: "The only ENCODING slot is busy; one task waits before it."},
		{state: "ready", note: "The disk is short."},
		{state: "ready"},
		{state: "running"},
	} {
		encoding.label = "ENCODING FFMPEG"
		p.show(frame{rows: []row{encoding}})
	}
	want := "ENCODING FFMPEG: waiting: The only ENCODING slot is busy; one task waits before it.\n" +
		"ENCODING FFMPEG: waiting: The disk is short.\nENCODING FFMPEG: running, 0 %\n"
	if out.String() != want {
		t.Errorf("%s", out.String())
	}
}

// TestWatchAsJSON prints the last document as it was sent, and nothing else.
func TestWatchAsJSON(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	s := success()
	s.tell(d)
	d.run(t, "watch", "i1", "-o", "json").want(t, 0, s.states[len(s.states)-1].detail()+"\n", "")
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	failed := taskState{"TASK_FAILED", 30, 1, "a.mp4 holds no video."}
	tests := []struct {
		last state
		code int
		out  string
	}{
		{state{status: "SKIPPED", progress: 20}, 0, "Ingest i1 of asset a1: SKIPPED after 1m05s\n"},
		{
			state{status: "FAILED", progress: 10, tasks: []taskState{failed}, err: "a.mp4 holds no video."},
			1, "RETRIEVAL TYPE0: failed, after 1.5s: a.mp4 holds no video.\nIngest i1 of asset a1: FAILED after 1m05s\na.mp4 holds no video.\nTry: Ask for the file again.\n",
		},
		{state{status: "CANCELLED"}, 3, "Ingest i1 of asset a1: CANCELLED after 1m05s\n"},
	}
	for _, test := range tests {
		d := newDouble(t)
		(&story{states: []state{{status: "RUNNING"}, test.last}}).tell(d)
		d.run(t, "watch", "i1").want(t, test.code, test.out, "")
	}
}

func TestInterruptLeavesTheIngestRunning(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	running := state{status: "RUNNING"}
	d.answer("GET /ingests/i1", 200, running.detail())
	d.HandleFunc("GET /ingests/i1/plan", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, 200, running.plan())
		interrupt()
	})
	r := runIn(ctx, t, Program{Poll: time.Hour}, nil, "", "watch", "i1", "--server", d.url)
	r.want(t, 1, "", `The ingest i1 goes on without being watched.
To follow it: orchestrate watch i1
To stop it:   orchestrate cancel i1
`)
	for _, asked := range d.requests() {
		if !strings.HasPrefix(asked, "GET ") {
			t.Errorf("the interrupt sent %s", asked)
		}
	}
}

// TestWatchOutlivesTheServer has connections cut as by a restart.
func TestWatchOutlivesTheServer(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	cuts := 3
	d.HandleFunc("GET /ingests/i1", func(w http.ResponseWriter, _ *http.Request) {
		if cuts--; cuts >= 0 {
			panic(http.ErrAbortHandler)
		}
		writeJSON(w, 200, state{status: "SKIPPED"}.detail())
	})
	d.answer("GET /ingests/i1/plan", 200, state{}.plan())
	d.run(t, "watch", "i1").want(t, 0, "Ingest i1 of asset a1: SKIPPED after 1m05s\n", "")
}

func TestWatchWithoutAPlan(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	d.answer("GET /ingests/i1", 200, state{status: "SKIPPED"}.detail())
	d.problem("GET /ingests/i1/plan", 409, "It was imported.")
	d.run(t, "watch", "i1").want(t, 0, "Ingest i1 of asset a1: SKIPPED after 1m05s\n", "")
}

// TestHintIsSaidOnce has a server whose error already says what to do.
func TestHintIsSaidOnce(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	failed := taskState{"TASK_FAILED", 30, 1, "Bad."}
	(&story{states: []state{{status: "FAILED", tasks: []taskState{failed}, err: "Bad. Ask for the file again."}}}).tell(d)
	d.run(t, "watch", "i1").want(t, 1, "RETRIEVAL TYPE0: failed, after 1.5s: Bad.\nIngest i1 of asset a1: FAILED after 1m05s\nBad. Ask for the file again.\n", "")
}

func TestWatchEndsAtARefusal(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	d.problem("GET /ingests/i1", 404, "There is no ingest i1.")
	d.run(t, "watch", "i1").want(t, 1, "", `orchestrate: There is no ingest i1.
Try: `+"`orchestrate list` shows what is there; --tenant chooses another tenant.\n")
}
