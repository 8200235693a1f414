package overview

import (
	"context"
	"embed"
	"html/template"
	"net/url"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/statistics"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

//go:embed templates/*.html
var files embed.FS

// Service is what the page needs of the use cases.
type Service interface {
	// Statistics tells what the caller's ingests came to in a range. A range that
	// is none is a [vod.Fault], Invalid.
	Statistics(ctx context.Context, by vod.Caller, q statistics.Query) (statistics.Report, error)
}

// pages makes views of the overview.
type pages struct {
	Service Service
	Text    func(key string, args ...any) string
	Now     func() time.Time
}

// functions are those of this page's templates.
func functions() template.FuncMap {
	return template.FuncMap{"lasting": lasting, "number": number}
}

// view makes the view for a query of the address; base is the address of the
// tenant's pages, such as /ui/acme.
func (p pages) view(ctx context.Context, by vod.Caller, base string, query url.Values) (view, error) {
	c, err := choiceOf(query)
	if err != nil {
		return view{}, err
	}
	r, err := p.Service.Statistics(ctx, by, c.query(p.Now()))
	if err != nil {
		return view{}, err
	}
	return viewOf(base, c, r, p.Text), nil
}
