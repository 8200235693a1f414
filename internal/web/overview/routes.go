package overview

import (
	"net/http"

	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// Routes registers the page.
func Routes(k *page.Kit, s Service) {
	p := pages{Service: s, Text: k.Text, Now: k.Now}
	templates := k.Templates(files, functions())
	k.Handle("GET /ui/{tenant}/overview", func(w http.ResponseWriter, r *page.Request) error {
		v, err := p.view(r.Context(), r.Caller, r.Base(), r.URL.Query())
		if err != nil {
			return err
		}
		if r.Part() {
			return templates.Part(w, r, "overview-figures", v)
		}
		return templates.Page(w, r, http.StatusOK, page.Page{
			Title: k.Text("overview.title"), Section: "overview", Content: "overview",
			Styles: []string{"overview.css"}, Scripts: []string{"overview.js"}, Data: v,
		})
	})
}
