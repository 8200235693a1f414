package httpd

import (
	"context"
	"net/http"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

const (
	// pagesKept bounds the memory of pages that are kept, in bytes.
	pagesKept = 16 << 20
	// pageOverhead is what a page takes beside its texts, in bytes, at most.
	pageOverhead = 1 << 10
)

// pages keeps pages of lists, the last used of them, for as long as nothing
// changed that they show: a page that was read after a version of its tenant's
// ingests is given out only under the same version. See
// [store.Ingests.IngestVersion] for why it is then what a query would give.
type pages struct {
	mu    sync.Mutex
	lru   *simplelru.LRU[pageKey, keptPage]
	bytes int

	buffers sync.Pool // of *[]byte, for pages with gaps
}

// pageKey is what a page is an answer to: a query as it was written. Nothing
// else of a request changes it. Only queries that were answered are kept, so
// what is found under one is well-formed.
type pageKey struct{ tenant, query string }

type keptPage struct {
	version uint64
	page    *listPage
	size    int
}

func newPages() *pages {
	p := &pages{buffers: sync.Pool{New: func() any { return new([]byte) }}}
	lru, err := simplelru.NewLRU(pagesKept/pageOverhead, func(_ pageKey, old keptPage) { p.bytes -= old.size })
	if err != nil {
		panic(err) // Of a size below 1, which the constant is not.
	}
	p.lru = lru
	return p
}

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
	kept := keptPage{version, page, pageOverhead + len(key.query) + page.size()}
	p.bytes += kept.size
	p.lru.Add(key, kept)
	for p.bytes > pagesKept {
		p.lru.RemoveOldest()
	}
}

// keep is where a page that is read for a request may be kept.
type keep struct {
	key     pageKey
	version uint64
}

type keepKey struct{}

// keptList answers GET /ingests with a page that was kept, or has next read it
// and keep it. The version is asked for first, which checks the caller's
// permission too.
func (s *server) keptList(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		by := Caller(r.Context())
		version, known, err := s.service.ListVersion(by)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if !known || r.ContentLength != 0 { // What to make of a body is decided there.
			next(w, r)
			return
		}
		key := pageKey{by.Tenant, r.URL.RawQuery}
		page := s.pages.get(key, version)
		if page == nil {
			next(w, r.WithContext(context.WithValue(r.Context(), keepKey{}, keep{key, version})))
			return
		}
		// An error is that of a connection that is gone.
		_ = shownPage{page, s.now(), &s.pages.buffers}.VisitListIngestsResponse(w)
	}
}

// keep keeps the page where the request's answer may be kept.
func (p *pages) keep(ctx context.Context, page *listPage) {
	if place, ok := ctx.Value(keepKey{}).(keep); ok {
		p.put(place.key, place.version, page)
	}
}
