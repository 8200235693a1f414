package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	pageIngest = "7dd40659-2494-45bc-b533-83e7deb97155" // of testdata/detail.json
	pageTask   = "f1db16c3-ee45-44c8-a94e-ed99c0a685b1"
)

// double is a server that answers what a test tells it to, and keeps what it
// was asked.
type double struct {
	*http.ServeMux
	url string

	mu    sync.Mutex
	asked []string // method, path and query
	heads []http.Header
}

func newDouble(t *testing.T) *double {
	t.Helper()
	d := &double{ServeMux: http.NewServeMux()}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.mu.Lock()
		d.asked = append(d.asked, r.Method+" "+r.URL.RequestURI())
		d.heads = append(d.heads, r.Header.Clone())
		d.mu.Unlock()
		d.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	d.url = server.URL
	return d
}

// answer registers a fixed JSON answer.
func (d *double) answer(pattern string, status int, body string) {
	d.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, status, body) })
}

// problem registers a refusal.
func (d *double) problem(pattern string, status int, detail string) {
	d.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"title": http.StatusText(status), "status": status, "detail": detail})
	})
}

func writeJSON(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// requests gives what was asked so far.
func (d *double) requests() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.asked...)
}

// result is how a command ended.
type result struct {
	code     int
	out, err string
}

// run carries out a command against the double.
func (d *double) run(t *testing.T, args ...string) result {
	t.Helper()
	return runIn(t.Context(), t, Program{Poll: time.Millisecond}, map[string]string{"ORCHESTRATE_SERVER": d.url}, "", args...)
}

func runIn(ctx context.Context, t *testing.T, p Program, env map[string]string, stdin string, args ...string) result {
	t.Helper()
	var out, err bytes.Buffer
	code := p.Run(ctx, args, strings.NewReader(stdin), &out, &err, func(key string) (string, bool) {
		v, ok := env[key]
		return v, ok
	})
	return result{code, out.String(), err.String()}
}

// want checks exit code and both streams.
func (r result) want(t *testing.T, code int, out, err string) {
	t.Helper()
	if diff := cmp.Diff(result{code, out, err}, r, cmp.AllowUnexported(result{})); diff != "" {
		t.Error(diff)
	}
}

func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimRight(string(text), "\n")
}

// story is an ingest of two steps whose state changes with every request for
// it; the last state stays.
type story struct {
	mu     sync.Mutex
	states []state
	at     int
	begun  bool
}

type state struct {
	status   string // of the ingest
	progress int
	tasks    []taskState // by step; fewer than two: the others have not begun
	err      string
}

type taskState struct {
	status   string
	progress int
	attempt  int
	err      string
}

// tell registers the routes that watching asks.
func (s *story) tell(d *double) {
	d.HandleFunc("GET /ingests/i1", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.begun {
			s.at = min(s.at+1, len(s.states)-1)
		}
		s.begun = true
		writeJSON(w, 200, s.states[s.at].detail())
	})
	d.HandleFunc("GET /ingests/i1/plan", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		writeJSON(w, 200, s.states[s.at].plan())
	})
	for i := range 2 {
		d.HandleFunc(fmt.Sprintf("GET /ingests/i1/tasks/t%d", i), func(w http.ResponseWriter, _ *http.Request) {
			s.mu.Lock()
			defer s.mu.Unlock()
			t := taskState{}
			if tasks := s.states[s.at].tasks; i < len(tasks) {
				t = tasks[i]
			}
			problem := "null"
			if t.err != "" {
				problem = fmt.Sprintf(`{"class":"MEDIA","reason":"bad_media","message":%q,"hint":"Ask for the file again."}`, t.err)
			}
			writeJSON(w, 200, fmt.Sprintf(`{"id":"t%d","ingestId":"i1","attempt":%d,"status":%q,"error":%s,"attempts":[]}`, i, t.attempt, t.status, problem))
		})
	}
}

func stages() []string { return []string{"RETRIEVAL", "ENCODING"} }

func (s state) detail() string {
	var tasks []string
	for i, t := range s.tasks {
		failed := ""
		if t.status == "TASK_FAILED" {
			failed = fmt.Sprintf(`,"error":%q`, t.err)
		}
		tasks = append(tasks, fmt.Sprintf(`{"name":%q,"progress":%d,"startTime":"2026-01-02T03:04:05.678Z","endTime":null,"id":"t%d","status":%q,"elapsedTime":1500%s}`,
			stages()[i], t.progress, i, t.status, failed))
	}
	problem := "null"
	if s.err != "" {
		problem = fmt.Sprintf("%q", s.err)
	}
	return fmt.Sprintf(`{"status":%q,"startTime":"2026-01-02T03:04:05.678Z","endTime":null,"progress":%d,"elapsedTime":65000,`+
		`"assetId":"a1","ingestId":"i1","tenant":"default","profileName":"default","tasks":[%s],"error":%s}`,
		s.status, s.progress, strings.Join(tasks, ","), problem)
}

func (s state) plan() string {
	var steps []string
	for i, stage := range stages() {
		task, state, reason := "null", "waiting", "It waits for step 0."
		if i < len(s.tasks) {
			task, state, reason = fmt.Sprintf(`"t%d"`, i), "running", ""
		}
		steps = append(steps, fmt.Sprintf(`{"step":%d,"stage":%q,"name":"n","type":"TYPE%d","taskId":%s,"state":%q,"reason":%q,"after":[]}`,
			i, stage, i, task, state, reason))
	}
	return `{"ingestId":"i1","steps":[` + strings.Join(steps, ",") + `]}`
}

// success is the story of an ingest that completes.
func success() *story {
	done := taskState{"TASK_COMPLETED", 100, 1, ""}
	return &story{states: []state{
		{status: "QUEUED"},
		{status: "RUNNING", tasks: []taskState{{"TASK_RUNNING", 0, 1, ""}}},
		{status: "RUNNING", tasks: []taskState{{"TASK_RUNNING", 4, 1, ""}}},
		{status: "RUNNING", tasks: []taskState{{"TASK_RUNNING", 40, 1, ""}}},
		{status: "RUNNING", progress: 50, tasks: []taskState{done, {"TASK_RUNNING", 10, 1, ""}}},
		{status: "RUNNING", progress: 50, tasks: []taskState{done, {"TASK_PENDING", 10, 1, ""}}},
		{status: "RUNNING", progress: 50, tasks: []taskState{done, {"TASK_RUNNING", 80, 2, ""}}},
		{status: "COMPLETED", progress: 100, tasks: []taskState{done, {"TASK_COMPLETED", 100, 2, ""}}},
	}}
}
