package httpd

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"sync"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// memory is a Service over values in memory: enough of the use cases to see
// what the API makes of their answers.
type memory struct {
	mu       sync.Mutex
	runs     []vod.Run
	attempts map[string][]vod.Attempt
	views    []orchestrate.StepView
	profiles []vod.ProfileVersion
	playing  []vod.Playback   // newest first; the first one plays
	audit    []vod.AuditEntry // newest first
	workers  []vod.Worker
	keys     map[string]orchestrate.RequestKey
	failure  error // given back by every call, if set
	panics   bool  // Get panics

	submitted []orchestrate.Submission
	imported  []string
	checked   []orchestrate.FileCheck
	filters   []store.IngestFilter
}

func (m *memory) find(tenant, id string) (*vod.Run, error) {
	if m.failure != nil {
		return nil, m.failure
	}
	for i := range m.runs {
		if in := m.runs[i].Ingest; in.ID == id && in.Tenant == tenant {
			return &m.runs[i], nil
		}
	}
	return nil, vod.Faultf(vod.NotFound, "There is no ingest %s.", id)
}

func (m *memory) Submit(_ context.Context, _ vod.Caller, s orchestrate.Submission, key *orchestrate.RequestKey) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failure != nil {
		return "", m.failure
	}
	if key != nil {
		if first, ok := m.keys[key.Key]; ok && first.BodyHash != key.BodyHash {
			return "", vod.Faultf(vod.Unusable, "The key was used with another body.")
		}
		m.keys = map[string]orchestrate.RequestKey{key.Key: *key}
	}
	m.submitted = append(m.submitted, s)
	return "11111111-2222-3333-4444-555555555555", nil
}

func (m *memory) Preview(_ context.Context, _ vod.Caller, s orchestrate.Submission) (orchestrate.Preview, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return orchestrate.Preview{Profile: "default", ProfileVersion: 1619086864969, Steps: m.views, Notes: []string{"asset " + s.AssetID}}, m.failure
}

func (m *memory) List(_ context.Context, by vod.Caller, f store.IngestFilter) ([]vod.Ingest, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f.Tenant = by.Tenant
	m.filters = append(m.filters, f)
	var page []vod.Ingest
	for _, run := range m.runs {
		if run.Ingest.Tenant == f.Tenant && selects(f, run.Ingest) {
			page = append(page, run.Ingest)
		}
	}
	slices.SortFunc(page, func(a, b vod.Ingest) int {
		return cmp.Or(b.Start.Compare(a.Start), cmp.Compare(b.ID, a.ID))
	})
	more := len(page) > f.Limit
	return page[:min(len(page), f.Limit)], more, m.failure
}

func (m *memory) ListVersion(vod.Caller) (version uint64, known bool, err error) {
	return 0, false, nil
}

func selects(f store.IngestFilter, in vod.Ingest) bool {
	return (f.AssetID == "" || f.AssetID == in.AssetID) &&
		(f.IngestID == "" || f.IngestID == in.ID) &&
		(f.ProfileName == "" || f.ProfileName == in.ProfileName) &&
		(len(f.Statuses) == 0 || slices.Contains(f.Statuses, in.Status)) &&
		(f.From.IsZero() || !in.Start.Before(f.From)) &&
		(f.To.IsZero() || in.Start.Before(f.To)) &&
		(f.After == nil || in.Start.Before(f.After.Start) || in.Start.Equal(f.After.Start) && in.ID < f.After.ID)
}

func (m *memory) Get(_ context.Context, by vod.Caller, id string) (vod.Run, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.panics {
		panic("token=hunter2")
	}
	run, err := m.find(by.Tenant, id)
	if err != nil {
		return vod.Run{}, err
	}
	return *run, nil
}

func (m *memory) StepsOf(_ context.Context, by vod.Caller, run vod.Run) ([]orchestrate.StepView, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, err := m.find(by.Tenant, run.Ingest.ID)
	return m.views, err
}

func (m *memory) Reschedule(_ context.Context, by vod.Caller, id string, to orchestrate.Schedule) (orchestrate.Schedule, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	run, err := m.find(by.Tenant, id)
	if err != nil {
		return to, err
	}
	if run.Ingest.Status.Final() {
		return to, vod.Faultf(vod.Conflict, "The ingest is %s.", run.Ingest.Status)
	}
	run.Ingest.Priority, run.Ingest.Due = to.Priority, to.Due
	return to, nil
}

func (m *memory) Workers(context.Context, vod.Caller) ([]vod.Worker, error) {
	return m.workers, m.failure
}

func (m *memory) Task(_ context.Context, by vod.Caller, ingestID, taskID string) (orchestrate.TaskView, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	run, err := m.find(by.Tenant, ingestID)
	if err != nil {
		return orchestrate.TaskView{}, err
	}
	t := run.Task(taskID)
	if t == nil {
		return orchestrate.TaskView{}, vod.Faultf(vod.NotFound, "There is no task %s.", taskID)
	}
	return orchestrate.TaskView{Task: *t, Attempts: m.attempts[taskID]}, nil
}

