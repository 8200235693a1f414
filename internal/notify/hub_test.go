package notify

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func changed(tenant, id string, what store.ChangeWhat) store.Change {
	return store.Change{Tenant: tenant, Kind: store.ChangeIngest, ID: id, IngestID: id, AssetID: "of " + id, What: what}
}

func follow(t interface {
	Helper()
	Fatal(...any)
}, h *Hub, f Following,
) *Follower {
	t.Helper()
	follower, err := h.Follow(f)
	if err != nil {
		t.Fatal(err)
	}
	return follower
}

// drain reads all there is, as "id what" in order.
func drain(f *Follower) (all []string, missed bool, at string) {
	for {
		b := f.Next()
		missed = missed || b.Missed
		at = b.At
		for _, e := range b.Events {
			all = append(all, e.Change.ID+" "+string(e.Change.What))
		}
		if !b.Rest {
			return all, missed, at
		}
	}
}

// reads holds what a follower has to read.
func reads(t *testing.T, f *Follower, want ...string) (at string) {
	t.Helper()
	got, missed, at := drain(f)
	if !slices.Equal(got, want) || missed {
		t.Errorf("read %q, want %q; missed: %t", got, want, missed)
	}
	return at
}

func TestFollow(t *testing.T) {
	t.Parallel()
	h := New(Config{})
	h.Tell([]store.Change{changed("t", "before", store.Created)})
	f := follow(t, h, Following{Tenant: "t"})
	defer f.Close()
	reads(t, f)
	h.Tell([]store.Change{changed("t", "a", store.Created), changed("other", "x", store.Created), changed("t", "b", store.Updated)})
	h.Tell([]store.Change{changed("t", "a", store.Updated)})
	reads(t, f, "b updated", "a created")
	h.Tell([]store.Change{changed("t", "a", store.Updated)})
	h.Tell([]store.Change{changed("t", "a", store.Deleted)})
	reads(t, f, "a deleted")
}

func TestFollowOn(t *testing.T) {
	t.Parallel()
	h := New(Config{Kept: 3})
	f := follow(t, h, Following{Tenant: "t"})
	h.Tell([]store.Change{changed("t", "a", store.Created)})
	at := reads(t, f, "a created")
	f.Close()
	h.Tell([]store.Change{changed("t", "a", store.Updated), changed("t", "b", store.Created), changed("t", "b", store.Updated)})
	resumed := follow(t, h, Following{Tenant: "t", After: at})
	defer resumed.Close()
	reads(t, resumed, "a updated", "b created")
	// Of so many, the oldest one is not known any more.
	h.Tell([]store.Change{changed("t", "c", store.Created), changed("t", "d", store.Created)})
	for _, after := range []string{at, "x", "-", strings.Replace(at, "-1", "-9", 1), "0" + at, at + "0", "ABC-1"} {
		late := follow(t, h, Following{Tenant: "t", After: after})
		_, missed, now := drain(late)
		late.Close()
		if !missed {
			t.Errorf("after %q nothing was missed", after)
		}
		again := follow(t, h, Following{Tenant: "t", After: now})
		reads(t, again)
		again.Close()
	}
	other := follow(t, h, Following{Tenant: "other", After: at})
	defer other.Close()
	if _, missed, _ := drain(other); !missed {
		t.Error("the id of another tenant is good")
	}
}

func TestMissedByTheStore(t *testing.T) {
	t.Parallel()
	h := New(Config{})
	f := follow(t, h, Following{Tenant: "t"})
	defer f.Close()
	h.Tell([]store.Change{changed("t", "a", store.Created), {Kind: store.ChangeMissed}, changed("t", "b", store.Created)})
	if b := f.Next(); !b.Missed || len(b.Events) != 0 {
		t.Errorf("%+v", b)
	}
	reads(t, f)
}

