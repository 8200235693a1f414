package media_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func published() *service {
	return &service{
		run: vod.Run{Ingest: vod.Ingest{ID: "i-2", Tenant: "acme", AssetID: `a"<b>`}},
		history: []vod.Playback{
			{IngestID: "i-3", HLS: "https://cdn.example/3/index.m3u8"},
			{
				IngestID: "i-2", HLS: "https://cdn.example/2/index.m3u8", DASH: "https://cdn.example/2/manifest.mpd",
				Poster: "https://cdn.example/2/poster.jpg", Thumbnails: "https://cdn.example/2/thumbnails/thumbnails.vtt",
			},
		},
	}
}

// TestPicturesAndPlayer: what a role may not do is not offered.
func TestPicturesAndPlayer(t *testing.T) {
	t.Parallel()
	for role, offered := range map[vod.Role]bool{vod.Viewer: false, vod.Operator: true} {
		res, body := ask(t, published(), role, http.MethodGet, "media")
		for _, want := range []string{
			`src="https://cdn.example/2/poster.jpg"`, `src="https://cdn.example/2/thumbnails/`, `/ui/acme/ingests/i-2/play?format=hls`,
			`format=dash`, `https://cdn.example/2/manifest.mpd</code>`, `href="/ui/acme/ingests/i-3"`,
		} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %s in\n%s", role, want, body)
			}
		}
		if res.StatusCode != http.StatusOK || strings.Contains(body, `action="/ui/acme/ingests/i-2/select"`) != offered || strings.Contains(body, "<b>") {
			t.Errorf("%s: %s\n%s", role, res.Status, body)
		}
	}
	res, body := ask(t, published(), vod.Viewer, http.MethodGet, "media/player?format=dash")
	if res.StatusCode != http.StatusOK || !strings.Contains(body, `src="/ui/acme/ingests/i-2/play?embedded&amp;format=dash"`) {
		t.Errorf("%s\n%s", res.Status, body)
	}
	if res, _ := ask(t, published(), vod.Viewer, http.MethodGet, "media/player?format=x"); res.StatusCode != http.StatusBadRequest {
		t.Errorf("another format: %s", res.Status)
	}
}

func TestNothingToShow(t *testing.T) {
	t.Parallel()
	s := &service{run: vod.Run{Ingest: vod.Ingest{ID: "i-2"}}}
	for _, part := range []string{"media", "flow", "source"} {
		if res, body := ask(t, s, vod.Viewer, http.MethodGet, part); res.StatusCode != http.StatusNoContent || body != "" {
			t.Errorf("%s: %s %s", part, res.Status, body)
		}
	}
	s.run.Ingest.ID = "other"
	for _, part := range []string{"media", "flow", "source"} {
		if res, _ := ask(t, s, vod.Viewer, http.MethodGet, part); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s of no ingest: %s", part, res.Status)
		}
	}
}

func TestRemovedFiles(t *testing.T) {
	t.Parallel()
	s := published()
	s.history[1].Removed = time.Unix(1, 0)
	_, body := ask(t, s, vod.Admin, http.MethodGet, "media")
	if !strings.Contains(body, "were given up") || strings.Contains(body, "cdn.example") || strings.Contains(body, "select") {
		t.Error(body)
	}
}