func (m *memory) Cancel(_ context.Context, by vod.Caller, id string) error {
	return m.move(by.Tenant, id, func(s vod.IngestStatus) bool { return !s.Final() || s == vod.Cancelled }, vod.Cancelling)
}

func (m *memory) Retry(_ context.Context, by vod.Caller, id string) error {
	return m.move(by.Tenant, id, func(s vod.IngestStatus) bool { return s == vod.Failed || s == vod.Cancelled }, vod.Queued)
}

func (m *memory) Delete(_ context.Context, by vod.Caller, id string) error {
	return m.move(by.Tenant, id, vod.IngestStatus.Final, vod.Cancelled)
}

func (m *memory) move(tenant, id string, from func(vod.IngestStatus) bool, to vod.IngestStatus) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	run, err := m.find(tenant, id)
	if err != nil {
		return err
	}
	if !from(run.Ingest.Status) {
		return vod.Faultf(vod.Conflict, "The ingest is %s.", run.Ingest.Status)
	}
	run.Ingest.Status = to
	return nil
}

func (m *memory) Import(_ context.Context, _ vod.Caller, document json.RawMessage) ([]orchestrate.ImportRow, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if document[0] != '{' {
		return nil, vod.Faultf(vod.Invalid, "It is no object.")
	}
	m.imported = append(m.imported, string(document))
	return []orchestrate.ImportRow{{IngestID: "a", Outcome: "written"}}, m.failure
}

func (m *memory) SameFile(_ context.Context, _ vod.Caller, c orchestrate.FileCheck) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.checked = append(m.checked, c)
	return c.Path == "/media/same.mp4", m.failure
}

func (m *memory) ProfilePut(_ context.Context, by vod.Caller, name string, data []byte) (vod.ProfileVersion, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.validate(data); err != nil {
		return vod.ProfileVersion{}, false, err
	}
	document := json.RawMessage(`{"text":` + strconv.Quote(string(data)) + `}`)
	for _, p := range m.profiles {
		if p.Name == name && string(p.Document) == string(document) {
			return p, false, nil
		}
	}
	v := vod.ProfileVersion{Tenant: by.Tenant, Name: name, VersionID: 1619086864969 + int64(len(m.profiles)), Document: document}
	m.profiles = append(m.profiles, v)
	return v, true, nil
}

func (m *memory) ProfileValidate(_ context.Context, _ vod.Caller, _ string, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.validate(data)
}

func (m *memory) validate(data []byte) error {
	if string(data) != "bad: 1\n" {
		return m.failure
	}
	return &vod.Fault{Code: vod.Unusable, Message: "The profile has 2 problems.", Problems: []vod.FieldProblem{
		{Path: "/bad", Message: "is not known"}, {Path: "/encoding", Message: "is missing"},
	}}
}

func (m *memory) ProfileGet(_ context.Context, _ vod.Caller, name string, versionID int64) (vod.ProfileVersion, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range slices.Backward(m.profiles) {
		if p.Name == name && (versionID == 0 || versionID == p.VersionID) {
			return p, m.failure
		}
	}
	return vod.ProfileVersion{}, vod.Faultf(vod.NotFound, "There is no profile %s.", name)
}

func (m *memory) ProfileList(context.Context, vod.Caller) ([]vod.ProfileVersion, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.profiles, m.failure
}

func (m *memory) ProfileVersions(ctx context.Context, by vod.Caller, _ string) ([]vod.ProfileVersion, error) {
	return m.ProfileList(ctx, by)
}

func (m *memory) ProfileSchema() json.RawMessage {
	return json.RawMessage(`{"title":"<profile> & more"}`)
}

func (m *memory) Playback(context.Context, vod.Caller, string) (vod.Playback, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.playing) == 0 {
		return vod.Playback{}, vod.Faultf(vod.NotFound, "Nothing plays.")
	}
	return m.playing[0], m.failure
}

func (m *memory) PlaybackSelect(_ context.Context, _ vod.Caller, _, ingestID string) (vod.Playback, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, p := range m.playing {
		if p.IngestID == ingestID {
			m.playing[0], m.playing[i] = m.playing[i], m.playing[0]
			return p, m.failure
		}
	}
	return vod.Playback{}, vod.Faultf(vod.NotFound, "That ingest published nothing.")
}

func (m *memory) PlaybackHistory(context.Context, vod.Caller, string) ([]vod.Playback, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.playing, m.failure
}

func (m *memory) DeleteAsset(_ context.Context, _ vod.Caller, assetID string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if assetID == "busy" {
		return vod.Faultf(vod.Conflict, "An ingest of the asset is unfinished.")
	}
	m.playing = nil
	return m.failure
}

func (m *memory) AuditList(_ context.Context, by vod.Caller, f store.AuditFilter) ([]vod.AuditEntry, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var page []vod.AuditEntry
	for _, e := range m.audit {
		if e.Tenant == by.Tenant && (f.After == 0 || e.ID < f.After) && (f.Target == "" || e.Target == f.Target) {
			page = append(page, e)
		}
	}
	if len(page) > f.Limit {
		return page[:f.Limit], true, m.failure
	}
	return page, false, m.failure
}

func (m *memory) Ready(context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.failure
}

var errBroken = errors.New("disk at /secret/place says no")
