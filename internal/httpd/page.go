package httpd

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// listPage is an answer of GET /ingests: its text with gaps where the clock
// stands, the elapsedTime of unfinished ingests. It may be given out again and
// again, and is never changed.
type listPage struct {
	etag string // of the text with its gaps
	text []byte
	gaps []gap
	gzip func() []byte
}

// gap is a place of a text, and the start of the ingest whose elapsed time
// stands there.
type gap struct {
	at    int
	start time.Time
}

// gapSize is the longest that fills a gap, in bytes.
const gapSize = len("-9223372036854775808")

// newListPage renders a page. The text is that of an api.IngestList.
func newListPage(ingests []vod.Ingest, more bool) (*listPage, error) {
	p := &listPage{}
	text := bytes.NewBuffer(make([]byte, 0, 64+400*len(ingests)))
	enc := json.NewEncoder(text)
	enc.SetEscapeHTML(false)
	text.WriteString(`{"items":[`)
	for i, in := range ingests {
		if i > 0 {
			text.WriteByte(',')
		}
		if err := enc.Encode(item(in, in.Start)); err != nil {
			return nil, err
		}
		text.Truncate(text.Len() - 1) // Encode ends with a line break.
		if in.End.IsZero() {
			text.Truncate(text.Len() - len("0}")) // elapsedTime is the last key.
			p.gaps = append(p.gaps, gap{text.Len(), in.Start})
			text.WriteByte('}')
		}
	}
	text.WriteString(`],"count":` + strconv.Itoa(len(ingests)) + `,"cursor":`)
	cursor := "null"
	if more && len(ingests) > 0 {
		encoded, err := cursorOf(ingests[len(ingests)-1])
		if err != nil {
			return nil, err
		}
		cursor = strconv.Quote(encoded) // Base64 has nothing to escape.
	}
	text.WriteString(cursor + "}\n")
	p.text = text.Bytes()
	p.etag = etagOf(p.text)
	p.gzip = sync.OnceValue(p.compress)
	return p, nil
}

// size is the memory that the page takes, in bytes, with its compressed form.
func (p *listPage) size() int { return cap(p.text) + cap(p.text)/4 }

// at appends the text of the page at a time to another one.
func (p *listPage) at(now time.Time, to []byte) []byte {
	to = slices.Grow(to, len(p.text)+gapSize*len(p.gaps))
	from := 0
	for _, g := range p.gaps {
		to = append(to, p.text[from:g.at]...)
		to = strconv.AppendInt(to, elapsed(g.start, time.Time{}, now), 10)
		from = g.at
	}
	return append(to, p.text[from:]...)
}

// compress is the text of a page without gaps, compressed.
func (p *listPage) compress() []byte {
	var text bytes.Buffer
	z := gzip.NewWriter(&text)
	_, _ = z.Write(p.text) // A buffer takes everything.
	_ = z.Close()
	return text.Bytes()
}

// shownPage is a page at a time.
type shownPage struct {
	*listPage
	now     time.Time
	buffers *sync.Pool // of *[]byte
}

var _ api.ListIngestsResponseObject = shownPage{}

// VisitListIngestsResponse implements api.ListIngestsResponseObject.
func (p shownPage) VisitListIngestsResponse(w http.ResponseWriter) error {
	header := w.Header()
	header.Set("ETag", p.etag)
	header.Set("Content-Type", typeJSON)
	if len(p.gaps) > 0 {
		buffer := p.buffers.Get().(*[]byte) //nolint:errcheck,forcetypeassert // There is nothing else in the pool.
		defer p.buffers.Put(buffer)
		*buffer = p.at(p.now, (*buffer)[:0])
		return p.write(w, *buffer)
	}
	if len(p.text) >= compressedFrom && takesGzip(w) {
		header.Set("Content-Encoding", "gzip")
		return p.write(w, p.gzip())
	}
	return p.write(w, p.text)
}

func (p shownPage) write(w http.ResponseWriter, text []byte) error {
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	_, err := w.Write(text)
	return err
}
