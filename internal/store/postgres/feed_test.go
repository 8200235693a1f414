package postgres

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/via-orchestrate/orchestrate/internal/pgtest"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestChangesIn(t *testing.T) {
	t.Parallel()
	in := func(id string, what store.ChangeWhat, status vod.IngestStatus) store.Change {
		return store.Change{Tenant: "t", Kind: store.ChangeIngest, ID: id, What: what, AssetID: "7", IngestID: id, Status: status}
	}
	for payload, want := range map[string][]store.Change{
		`["ingest","insert","t","a","7","QUEUED"]`: {in("a", store.Created, vod.Queued)},
		"[\"ingest\",\"insert\",\"t\",\"a\",\"7\",\"QUEUED\"]\n[\"ingest\",\"update\",\"t\",\"b\",\"7\",\"FAILED\"]\n[\"ingest\",\"update\",\"t\",\"a\",\"7\",\"RUNNING\"]\n": {
			in("a", store.Created, vod.Running), in("b", store.Updated, vod.Failed),
		},
		"[\"ingest\",\"update\",\"t\",\"a\\u001ft\",\"7\",\"FAILED\"]\n[\"ingest\",\"delete\",\"t\",\"a\\u001ft\",\"7\",\"FAILED\"]": {in("a", store.Deleted, vod.Failed)},
		`["profile","insert","t","p","",""]`:                {{Tenant: "t", Kind: store.ChangeProfile, ID: "p", What: store.Created}},
		`["playback","update","t","a","7",""]`:              {{Tenant: "t", Kind: store.ChangePlayback, ID: "7", What: store.Updated, AssetID: "7", IngestID: "a"}},
		`["ingest","update","t","a","7","RUNNING","later"]`: {in("a", store.Updated, vod.Running)},
		"*":                                   {{Kind: store.ChangeMissed}},
		`["weather","update","t","a","7",""]`: {{Kind: store.ChangeMissed}},
		`["ingest","moved","t","a","7",""]`:   {{Kind: store.ChangeMissed}},
		"":                                    nil,
	} {
		if d := cmp.Diff(want, changesIn(payload), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s: -want +got:\n%s", payload, d)
		}
	}
}

// ears keep what is told.
type ears struct {
	mu    sync.Mutex
	heard []store.Change
}

func (e *ears) tell(changes []store.Change) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, changes...)
}

func (e *ears) ids() (ids []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, c := range e.heard {
		ids = append(ids, string(c.Kind)+" "+c.ID)
	}
	return ids
}

// listening hears what is changed in a database until the test ends.
func listening(t *testing.T, address string) *ears {
	t.Helper()
	config, err := parse(address)
	if err != nil {
		t.Fatal(err)
	}
	e := &ears{}
	f := &feed{config: config.ConnConfig, tell: e.tell, fail: func(err error) { t.Log("feed:", err) }}
	conn, err := f.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.run(ctx, conn)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return e
}

// TestChangesOfOthers: what one process changes, another one hears in the order
// of the commits, and nothing of what was rolled back.
func TestChangesOfOthers(t *testing.T) {
	t.Parallel()
	address := pgtest.Database(t)
	d := bare(t, address)
	near, far := listening(t, address), listening(t, address)
	var want []string
	for i := range 20 {
		name := fmt.Sprint("p", i)
		err := d.write(t.Context(), func(x *tx) error {
			err := putProfile(name)(x)
			if err == nil && i%3 == 1 {
				err = fmt.Errorf("refused")
			}
			return err
		})
		if err == nil {
			want = append(want, "profile "+name)
		}
	}
	for _, e := range []*ears{near, far} {
		eventually(t, "all changes", func() bool { return len(e.ids()) >= len(want) })
		if got := e.ids(); !slices.Equal(got, want) {
			t.Errorf("heard %v, want %v", got, want)
		}
	}
}

// TestManyChangesAtOnce: they are told in parts, and not at all where they are
// too many, which is told.
func TestManyChangesAtOnce(t *testing.T) {
	t.Parallel()
	address := pgtest.Database(t)
	d := bare(t, address)
	e := listening(t, address)
	put := func(n int, prefix string) {
		err := d.write(t.Context(), func(x *tx) error {
			_, err := x.Exec("INSERT INTO profiles (tenant, name, version_id, document) SELECT 't', ? || i, 1, '{}' FROM generate_series(1, CAST(? AS BIGINT)) i", prefix, n)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	put(1000, "some")
	eventually(t, "all changes", func() bool { return len(e.ids()) >= 1000 })
	seen := map[string]bool{}
	for _, id := range e.ids() {
		seen[id] = true
	}
	if len(e.ids()) != 1000 || len(seen) != 1000 {
		t.Errorf("%d changes of %d things", len(e.ids()), len(seen))
	}
	put(10_000, "many")
	eventually(t, "word of them", func() bool { return len(e.ids()) > 1000 })
	if got := e.ids()[1000:]; !slices.Equal(got, []string{"missed "}) {
		t.Errorf("heard %v", got)
	}
}

// TestConnectionOfTheFeedIsLost: what was missed is said to have been, and then
// all goes on.
func TestConnectionOfTheFeedIsLost(t *testing.T) {
	t.Parallel()
	direct := pgtest.Database(t)
	d := bare(t, direct)
	address, proxy := through(t, direct)
	e := listening(t, address)
	write := func(name string) {
		if err := d.write(t.Context(), putProfile(name)); err != nil {
			t.Fatal(err)
		}
	}
	write("before")
	eventually(t, "a change", func() bool { return len(e.ids()) == 1 })
	proxy.Stop()
	write("meanwhile")
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "word of the loss", func() bool { return len(e.ids()) == 2 })
	write("after")
	eventually(t, "a change", func() bool { return len(e.ids()) == 3 })
	if got := e.ids(); !slices.Equal(got, []string{"profile before", "missed ", "profile after"}) {
		t.Errorf("heard %v", got)
	}
}