func TestFilters(t *testing.T) {
	t.Parallel()
	h := New(Config{})
	changes := []store.Change{
		changed("t", "a", store.Created),
		changed("t", "b", store.Created),
		{Tenant: "t", Kind: store.ChangePlayback, ID: "of a", AssetID: "of a", IngestID: "a", What: store.Updated},
		{Tenant: "t", Kind: store.ChangeProfile, ID: "a", What: store.Created},
	}
	for filter, want := range map[Filter][]string{
		{}:                                {"a created", "b created", "of a updated", "a created"},
		{IngestID: "a"}:                   {"a created"},
		{AssetID: "of a"}:                 {"a created", "of a updated"},
		{IngestID: "a", AssetID: "of a"}:  {"a created"},
		{IngestID: "a", AssetID: "other"}: nil,
	} {
		f := follow(t, h, Following{Tenant: "t", Filter: filter})
		h.Tell(changes)
		at := reads(t, f, want...)
		f.Close()
		if !strings.HasSuffix(at, f.of.id(f.of.seq)) {
			t.Errorf("%+v: at %s, the last change is %d", filter, at, f.of.seq)
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	h := New(Config{InAll: 3})
	refused := func(holder string, code vod.Code) {
		t.Helper()
		if _, err := h.Follow(Following{Tenant: "t", Holder: holder, Most: 2}); vod.CodeOf(err) != code {
			t.Errorf("got %v, want a fault %s", err, code)
		}
	}
	a := follow(t, h, Following{Holder: "a"})
	follow(t, h, Following{Holder: "a"})
	refused("a", vod.RateLimited)
	b := follow(t, h, Following{Holder: "b"})
	refused("b", vod.Unavailable)
	b.Close()
	b.Close() // counts once
	a.Close()
	follow(t, h, Following{Holder: "a"})
	follow(t, h, Following{Holder: "b"})
	refused("b", vod.Unavailable)
	h.Close()
	refused("c", vod.Unavailable)
	select {
	case <-a.Done():
	default:
		t.Error("a follower does not hear that the hub is closed")
	}
}

func TestIdleHistoriesAreBounded(t *testing.T) {
	t.Parallel()
	h := New(Config{})
	kept := follow(t, h, Following{Tenant: "kept"})
	defer kept.Close()
	for i := range 3 * idleKept {
		follow(t, h, Following{Tenant: fmt.Sprint(i)}).Close()
	}
	if n := len(h.histories); n != idleKept+1 || h.histories["kept"] == nil || h.histories[fmt.Sprint(3*idleKept-1)] == nil {
		t.Errorf("%d histories are kept", n)
	}
}

// TestFollowersLearnTheLastState: whatever happens, whoever reads to the end
// knows the last change of each thing, or that it missed some; hears of each
// thing once; and is told of creations that it has not heard of.
func TestFollowersLearnTheLastState(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kept := rapid.IntRange(1, 6).Draw(t, "kept")
		h := New(Config{Kept: kept})
		f := follow(t, h, Following{Tenant: "t"})
		type fate struct {
			last    store.ChangeWhat
			created bool
		}
		unread := map[string]fate{}
		known := f.Next().At // as who comes back knows it
		t.Repeat(map[string]func(*rapid.T){
			"tell": func(t *rapid.T) {
				id := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g", "h"}).Draw(t, "id")
				what := rapid.SampledFrom([]store.ChangeWhat{store.Created, store.Updated, store.Updated, store.Deleted}).Draw(t, "what")
				h.Tell([]store.Change{changed("t", id, what)})
				unread[id] = fate{what, what == store.Created || what == store.Updated && unread[id].created}
			},
			"read": func(t *rapid.T) {
				got, missed, at := drain(f)
				known = at
				if missed {
					if len(got) > 0 || len(unread) <= kept {
						t.Fatalf("missed, with %q; unread were %v", got, unread)
					}
					clear(unread)
					return
				}
				for _, line := range got {
					id, what, _ := strings.Cut(line, " ")
					want, known := unread[id]
					if want.created {
						want.last = store.Created
					}
					if !known || what != string(want.last) {
						t.Fatalf("read %s; unread was %+v", line, want)
					}
					delete(unread, id)
				}
				if len(unread) > 0 {
					t.Fatalf("never told of %v", unread)
				}
			},
			"come back": func(t *rapid.T) {
				f.Close()
				f = follow(t, h, Following{Tenant: "t", After: known})
			},
			"": func(t *rapid.T) {
				if n := len(f.of.entries); n > 2*kept+1 || len(f.of.newest) > kept {
					t.Fatalf("%d entries of %d things", n, len(f.of.newest))
				}
			},
		})
	})
}

// TestManyAtOnce: every follower gets to the last number of every thing while
// others write, come and go.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	const things, rounds, followers = 20, 400, 8
	h := New(Config{Kept: things})
	var reading, writing sync.WaitGroup
	for range followers {
		f := follow(t, h, Following{Tenant: "t"})
		reading.Go(func() {
			ended := map[string]bool{}
			for {
				b := f.Next()
				if b.Missed {
					t.Error("missed, although all things are kept")
					return
				}
				for _, e := range b.Events {
					ended[e.Change.ID] = e.Change.Status == vod.IngestStatus(fmt.Sprint(rounds))
				}
				if len(ended) == things && !slices.Contains(slices.Collect(maps.Values(ended)), false) {
					break
				}
				if rand.IntN(50) == 0 { // comes back later
					f.Close()
					f = follow(t, h, Following{Tenant: "t", After: b.At})
					continue
				}
				if !b.Rest {
					<-b.More
				}
			}
			f.Close()
		})
	}
	for thing := range things {
		writing.Go(func() {
			for n := 1; n <= rounds; n++ {
				c := changed("t", fmt.Sprint(thing), store.Updated)
				c.Status = vod.IngestStatus(fmt.Sprint(n))
				h.Tell([]store.Change{c})
			}
		})
	}
	writing.Wait()
	reading.Wait()
}

// BenchmarkTell is what the store's writer waits for: a change of one ingest
// among those that are kept.
func BenchmarkTell(b *testing.B) {
	h := New(Config{})
	defer follow(b, h, Following{Tenant: "t"}).Close()
	changes := make([]store.Change, 10_000)
	for i := range changes {
		changes[i] = changed("t", fmt.Sprint(i), store.Updated)
	}
	b.ResetTimer()
	for i := range b.N {
		h.Tell(changes[i%len(changes) : i%len(changes)+1])
	}
}
