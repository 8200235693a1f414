package signin

import (
	"net/http"

	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// Routes registers the pages. Without sign-in (nil) they lead on.
func Routes(k *page.Kit, c *Config) {
	templates := k.Templates(Templates, nil)
	show := func(w http.ResponseWriter, r *http.Request, status int, v View) error {
		return templates.Page(w, &page.Request{Request: r}, status, page.Page{
			Title: k.Text("signin.title"), Content: "signin", Styles: []string{"signin.css"}, Data: v,
		})
	}
	for pattern, handle := range Handlers(c, show) {
		k.HandleOpen(pattern, handle)
	}
}
