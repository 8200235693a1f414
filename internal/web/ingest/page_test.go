package ingest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const clip = "https://example.com/clip.mp4"

func badMedia() error {
	return &vod.StepError{Class: vod.ClassMedia, Reason: vod.ReasonBadMedia, Message: "The <video> is bad.", Hint: "Send a better one."}
}

// TestEveryStatus: each is drawn, with what can be done in it.
func TestEveryStatus(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	queued := s.submit("queued", clip)
	running := s.submit("running", clip)
	s.runTasks(running, 1)
	completed := s.submit("completed", clip)
	s.runTasks(completed, 100)
	cancelled := s.submit("cancelled", clip)
	if err := s.Cancel(t.Context(), s.caller, cancelled); err != nil {
		t.Fatal(err)
	}
	s.steps["ENCODING"] = func(step.Job) (step.Result, error) { return step.Result{}, badMedia() }
	failed := s.submit("failed", clip)
	s.runTasks(failed, 100)
	delete(s.steps, "ENCODING")
	s.steps["RETRIEVAL"] = func(step.Job) (step.Result, error) {
		return step.Result{SkipIngest: true, Report: &vod.Report{Reused: completed, Remarks: []string{"The same."}}}, nil
	}
	skipped := s.submit("skipped", clip)
	s.runTasks(skipped, 100)

	for _, test := range []struct {
		id, status string
		may, not   []string // buttons
		says       []string
	}{
		{
			queued, "QUEUED",
			[]string{"do-cancel", "do-again"},
			[]string{"do-retry", "do-delete"},
			[]string{"No task has begun yet.", "Steps not begun", "As soon as there is room.", "data-over=\"false\"", "data-ticking="},
		},
		{
			running, "RUNNING",
			[]string{"do-cancel", "do-again"},
			[]string{"do-retry", "do-delete"},
			[]string{`class="now"`, "Waits for", "RETRIEVAL"},
		},
		{
			completed, "COMPLETED",
			[]string{"do-delete", "do-again"},
			[]string{"do-cancel", "do-retry"},
			[]string{`<span class="number">100 %</span>`, `class="bar TASK_COMPLETED"`, "data-over=\"true\""},
		},
		{
			cancelled, "CANCELLED",
			[]string{"do-retry", "do-delete"},
			[]string{"do-cancel"},
			[]string{"Will not begin", ">Retry<"},
		},
		{
			failed, "FAILED",
			[]string{"do-retry", "do-delete"},
			[]string{"do-cancel"},
			[]string{"The &lt;video&gt; is bad.", "Send a better one.", "Retry from where it failed", `href="#task-1"`, "The source is at fault.", "bad_media"},
		},
		{
			skipped, "SKIPPED",
			[]string{"do-delete"},
			[]string{"do-cancel", "do-retry"},
			[]string{"Their checksums were given", `<a class="mono" href="/ui/acme/ingests/` + completed + `">`},
		},
	} {
		page := s.get(address(test.id))
		has(t, page, test.says...)
		has(t, page, `data-status="`+test.status+`"`)
		for _, button := range test.may {
			has(t, page, `id="`+button+`"`)
		}
		for _, button := range test.not {
			hasNot(t, page, `id="`+button+`"`)
		}
		if found := regexp.MustCompile(`(?i)<[^>]+\s(style|on[a-z]+)=|[0-9]-[0-9.]+ s<|width="-`).FindString(page); found != "" {
			t.Errorf("%s: the page has %s", test.status, found)
		}
		if missing := regexp.MustCompile(`>ingest\.[a-z.]+<|%!`).FindString(page); missing != "" {
			t.Errorf("%s: a text is missing: %s", test.status, missing)
		}
	}
}

// TestViewersGetNoButtons: what a role may not do is not offered, and not done.
func TestViewersGetNoButtons(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.submit("1", clip)
	s.caller.Permissions = vod.Viewer.Permissions()
	hasNot(t, s.get(address(id)), "do-cancel", "do-again", "do-retry", "do-delete", "do-schedule", "<form method=\"post\"")
	for _, action := range []string{"cancel", "retry", "delete", "schedule"} {
		if res, _ := s.ask(http.MethodPost, address(id)+"/"+action); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s", action, res.Status)
		}
	}
}

