package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"

	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// maxShown is how much of the JSON a page shows, in bytes; the file has all.
const maxShown = 1 << 20

// rawView is the JSON of an ingest.
type rawView struct {
	Address string // of the ingest's page
	ID      string
	Text    string // empty: there is too much of it
	Size    int64
}

// raw answers with the document that the API gives of the ingest, indented:
// within a page, or with ?as=file as a file.
func (p *pages) raw(w http.ResponseWriter, r *page.Request) error {
	run, err := p.service.Get(r.Context(), r.Caller, r.PathValue("id"))
	if err != nil {
		return err
	}
	text, err := p.document(run, p.kit.Now())
	if err != nil {
		return fmt.Errorf("document of ingest %s: %w", run.Ingest.ID, err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", "  "); err != nil {
		return fmt.Errorf("document of ingest %s: %w", run.Ingest.ID, err)
	}
	if r.URL.Query().Get("as") == "file" {
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "ingest-" + run.Ingest.ID + ".json"}))
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		_, _ = b.WriteTo(w) // the browser has gone
		return nil
	}
	v := rawView{Address: r.IngestAddress(), ID: run.Ingest.ID, Size: int64(b.Len())}
	if b.Len() <= maxShown {
		v.Text = b.String()
	}
	return p.templates.Page(w, r, http.StatusOK, page.Page{
		Title: p.kit.Text("ingest.raw.title", run.Ingest.AssetID), Section: "ingests", Content: "ingest-raw",
		Styles: []string{"ingest.css"}, Events: "ingestId=" + url.QueryEscape(run.Ingest.ID), Data: v,
	})
}
