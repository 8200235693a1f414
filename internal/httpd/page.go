package httpd

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"
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

// newListPage renders a page. The text is that of an api.IngestList, which a
// test holds it to; to encode that by reflection took as long as to read it.
func newListPage(ingests []vod.Ingest, more bool) (*listPage, error) {
	p := &listPage{text: make([]byte, 0, 128+384*len(ingests))}
	p.text = append(p.text, `{"items":[`...)
	for i, in := range ingests {
		if i > 0 {
			p.text = append(p.text, ',')
		}
		p.appendItem(in)
	}
	p.text = append(p.text, `],"count":`...)
	p.text = strconv.AppendInt(p.text, int64(len(ingests)), 10)
	p.text = append(p.text, `,"cursor":`...)
	cursor := "null"
	if more && len(ingests) > 0 {
		encoded, err := cursorOf(ingests[len(ingests)-1])
		if err != nil {
			return nil, err
		}
		cursor = strconv.Quote(encoded) // Base64 has nothing to escape.
	}
	p.text = append(append(p.text, cursor...), "}\n"...)
	p.etag = etagOf(p.text)
	p.gzip = sync.OnceValue(p.compress)
	return p, nil
}

// appendItem adds an api.IngestItem.
func (p *listPage) appendItem(in vod.Ingest) {
	quoted := func(before, s string) {
		p.text = append(p.text, before...)
		// An error tells of bytes that are no text, and were replaced by U+FFFD.
		p.text, _ = jsontext.AppendQuote(p.text, s)
	}
	quoted(`{"ingestId":`, in.ID)
	quoted(`,"assetId":`, in.AssetID)
	quoted(`,"detailsUrl":`, detailsURL(in.ID))
	quoted(`,"profileName":`, in.ProfileName)
	if in.Error == "" {
		p.text = append(p.text, `,"error":null`...)
	} else {
		quoted(`,"error":`, in.Error)
	}
	p.text = append(p.text, `,"mediaTypes":[`...)
	for i, mediaType := range in.MediaTypes {
		if i > 0 {
			p.text = append(p.text, ',')
		}
		quoted("", mediaType)
	}
	p.text = append(p.text, `],"progress":`...)
	p.text = strconv.AppendInt(p.text, int64(in.Progress), 10)
	p.appendTime(`,"startTime":`, in.Start)
	p.appendTime(`,"endTime":`, in.End)
	quoted(`,"status":`, string(in.Status))
	p.text = append(p.text, `,"elapsedTime":`...)
	if in.End.IsZero() {
		p.gaps = append(p.gaps, gap{len(p.text), in.Start})
	} else {
		p.text = strconv.AppendInt(p.text, elapsed(in.Start, in.End, in.End), 10)
	}
	p.text = append(p.text, '}')
}

// appendTime adds a time, null where it is zero.
func (p *listPage) appendTime(before string, t time.Time) {
	p.text = append(p.text, before...)
	if t.IsZero() {
		p.text = append(p.text, "null"...)
		return
	}
	p.text = t.UTC().AppendFormat(p.text, `"2006-01-02T15:04:05.000Z"`)
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