func TestWhatButtonsDo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.submit("1", clip)
	for _, test := range []struct {
		action, to string
		status     int
	}{
		{"retry", "", http.StatusConflict},
		{"cancel", address(id), http.StatusSeeOther},
		{"retry", address(id), http.StatusSeeOther},
		{"delete", "", http.StatusConflict},
		{"cancel", address(id), http.StatusSeeOther},
		{"delete", "/ui/acme/ingests", http.StatusSeeOther},
		{"delete", "", http.StatusNotFound},
	} {
		res, _ := s.ask(http.MethodPost, address(id)+"/"+test.action)
		if res.StatusCode != test.status || res.Header.Get("Location") != test.to {
			t.Fatalf("%s: %s, to %q", test.action, res.Status, res.Header.Get("Location"))
		}
	}
	res, body := s.ask(http.MethodGet, address(id))
	if res.StatusCode != http.StatusNotFound {
		t.Error(res.Status)
	}
	has(t, body, "Not found")
	if res, _ := s.ask(http.MethodPost, address(id)+"/cancel", "Sec-Fetch-Site", "cross-site"); res.StatusCode != http.StatusForbidden {
		t.Errorf("another site's form: %s", res.Status)
	}
}

// TestATask has its inputs, outputs and attempts, the last first.
// TestSchedule: the priority and the due time are shown, and can be changed
// until the ingest is over.
func TestSchedule(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.submit("1", clip)
	has(t, s.get(address(id)), "<dt>Priority</dt><dd>Normal</dd>", `<option value="NORMAL" selected>`, `name="due" value=""`)
	hasNot(t, s.get(address(id)), "<dt>Due</dt>")
	post := func(form url.Values) *http.Response {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, address(id)+"/schedule", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		s.kit.ServeHTTP(w, r)
		return w.Result()
	}
	if res := post(url.Values{"priority": {"HIGH"}, "due": {"2026-12-01T06:00"}}); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != address(id) {
		t.Fatalf("%s, to %q", res.Status, res.Header.Get("Location"))
	}
	for _, path := range []string{address(id), address(id) + "/now?since=0"} {
		has(t, s.get(path), "<dt>Priority</dt><dd>High</dd>", `<dt>Due</dt><dd><time datetime="2026-12-01T06:00:00.000Z">`,
			`<option value="HIGH" selected>`, `name="due" value="2026-12-01T06:00"`)
	}
	for _, form := range []url.Values{{}, {"priority": {"LOW"}}} { // Without a due time nobody waits for it.
		if res := post(form); res.StatusCode != http.StatusSeeOther {
			t.Errorf("%v: %s", form, res.Status)
		}
		hasNot(t, s.get(address(id)), "<dt>Due</dt>")
	}
	for _, form := range []url.Values{{"priority": {"URGENT"}}, {"due": {"soon"}}} {
		if res := post(form); res.StatusCode != http.StatusBadRequest {
			t.Errorf("%v: %s", form, res.Status)
		}
	}
	if res := post(url.Values{"priority": {strings.Repeat("x", 10_000)}}); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a large form: %s", res.Status)
	}
	s.runTasks(id, 20)
	hasNot(t, s.get(address(id)), "do-schedule")
	if res := post(url.Values{"priority": {"HIGH"}}); res.StatusCode != http.StatusConflict {
		t.Errorf("when it is over: %s", res.Status)
	}
}

func TestATask(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	tries := 0
	s.steps["ENCODING"] = func(job step.Job) (step.Result, error) {
		job.Trace([]string{"ffmpeg", "-i", "it's <a>.mp4", "-y", "/out/720p.mp4"}, "frame=1 <b>\n")
		if tries++; tries == 1 {
			return step.Result{}, &vod.StepError{Class: vod.ClassInfra, Reason: vod.ReasonEncoder, Message: "Once."}
		}
		return step.Result{
			Outputs: []vod.Fileset{{Files: []vod.File{{MediaType: vod.MediaVideo, URI: "file:///out/720p.mp4"}}, Labels: []string{"encoded"}}},
			Report: &vod.Report{
				Remarks:    []string{"The ladder has one rendition."},
				Renditions: []vod.RenditionReport{{Name: "720p", Codec: "H264", Width: 1280, Height: 720, Encoder: "libx264", Bitrate: 9007199254740993, Quality: &vod.Quality{SSIM: 0.98, Worst: 0.9}}},
			},
		}, nil
	}
	id := s.submit("1", clip)
	s.runTasks(id, 1)
	s.now = s.now.Add(time.Minute)
	s.runTasks(id, 1)
	s.now = s.now.Add(time.Minute)
	s.runTasks(id, 1)
	run, err := s.Get(t.Context(), s.caller, id)
	if err != nil {
		t.Fatal(err)
	}
	part := s.get(address(id) + "/tasks/" + run.Tasks[1].ID)
	has(t, part, `<bdi>retrieved</bdi>`, `<bdi>encoded</bdi>`, "file:///out/720p.mp4", `ffmpeg -i &#39;it&#39;\&#39;&#39;s &lt;a&gt;.mp4&#39; -y /out/720p.mp4`,
		"frame=1 &lt;b&gt;", "The ladder has one rendition.", "9,007,199,254,740,993", "SSIM 0.9800, worst 0.9000", "1280×720",
		"Attempt 2", "Once.", "This server did not do its part.", "&#34;type&#34;: &#34;FFMPEG&#34;", `data-copy="cmd-1-2"`)
	if strings.Index(part, "Attempt 2") > strings.Index(part, "Attempt 1") {
		t.Error("the first attempt comes first")
	}
	page := s.get(address(id))
	has(t, page, "2 attempts", `class="bar TASK_FAILED"`, `class="bar TASK_COMPLETED"`)
	if res, _ := s.ask(http.MethodGet, address(id)+"/tasks/none"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a task that is not there: %s", res.Status)
	}
}

