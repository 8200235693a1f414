package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/capability"
	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// memory is Storage that fails at what it is told to.
type memory struct {
	mu    sync.Mutex
	files map[string][]byte
	fails string
}

func (m *memory) do(what string) error {
	m.mu.Lock()
	if m.files == nil {
		m.files = map[string][]byte{}
	}
	m.mu.Unlock()
	if m.fails == what {
		return errors.New("AccessDenied")
	}
	return nil
}

func (m *memory) Put(_ context.Context, key string, data []byte) error {
	if err := m.do("put"); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[key] = data
	return nil
}

func (m *memory) Get(_ context.Context, key string) ([]byte, error) {
	if err := m.do("get"); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails == "cut" {
		return m.files[key][1:], nil
	}
	return m.files[key], nil
}

func (m *memory) List(_ context.Context, prefix string) (keys []string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key := range m.files {
		if strings.HasPrefix(key, prefix) && m.fails != "list" {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

func (m *memory) Remove(_ context.Context, key string) error {
	if err := m.do("remove"); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.files, key)
	return nil
}

func TestCheckStorage(t *testing.T) {
	t.Parallel()
	for fails, want := range map[string]string{
		"": "", "put": "cannot write", "get": "cannot read", "cut": "is not what was written", "list": "not in the list", "remove": "cannot remove",
	} {
		m := &memory{fails: fails}
		f := CheckStorage(t.Context(), "store", m)
		if ok := f.State == OK; ok != (want == "") || !strings.Contains(f.Detail, want) || ok == (f.Do != "") {
			t.Errorf("%q: %+v", fails, f)
		}
		if len(m.files) > 0 && fails != "remove" {
			t.Errorf("%q: left %d files", fails, len(m.files))
		}
	}
}

func TestCheckMedia(t *testing.T) {
	t.Parallel()
	m := &memory{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, err := m.Get(r.Context(), strings.TrimPrefix(r.URL.Path, "/media/"))
		if err != nil || data == nil {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(data)
	}))
	defer server.Close()
	if f := CheckMedia(t.Context(), server.Client(), server.URL, m); f.State != OK || len(m.files) != 0 {
		t.Errorf("%+v, left %d files", f, len(m.files))
	}
	if f := CheckMedia(t.Context(), server.Client(), server.URL, &memory{}); f.State != Problem {
		t.Errorf("another root is served: %+v", f)
	}
	if f := CheckMedia(t.Context(), server.Client(), server.URL, &memory{fails: "put"}); f.State != Problem || !strings.Contains(f.Detail, "AccessDenied") {
		t.Errorf("a root that cannot be written: %+v", f)
	}
	server.Close()
	if f := CheckMedia(t.Context(), server.Client(), server.URL, m); f.State != Warning || strings.Contains(f.Detail, "/media/") {
		t.Errorf("nobody serves: %+v", f)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for off, want := range map[time.Duration]State{0: OK, 4 * time.Second: OK, -4 * time.Second: OK, 8 * time.Second: Problem, -8 * time.Second: Problem} {
		if f := Clock("Postgres", now.Add(off), now, now.Add(time.Second)); f.State != want {
			t.Errorf("%s: %+v", off, f)
		}
	}
}

func TestMachine(t *testing.T) {
	t.Parallel()
	bad := errors.New("No capable devices found")
	got := Machine(capability.Machine{Memory: 4e9, Processors: 2, Capabilities: []vod.Capability{vod.CanHEVC}, Trials: []capability.Trial{
		{Encoder: "libx264", Err: bad},
		{Encoder: "libx265", Capability: vod.CanHEVC},
		{Encoder: "libsvtav1", Capability: vod.CanAV1, Err: bad},
		{Encoder: "h264_nvenc", Capability: vod.CanGPU, Err: bad},
	}})
	want := []Finding{
		{"encodes by libx264", Problem, "does not work: No capable devices found", installFFmpeg},
		{"encodes by libx265", OK, "tried", ""},
		{"encodes by libsvtav1", Warning, "does not work, so tasks that need av1 go to other machines: No capable devices found", ""},
		{"graphics processor", OK, "none that encodes (h264_nvenc: No capable devices found)", ""},
		{"memory", OK, "4.0 GB for 2 processors, less than the 6.4 GB for pictures of more than 1080 lines, which go to other machines", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWorkers(t *testing.T) {
	t.Parallel()
	now := time.Now()
	got := Workers([]vod.Worker{{
		Host: "enc1", Slots: map[vod.Stage]int{vod.Encoding: 2}, Capabilities: []vod.Capability{vod.CanHEVC}, Running: 1, Seen: now.Add(-7 * time.Second),
	}}, now)
	want := []Finding{
		{"worker enc1", OK, "ENCODING×2, can h264 hevc; 1 tasks run; heard of 7s ago", ""},
		{
			"workers", Warning, "none runs RETRIEVAL, SUBTITLE_PUBLISHING, PACKAGING, DISTRIBUTION, PLAYOUT",
			"start `orchestrate worker` with these stages (--stages), or look why it ended",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTemporal(t *testing.T) {
	t.Parallel()
	count := func(all []Finding) (of map[State]int) {
		of = map[State]int{}
		for _, f := range all {
			of[f.State]++
			if (f.State == OK) == (f.Do != "") {
				t.Errorf("%+v", f)
			}
		}
		return of
	}
	all := TemporalFacts{Priorities: true, Planners: 1, Pollers: map[vod.Stage]int{}}
	for _, stage := range vod.Stages() {
		all.Pollers[stage] = 2
	}
	if got := count(Temporal(all)); got[OK] != 9 || got[Warning] != 0 {
		t.Errorf("all is well: %v", got)
	}
	if got := count(Temporal(TemporalFacts{Unknown: []string{"OrchestrateTenant"}})); got[Warning] != 9 {
		t.Errorf("nothing is: %v", got)
	}
}

func TestSecretFiles(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := config.Config{DBPasswordFile: file}
	c.Temporal.APIKeyFile = "/nowhere"
	got := Config(c)
	if len(got) != 2 || got[0].State != OK || got[1].State != Problem || !strings.Contains(got[1].Detail, "no such file") {
		t.Errorf("%+v", got)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	got = Config(c)
	if got[0].State != Warning || strings.Contains(fmt.Sprint(got), "hunter2") {
		t.Errorf("%+v", got)
	}
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	well := PostgresFacts{Address: "postgres://o@db/o", Version: "15.14", Role: "o", Schema: 3, Knows: 3, MayCreate: true, Used: 5, Max: 100}
	for name, test := range map[string]struct {
		change func(*PostgresFacts)
		want   State // the worst
	}{
		"well":       {func(*PostgresFacts) {}, OK},
		"empty":      {func(f *PostgresFacts) { f.Schema = 0 }, OK},
		"older":      {func(f *PostgresFacts) { f.Schema = 2 }, Warning},
		"newer":      {func(f *PostgresFacts) { f.Schema = 4 }, Warning},
		"no rights":  {func(f *PostgresFacts) { f.MayCreate = false }, Warning},
		"needs them": {func(f *PostgresFacts) { f.MayCreate, f.Schema = false, 0 }, Problem},
		"standby":    {func(f *PostgresFacts) { f.Standby = true }, Problem},
		"full":       {func(f *PostgresFacts) { f.Used = 90 }, Warning},
	} {
		f := well
		test.change(&f)
		worst := OK
		for _, found := range Postgres(f) {
			if found.State == Problem || worst == OK {
				worst = found.State
			}
		}
		if worst != test.want {
			t.Errorf("%s: %+v", name, Postgres(f))
		}
	}
}
