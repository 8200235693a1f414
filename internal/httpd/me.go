package httpd

import (
	"context"
	"net/http"

	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
)

// GetMe implements api.StrictServerInterface.
func (s *server) GetMe(ctx context.Context, _ api.GetMeRequestObject) (api.GetMeResponseObject, error) {
	caller := Caller(ctx)
	me := api.Me{
		Subject: caller.Subject, Tenant: textOrNull(caller.Tenant), Tenants: []string{}, Permissions: []string{}, SignIn: s.auth != nil,
	}
	me.Tenants = append(me.Tenants, caller.Tenants...)
	for _, p := range caller.Permissions {
		me.Permissions = append(me.Permissions, string(p))
	}
	return document{value: me}, nil
}

// VisitGetMeResponse implements api.GetMeResponseObject.
func (d document) VisitGetMeResponse(w http.ResponseWriter) error { return d.write(w) }
