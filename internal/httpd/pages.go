package httpd

import (
	"strings"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/via-orchestrate/orchestrate/internal/store"
)

// pagesKept bounds the memory of pages that are kept, in bytes.
const pagesKept = 16 << 20

// pages keeps pages of lists, the last used of them, for as long as nothing
// changed that they show: a page that was read after a version of its tenant's
// ingests is given out only under the same version. See
// [store.Ingests.IngestVersion] for why it is then what a query would give.
// The version is asked for by each request, after its caller's permission was
// checked.
type pages struct {
	mu    sync.Mutex
	lru   *simplelru.LRU[pageKey, keptPage]
	bytes int
}

type keptPage struct {
	version uint64
	page    *listPage
}

// pageKey tells pages apart: a filter, as values that can be compared.
type pageKey struct {
	tenant, assetID, ingestID, profileName, statuses, afterID string
	from, to, afterStart                                      int64
	limit                                                     int
}

func keyOf(tenant string, f store.IngestFilter) pageKey {
	k := pageKey{
		tenant: tenant, assetID: f.AssetID, ingestID: f.IngestID, profileName: f.ProfileName,
		from: f.From.UnixMilli(), to: f.To.UnixMilli(), limit: f.Limit,
	}
	var statuses strings.Builder
	for _, status := range f.Statuses {
		statuses.WriteString(string(status) + ",")
	}
	k.statuses = statuses.String()
	if f.After != nil {
		k.afterStart, k.afterID = f.After.Start.UnixMilli(), f.After.ID
	}
	return k
}

func newPages() *pages {
	p := &pages{}
	lru, err := simplelru.NewLRU(pagesKept/pageOverhead, func(_ pageKey, old keptPage) { p.bytes -= old.size() })
	if err != nil {
		panic(err) // Of a size below 1, which the constant is not.
	}
	p.lru = lru
	return p
}

// pageOverhead is what a page takes beside its text, in bytes, at most.
const pageOverhead = 1 << 10

func (k keptPage) size() int { return pageOverhead + k.page.size() }

// get gives the page that was kept under the version, or nil.
func (p *pages) get(key pageKey, version uint64) *listPage {
	p.mu.Lock()
	defer p.mu.Unlock()
	if kept, ok := p.lru.Get(key); ok && kept.version == version {
		return kept.page
	}
	return nil
}

// put keeps a page that was read after the version, unless there is a later one.
func (p *pages) put(key pageKey, version uint64, page *listPage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if there, ok := p.lru.Peek(key); ok {
		if there.version > version {
			return
		}
		p.lru.Remove(key)
	}
	kept := keptPage{version, page}
	p.bytes += kept.size()
	p.lru.Add(key, kept)
	for p.bytes > pagesKept {
		p.lru.RemoveOldest()
	}
}
