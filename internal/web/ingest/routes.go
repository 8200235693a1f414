package ingest

import (
	"context"
	"embed"
	"net/http"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

//go:embed templates/*.html
var files embed.FS

// maxForm is how many bytes a form of the page may have.
const maxForm = 4 << 10

// Service is what the page needs of the use cases.
type Service interface {
	Get(ctx context.Context, by vod.Caller, id string) (vod.Run, error)
	Task(ctx context.Context, by vod.Caller, ingestID, taskID string) (orchestrate.TaskView, error)
	Attempts(ctx context.Context, by vod.Caller, run vod.Run, taskID string) ([]vod.Attempt, error)
	StepsOf(ctx context.Context, by vod.Caller, run vod.Run) ([]orchestrate.StepView, error)
	Cancel(ctx context.Context, by vod.Caller, id string) error
	Retry(ctx context.Context, by vod.Caller, id string) error
	Reschedule(ctx context.Context, by vod.Caller, id string, to orchestrate.Schedule) (orchestrate.Schedule, error)
	Delete(ctx context.Context, by vod.Caller, id string) error
	// Forecasts tells how those that are under way go on, by ingest id.
	Forecasts(ctx context.Context, by vod.Caller, ingests []vod.Ingest) (map[string]orchestrate.Forecast, error)
}

// Document gives what the API answers of a run: the same JSON text.
type Document func(run vod.Run, now time.Time) ([]byte, error)

// pages are the handlers of this package.
type pages struct {
	kit       *page.Kit
	templates *page.Templates
	service   Service
	document  Document
}

// Routes registers the pages.
func Routes(k *page.Kit, s Service, d Document) {
	p := &pages{kit: k, templates: k.Templates(files, nil), service: s, document: d}
	const base = "/ui/{tenant}/ingests/{id}"
	k.Handle("GET "+base, p.show)
	k.Handle("GET "+base+"/now", p.now)
	k.Handle("GET "+base+"/tasks", p.tasks)
	k.Handle("GET "+base+"/tasks/{taskId}", p.task)
	k.Handle("GET "+base+"/raw", p.raw)
	k.Handle("POST "+base+"/cancel", p.change(s.Cancel))
	k.Handle("POST "+base+"/retry", p.change(s.Retry))
	k.Handle("POST "+base+"/schedule", p.schedule)
	k.Handle("POST "+base+"/delete", p.delete)
}

// change does something to the ingest, and shows the page again.
func (p *pages) change(do func(context.Context, vod.Caller, string) error) page.Handler {
	return func(w http.ResponseWriter, r *page.Request) error {
		if err := do(r.Context(), r.Caller, r.PathValue("id")); err != nil {
			return err
		}
		return seeOther(w, r, r.IngestAddress())
	}
}

// schedule sets when the ingest has its turn, and shows the page again.
func (p *pages) schedule(w http.ResponseWriter, r *page.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return vod.Faultf(vod.Invalid, "The form could not be read: %v.", err)
	}
	due, err := page.ParseMoment(r.PostForm.Get("due"))
	if err != nil {
		return err
	}
	to := orchestrate.Schedule{Priority: vod.Priority(r.PostForm.Get("priority")), Due: due}
	if _, err := p.service.Reschedule(r.Context(), r.Caller, r.PathValue("id"), to); err != nil {
		return err
	}
	return seeOther(w, r, r.IngestAddress())
}

// delete removes the ingest, and shows the list.
func (p *pages) delete(w http.ResponseWriter, r *page.Request) error {
	if err := p.service.Delete(r.Context(), r.Caller, r.PathValue("id")); err != nil {
		return err
	}
	return seeOther(w, r, r.Base()+"/ingests")
}

func seeOther(w http.ResponseWriter, r *page.Request, to string) error {
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
	return nil
}
