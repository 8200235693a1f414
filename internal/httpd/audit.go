package httpd

import (
	"context"
	"net/http"
	"strconv"

	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// ListAudit implements api.StrictServerInterface.
func (s *server) ListAudit(ctx context.Context, r api.ListAuditRequestObject) (api.ListAuditResponseObject, error) {
	filter, err := auditFilterOf(r.Params)
	if err != nil {
		return nil, err
	}
	page, more, err := s.service.AuditList(ctx, Caller(ctx), filter)
	if err != nil {
		return nil, err
	}
	list := api.AuditList{Items: []api.AuditEntry{}, Count: len(page)}
	for _, e := range page {
		list.Items = append(list.Items, api.AuditEntry{
			Time: api.Timestamp{Time: e.Time}, Subject: e.Subject, From: e.From,
			Action: api.AuditAction(e.Action), Target: e.Target, AssetID: textOrNull(e.AssetID),
		})
	}
	if more && len(page) > 0 {
		cursor := strconv.FormatInt(page[len(page)-1].ID, 10)
		list.Cursor = &cursor
	}
	return document{value: list}, nil
}

// VisitListAuditResponse implements api.ListAuditResponseObject.
func (d document) VisitListAuditResponse(w http.ResponseWriter) error { return d.write(w) }

func auditFilterOf(p api.ListAuditParams) (f store.AuditFilter, err error) {
	f = store.AuditFilter{
		Subject: value(p.Subject), Action: vod.Action(value(p.Action)), Target: value(p.Target), AssetID: value(p.AssetID),
	}
	if f.Action != "" && !api.AuditAction(f.Action).Valid() {
		return f, badParameter("action", "is none that there is")
	}
	if f.Limit, err = parseLimit(p.Limit); err != nil {
		return f, err
	}
	if f.From, err = parseMoment("fromDate", p.FromDate); err != nil {
		return f, err
	}
	if f.To, err = parseMoment("toDate", p.ToDate); err != nil {
		return f, err
	}
	if p.Cursor != nil {
		if f.After, err = strconv.ParseInt(*p.Cursor, 10, 64); err != nil || f.After < 1 {
			return f, badCursor()
		}
	}
	return f, nil
}

// parseLimit reads how many rows a page may have.
func parseLimit(limit *int) (int, error) {
	switch {
	case limit == nil:
		return defaultLimit, nil
	case *limit < 1 || *limit > maxLimit:
		return 0, badParameter("limit", parameterForm("limit"))
	}
	return *limit, nil
}
