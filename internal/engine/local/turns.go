package local

import (
	"cmp"
	"maps"
)

// turn is what a tenant has of a stage's slots.
type turn struct {
	running int    // its tasks that run now
	served  uint64 // when a task of it was started last, in starts; 0: never
}

// turns tells whose turn it is: that of the tenant that has the fewest tasks
// running, among these that of the one that was served least recently.
type turns struct {
	of     map[string]turn // by tenant
	starts uint64
}

// compare orders the first tasks of two lines: by level, by turn, then first
// come, first served.
func (t *turns) compare(a, b *entry) int {
	one, other := t.of[a.Tenant], t.of[b.Tenant]
	return cmp.Or(cmp.Compare(a.Level, b.Level),
		cmp.Compare(one.running, other.running), cmp.Compare(one.served, other.served), byArrival(a, b))
}

func (t *turns) begin(tenant string) {
	t.starts++
	t.of[tenant] = turn{t.of[tenant].running + 1, t.starts}
}

// end tells that a task ended. When nothing waits, nobody has been passed over,
// and those that have nothing running are forgotten.
func (t *turns) end(tenant string, nothingWaits bool) {
	now := t.of[tenant]
	now.running--
	t.of[tenant] = now
	if nothingWaits {
		maps.DeleteFunc(t.of, func(_ string, is turn) bool { return is.running == 0 })
	}
}

func (t *turns) clone() turns { return turns{maps.Clone(t.of), t.starts} }
