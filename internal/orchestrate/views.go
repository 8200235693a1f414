package orchestrate

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// The longest view, in characters.
const (
	maxViewName  = 80
	maxViewQuery = 2000
)

// ViewPut saves what the caller selects of ingests under a name, for itself; it
// replaces what it has saved under that name.
func (s *Service) ViewPut(ctx context.Context, by vod.Caller, name, query string) error {
	if err := by.Require(vod.ReadIngests); err != nil {
		return err
	}
	name = strings.TrimSpace(name)
	switch n := utf8.RuneCountInString(name); {
	case n < 1 || n > maxViewName || !viewText(name):
		return vod.Faultf(vod.Invalid, "A view needs a name of 1 to %d characters, none of them a control character.", maxViewName)
	case utf8.RuneCountInString(query) > maxViewQuery || !viewText(query):
		return vod.Faultf(vod.Invalid, "A view's filter may have at most %d characters.", maxViewQuery)
	}
	return s.Store.ViewPut(ctx, vod.View{Tenant: by.Tenant, Subject: by.Subject, Name: name, Query: query})
}

func viewText(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// ViewList gives what the caller has saved, by name.
func (s *Service) ViewList(ctx context.Context, by vod.Caller) ([]vod.View, error) {
	if err := by.Require(vod.ReadIngests); err != nil {
		return nil, err
	}
	return s.Store.ViewList(ctx, by.Tenant, by.Subject)
}

// ViewDelete deletes what the caller has saved under a name.
func (s *Service) ViewDelete(ctx context.Context, by vod.Caller, name string) error {
	if err := by.Require(vod.ReadIngests); err != nil {
		return err
	}
	return s.Store.ViewDelete(ctx, by.Tenant, by.Subject, name)
}