// TestWhatHasChanged is told alone: tasks that ended long ago are not.
func TestWhatHasChanged(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.submit("1", clip)
	s.runTasks(id, 1)
	s.now = s.now.Add(time.Minute)
	since := s.now.UnixMilli()
	s.runTasks(id, 1)
	now := s.get(fmt.Sprintf("%s/now?since=%d", address(id), since))
	has(t, now, `id="ingest-facts"`, `id="ingest-actions"`, `id="ingest-timeline"`, `id="task-counts"`, `id="task-1"`, `data-state="TASK_COMPLETED 1"`, `data-words="The ingest is now: Running"`)
	hasNot(t, now, `id="task-0"`, "<html")
	for _, query := range []string{"", "?since=x", "?since=1&status=NONE", "?since=1&offset=-1", "?since=1&stage=x"} {
		if res, _ := s.ask(http.MethodGet, address(id)+"/now"+query); res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s", query, res.Status)
		}
	}
}

// imported takes over a document.
func (s *site) imported(document []byte) {
	s.t.Helper()
	rows, err := s.Import(s.t.Context(), s.caller, document)
	if err != nil || rows[0].Outcome != "written" {
		s.t.Fatal(rows, err)
	}
}

// TestTheContractsDetail is shown, down to the API's own JSON.
func TestTheContractsDetail(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.caller.Tenant = "vimond"
	document, err := os.ReadFile("../../httpd/testdata/detail.json")
	if err != nil {
		t.Fatal(err)
	}
	s.imported(document)
	const at = "/ui/vimond/ingests/7dd40659-2494-45bc-b533-83e7deb97155"
	page := s.get(at)
	has(t, page, "Imported", "867228", "Skipped, as the same files", "Which ingest that was is not recorded.", "version 1619086864969",
		"clip-3253000.mp4", `<span class="number">20 %</span>`, "43 s", "do-delete", "do-again")
	hasNot(t, page, "do-cancel", "do-retry", "Steps not begun", "/profiles/1292397813")
	task := regexp.MustCompile(`data-from="(/ui/vimond/[^"]*)"`).FindStringSubmatch(page)
	if task == nil {
		t.Fatal("there is no task")
	}
	has(t, s.get(task[1]), "<bdi>skippedUpload</bdi>", "&#34;name&#34;")

	res, file := s.ask(http.MethodGet, at+"/raw?as=file")
	if res.Header.Get("Content-Type") != "application/json" || !strings.Contains(res.Header.Get("Content-Disposition"), "ingest-7dd40659-2494-45bc-b533-83e7deb97155.json") {
		t.Error(res.Header)
	}
	if tokens(t, []byte(file)) != tokens(t, document) {
		t.Error("the JSON is not that of the document")
	}
	has(t, s.get(at+"/raw"), "&#34;profileVersionId&#34;: 1619086864969")
}

// tokens is the sequence of tokens of a JSON text, with numbers as they stand.
func tokens(t *testing.T, text []byte) string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	var all strings.Builder
	for {
		token, err := d.Token()
		if err != nil {
			return all.String()
		}
		fmt.Fprintf(&all, "%T %v\n", token, token)
	}
}

