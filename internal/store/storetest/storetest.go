// Package storetest is the conformance suite of the store: what every adapter
// must do, in terms of the contract in package store alone. The files are
// named for the noun that they exercise.
package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Option tells more of an adapter.
type Option func(*settings)

type settings struct {
	beside func(*testing.T, store.Store) store.Store
}

// Beside is for adapters whose database many processes write to: open gives
// another store, as another process would have it, on the database of one that
// the suite has. It is closed when the test ends.
func Beside(open func(*testing.T, store.Store) store.Store) Option {
	return func(s *settings) { s.beside = open }
}

// Exercise runs the whole suite. open gives an empty store for one test, which
// is closed when that test ends; to close it again then must not fail.
func Exercise(t *testing.T, open func(*testing.T) store.Store, options ...Option) {
	set := settings{beside: func(_ *testing.T, s store.Store) store.Store { return s }}
	for _, o := range options {
		o(&set)
	}
	groups := map[string]map[string]func(*testing.T, bundle){
		"Create": createTests(), "Get": getTests(), "List": listTests(), "Lists": listsTests(), "Search": searchTests(), "Change": changeTests(),
		"Attempt": attemptTests(), "Delete": deleteTests(), "Unfinished": unfinishedTests(),
		"Earlier": earlierTests(), "Import": importTests(), "Catalog": catalogTests(),
		"CatalogTakeBack": catalogTakeBackTests(), "Audit": auditTests(), "Profile": profileTests(), "Retention": retentionTests(), "Close": closeTests(),
		"Token": tokenTests(), "Session": sessionTests(), "Version": versionTests(), "Published": publishedTests(), "Statistics": statisticsTests(),
		"View": viewTests(), "Worker": workerTests(), "Schedule": scheduleTests(), "AtOnce": atOnceTests(),
	}
	for group, tests := range groups {
		for name, test := range tests {
			t.Run(group+"/"+name, func(t *testing.T) {
				t.Parallel()
				s := open(t)
				test(t, bundle{Store: s, t: t, ctx: t.Context(), beside: func() bundle {
					return bundle{Store: set.beside(t, s), t: t, ctx: t.Context()}
				}})
			})
		}
	}
}

// bundle is the store under test with helpers that end the test on an error.
type bundle struct {
	store.Store
	t   *testing.T
	ctx context.Context
	// beside gives the same database as another process has it.
	beside func() bundle
}

// epoch is when the ingests of the suite start.
func epoch() time.Time { return time.Date(2026, 11, 3, 7, 50, 32, 899_000_000, time.UTC) }

// at is a time after the epoch.
func at(ms int) time.Time { return epoch().Add(time.Duration(ms) * time.Millisecond) }

// ingest is a queued one of tenant t1, asset 179057.
func ingest(change ...func(*vod.Ingest)) vod.Ingest {
	in := vod.Ingest{
		ID: uuid.NewString(), Tenant: "t1", AssetID: "179057", ProfileName: "default", ProfileVersion: 1,
		Status: vod.Queued, Start: at(0), MediaTypes: []string{vod.MediaVideo},
		Input: json.RawMessage(`{"filesets":[]}`), HasInput: true, MediaKey: uuid.NewString(), Priority: vod.Normal,
	}
	for _, c := range change {
		c(&in)
	}
	return in
}

func startingAt(ms int) func(*vod.Ingest) { return func(in *vod.Ingest) { in.Start = at(ms) } }

// being sets a status, with the end that it asks for.
func being(status vod.IngestStatus) func(*vod.Ingest) {
	return func(in *vod.Ingest) { become(in, status) }
}

func become(in *vod.Ingest, status vod.IngestStatus) {
	in.Status, in.End = status, time.Time{}
	if status.Final() {
		in.End = in.Start.Add(time.Minute)
	}
	if status == vod.Completed {
		in.Progress = 100
	}
}

func task(ingestID string, step int) vod.Task {
	return vod.Task{
		ID: fmt.Sprintf("%s/%d", ingestID, step), IngestID: ingestID, Step: step,
		Stage: vod.Encoding, Status: vod.TaskPending,
	}
}

func (b bundle) create(in vod.Ingest) vod.Ingest {
	b.t.Helper()
	id, err := b.IngestCreate(b.ctx, in, nil, vod.AuditEntry{})
	if err != nil || id != in.ID {
		b.t.Fatalf("create %s: id %q, %v", in.ID, id, err)
	}
	return in
}

func (b bundle) get(in vod.Ingest) vod.Run {
	b.t.Helper()
	run, err := b.IngestGet(b.ctx, in.Tenant, in.ID)
	if err != nil {
		b.t.Fatalf("get %s: %v", in.ID, err)
	}
	return run
}

func (b bundle) change(id string, change func(*vod.Run)) {
	b.t.Helper()
	err := b.IngestChange(b.ctx, id, func(run *vod.Run) error {
		change(run)
		return nil
	})
	if err != nil {
		b.t.Fatalf("change %s: %v", id, err)
	}
}

func (b bundle) setStatus(id string, status vod.IngestStatus) {
	b.t.Helper()
	b.change(id, func(run *vod.Run) { become(&run.Ingest, status) })
}

// fault ends the test unless err is a Fault with the code.
func (b bundle) fault(err error, code vod.Code) {
	b.t.Helper()
	if vod.CodeOf(err) != code {
		b.t.Fatalf("got %v, want a fault %s", err, code)
	}
}

func (b bundle) ok(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// equal ends the test unless got is want. Causes of step errors are not kept.
func (b bundle) equal(got, want any) {
	b.t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(vod.StepError{}, "Cause")); diff != "" {
		b.t.Fatalf("-want +got:\n%s", diff)
	}
}