func TestRollBack(t *testing.T) {
	t.Parallel()
	s := published()
	if res, _ := ask(t, s, vod.Viewer, http.MethodPost, "select"); res.StatusCode != http.StatusForbidden || s.chosen != "" {
		t.Errorf("a viewer: %s, %q", res.Status, s.chosen)
	}
	res, _ := ask(t, s, vod.Operator, http.MethodPost, "select")
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/ui/acme/ingests/i-2" || s.chosen != `a"<b> i-2` {
		t.Errorf("%s to %s, %q", res.Status, res.Header.Get("Location"), s.chosen)
	}
}

func TestFlow(t *testing.T) {
	t.Parallel()
	const in = `{"filesets":[{"files":[{"uri":"file:///a"}],"labels":["initialInput"]}],"profile":{}}`
	const mid = `{"filesets":[{"files":[{"uri":"file:///b"},{"uri":"file:///c"}],"labels":["<mid>"]}],"profile":{}}`
	s := published()
	s.run.Tasks = []vod.Task{
		{Step: 0, Stage: vod.Retrieval, Status: vod.TaskCompleted, Input: []byte(in), Outputs: []byte(mid)},
		{Step: 1, Stage: vod.Encoding, Status: vod.TaskFailed, Input: []byte(mid), Outputs: []byte(`{"filesets":[{"files":[{"uri":"x"}],"labels":["loose"]}]}`)},
	}
	s.steps = []orchestrate.StepView{{Name: "get"}, {Step: 1, Name: "enc"}, {Step: 2, Stage: vod.Packaging, Filter: "encoded", After: []int{1}}}
	_, body := ask(t, s, vod.Viewer, http.MethodGet, "flow")
	text := strings.Join(strings.Fields(body), " ")
	for _, want := range []string{
		`href="#task-0"`, `href="#task-1"`, `class="node TASK_FAILED"`, `class="node planned"`, "&lt;mid&gt; ×2", "initialInput ×1", "get · Completed",
		`<td data-label="From">RETRIEVAL</td><td data-label="To">ENCODING</td><td data-label="Labels"><bdi>&lt;mid&gt;</bdi></td><td class="number" data-label="Files">2</td>`,
		`<td data-label="From">ENCODING</td><td data-label="To">Output</td>`, `<td data-label="From">ENCODING</td><td data-label="To">PACKAGING</td>`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
}

// TestFlowOfTooMuch: imported ingests have what their system wrote.
func TestFlowOfTooMuch(t *testing.T) {
	t.Parallel()
	s := published()
	s.run.Ingest.Imported = true
	for i := range 10_000 {
		s.run.Tasks = append(s.run.Tasks, vod.Task{
			Step: i, Stage: vod.Encoding, Status: vod.TaskCompleted, Outputs: []byte(`["of another form"]`),
			Input: []byte(`{"filesets":[{"files":[{"uri":"x"}],"labels":[]}]}`),
		})
	}
	res, body := ask(t, s, vod.Viewer, http.MethodGet, "flow")
	if res.StatusCode != http.StatusOK || strings.Contains(body, "<svg") || !strings.Contains(body, "9,500") || len(body) > 500_000 {
		t.Errorf("%s, %d bytes", res.Status, len(body))
	}
}

func TestSource(t *testing.T) {
	t.Parallel()
	s := published()
	s.run.Tasks = []vod.Task{{Stage: vod.Retrieval, Attempt: 1}, {Stage: vod.Encoding, Attempt: 2}}
	source := &vod.SourceReport{
		Container: "<mp4>", Duration: 90500, Size: 1<<53 + 1,
		Video: &vod.SourceVideo{Codec: "h264", Level: "4.1", FrameRate: "30000/1001", Interlaced: true},
		Audio: []vod.SourceAudio{{Codec: "aac", SampleRate: 48000}}, Subtitles: []vod.SourceSubtitle{{Codec: "mov_text", Forced: true}},
	}
	s.attempts = []vod.Attempt{{Number: 2, Report: &vod.Report{Source: source}}, {Number: 1, Report: &vod.Report{Source: &vod.SourceReport{Container: "old"}}}}
	_, body := ask(t, s, vod.Viewer, http.MethodGet, "source")
	for _, want := range []string{"&lt;mp4&gt;", "9,007,199,254,740,993 bytes", "30000/1001 (29.97) fps, interlaced", "48,000 Hz", "level 4.1", "Forced"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	if strings.Contains(body, "old") {
		t.Error("an earlier attempt is shown")
	}
}
