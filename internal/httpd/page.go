package httpd

import (
	"bytes"
	"encoding/json"
	"net/http"
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
	etag   string
	parts  [][]byte    // one more than there are gaps
	starts []time.Time // of the ingests whose elapsed time fills the gaps
	gzip   func() []byte
}

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
			p.parts, p.starts = append(p.parts, bytes.Clone(text.Bytes())), append(p.starts, in.Start)
			text.Reset()
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
	p.parts = append(p.parts, text.Bytes())
	p.etag = etagOf(p.parts...)
	p.gzip = sync.OnceValue(p.compress)
	return p, nil
}

// size is the memory that the page takes, in bytes, with its compressed form.
func (p *listPage) size() (n int) {
	for _, part := range p.parts {
		n += cap(part) + cap(part)/4
	}
	return n
}

// at is the text of the page at a time.
func (p *listPage) at(now time.Time) []byte {
	if len(p.starts) == 0 {
		return p.parts[0]
	}
	text := make([]byte, 0, p.size())
	for i, start := range p.starts {
		text = append(text, p.parts[i]...)
		text = strconv.AppendInt(text, elapsed(start, time.Time{}, now), 10)
	}
	return append(text, p.parts[len(p.starts)]...)
}

// compress is the text without gaps, compressed.
func (p *listPage) compress() []byte {
	var text bytes.Buffer
	z := gzip.NewWriter(&text)
	_, _ = z.Write(p.parts[0]) // A buffer takes everything.
	_ = z.Close()
	return text.Bytes()
}

// shownPage is a page at a time.
type shownPage struct {
	*listPage
	now time.Time
}

var _ api.ListIngestsResponseObject = shownPage{}

// VisitListIngestsResponse implements api.ListIngestsResponseObject.
func (p shownPage) VisitListIngestsResponse(w http.ResponseWriter) error {
	header := w.Header()
	header.Set("ETag", p.etag)
	header.Set("Content-Type", typeJSON)
	text := p.at(p.now)
	if len(p.starts) == 0 && len(text) >= compressedFrom && takesGzip(w) {
		header.Set("Content-Encoding", "gzip")
		text = p.gzip()
	}
	header.Set("Content-Length", strconv.Itoa(len(text)))
	_, err := w.Write(text)
	return err
}