// TestAnImportedListItem is shown with what is known.
func TestAnImportedListItem(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const id = "a b?#%&<i>"
	long := strings.Repeat("שלום", 30)
	s.imported(fmt.Appendf(nil, `{"ingestId":%q,"assetId":%q,"detailsUrl":%q,"profileName":"<p>","error":"<script>alert(1)</script>","mediaTypes":["<m>"],
		"progress":3,"startTime":"2021-11-03T07:50:32.899Z","endTime":"2021-11-03T07:50:33.899Z","status":"FAILED","elapsedTime":1000}`,
		id, long, "/ingests/"+id))
	page := s.get(address(id))
	has(t, page, "&lt;script&gt;alert(1)&lt;/script&gt;", "<bdi>&lt;p&gt;</bdi>", "&lt;m&gt;", "<bdi>שלום", "Not recorded", "There are no tasks yet.", "1.0 s",
		`data-ingest="a b?#%&amp;&lt;i&gt;"`, `action="/ui/acme/ingests/a%20b%3F%23%25&amp;%3Ci%3E/delete"`)
	hasNot(t, page, "<script>", "do-again", "do-cancel", "<m>")
	has(t, s.get(address(id)+"/raw"), "&#34;input&#34;: null")
}

// TestTenThousandTasks are listed a hundred at a time, and drawn as far as there
// is room.
func TestTenThousandTasks(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.imported(manyTasks(10_000))
	var page string
	fastest := time.Hour
	for range 3 {
		began := time.Now()
		page = s.get(address("many"))
		fastest = min(fastest, time.Since(began))
	}
	t.Logf("%d kB in %v", len(page)>>10, fastest)
	if fastest > 5*time.Second || len(page) > 400<<10 {
		t.Errorf("the page of 10,000 tasks has %d bytes and took %v", len(page), fastest)
	}
	if n := strings.Count(page, `class="task-body"`); n != 100 {
		t.Errorf("%d tasks are listed at first", n)
	}
	has(t, page, "10000 tasks", "<b>5,000</b>", "and 9,800 more tasks", `hx-get="/ui/acme/ingests/many/tasks?offset=100" hx-trigger="revealed"`, "step-0 ")
	last := s.get(address("many") + "/tasks?offset=9900")
	has(t, last, `id="task-9999"`)
	hasNot(t, last, "revealed", "<form", "<ol")
	failed := s.get(address("many") + "/tasks?status=TASK_FAILED&stage=ENCODING")
	has(t, failed, `id="task-1"`, `tasks?offset=100&amp;stage=ENCODING&amp;status=TASK_FAILED`, "Bad 1.")
	hasNot(t, failed, `id="task-0"`, `id="task-2"`)
	none := s.get(address("many") + "?status=TASK_SKIPPED")
	has(t, none, "No task is like this.", `<option value="TASK_SKIPPED" selected>`)
}

// manyTasks is a detail document; every second of its tasks failed.
func manyTasks(n int) []byte {
	const times = `"startTime":"2021-11-03T07:50:32.899Z","endTime":"2021-11-03T07:50:33.899Z","elapsedTime":1000`
	var b strings.Builder
	fmt.Fprintf(&b, `{"status":"FAILED","progress":3,%s,"assetId":"1","ingestId":"many","tenant":"acme","profileName":"p","error":"Bad.","mediaTypes":[],`, times)
	b.WriteString(`"input":{"filesets":[],"profile":{"name":"p","details":{}}},"tasks":[`)
	for i := range n {
		if i > 0 {
			b.WriteString(",")
		}
		status := `"TASK_COMPLETED"`
		if i%2 == 1 {
			status = fmt.Sprintf(`"TASK_FAILED","error":"Bad %d."`, i)
		}
		fmt.Fprintf(&b, `{"outputs":{"filesets":[]},"input":{"filesets":[{"files":[{"mediaType":"VIDEO","language":null,"uri":"s3://b/%d","md5sum":null}],"labels":["x"]}],"profile":{"name":"step-%d","type":"FFMPEG"}},"name":"ENCODING","progress":100,%s,"id":"t%d","status":%s}`,
			i, i, times, i, status)
	}
	b.WriteString(`]}`)
	return []byte(b.String())
}

// BenchmarkTenThousandTasks is what the page costs with as many.
func BenchmarkTenThousandTasks(b *testing.B) {
	s := newSite(b)
	s.imported(manyTasks(10_000))
	for b.Loop() {
		s.get(address("many"))
	}
}
