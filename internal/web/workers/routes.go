package workers

import (
	"context"
	"embed"
	"net/http"

	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

//go:embed templates/*.html
var files embed.FS

// Service is what the page needs of the use cases.
type Service interface {
	// Workers gives the processes that run tasks, by host, then id.
	Workers(ctx context.Context, by vod.Caller) ([]vod.Worker, error)
}

// row is a worker with its stages in their order.
type row struct {
	vod.Worker
	Stages []stage
}

type stage struct {
	Name  vod.Stage
	Slots int
}

// Routes registers the page.
func Routes(k *page.Kit, s Service) {
	templates := k.Templates(files, nil)
	k.Handle("GET /ui/{tenant}/workers", func(w http.ResponseWriter, r *page.Request) error {
		workers, err := s.Workers(r.Context(), r.Caller)
		if err != nil {
			return err
		}
		if r.Part() {
			return templates.Part(w, r, "workers-list", rows(workers))
		}
		return templates.Page(w, r, http.StatusOK, page.Page{
			Title: k.Text("workers.title"), Section: "workers", Content: "workers", Data: rows(workers),
		})
	})
}

func rows(workers []vod.Worker) []row {
	list := make([]row, len(workers))
	for i, w := range workers {
		list[i].Worker = w
		for _, name := range vod.Stages() {
			if n := w.Slots[name]; n > 0 {
				list[i].Stages = append(list[i].Stages, stage{name, n})
			}
		}
	}
	return list
}
