package httpd

import (
	"context"
	"fmt"
	"io"
	"net/url"

	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// ListProfiles implements api.StrictServerInterface.
func (s *server) ListProfiles(ctx context.Context, _ api.ListProfilesRequestObject) (api.ListProfilesResponseObject, error) {
	versions, err := s.service.ProfileList(ctx, Caller(ctx))
	if err != nil {
		return nil, err
	}
	return api.ListProfiles200JSONResponse{Items: profileItems(versions)}, nil
}

// ListProfileVersions implements api.StrictServerInterface.
func (s *server) ListProfileVersions(ctx context.Context, r api.ListProfileVersionsRequestObject) (api.ListProfileVersionsResponseObject, error) {
	versions, err := s.service.ProfileVersions(ctx, Caller(ctx), r.Name)
	if err != nil {
		return nil, err
	}
	return api.ListProfileVersions200JSONResponse{Items: profileItems(versions)}, nil
}

// GetProfile implements api.StrictServerInterface.
func (s *server) GetProfile(ctx context.Context, r api.GetProfileRequestObject) (api.GetProfileResponseObject, error) {
	if r.Params.VersionID != nil && *r.Params.VersionID < 1 {
		return nil, badParameter("versionId", parameterForm("versionId"))
	}
	v, err := s.service.ProfileGet(ctx, Caller(ctx), r.Name, value(r.Params.VersionID))
	if err != nil {
		return nil, err
	}
	return document{value: api.Profile{Name: v.Name, VersionID: v.VersionID, Document: v.Document}}, nil
}

// PutProfile implements api.StrictServerInterface.
func (s *server) PutProfile(ctx context.Context, r api.PutProfileRequestObject) (api.PutProfileResponseObject, error) {
	data, err := profileText(r)
	if err != nil {
		return nil, err
	}
	if value(r.Params.DryRun) {
		if err := s.service.ProfileValidate(ctx, Caller(ctx), r.Name, data); err != nil {
			return nil, err
		}
		return api.PutProfile200JSONResponse{Name: r.Name, Outcome: api.ProfileAppliedOutcomeValid}, nil
	}
	v, created, err := s.service.ProfilePut(ctx, Caller(ctx), r.Name, data)
	if err != nil {
		return nil, err
	}
	if !created {
		return api.PutProfile200JSONResponse{
			Name: v.Name, VersionID: &v.VersionID, Outcome: api.ProfileAppliedOutcomeUnchanged,
		}, nil
	}
	return api.PutProfile201JSONResponse{
		Body:    api.ProfileApplied{Name: v.Name, VersionID: &v.VersionID, Outcome: api.ProfileAppliedOutcomeCreated},
		Headers: api.PutProfile201ResponseHeaders{Location: profileURL(v)},
	}, nil
}

// profileText is the document as it was sent: YAML as a stream, JSON as text.
func profileText(r api.PutProfileRequestObject) ([]byte, error) {
	if r.JSONBody != nil {
		return *r.JSONBody, nil
	}
	return io.ReadAll(r.Body)
}

// GetProfileSchema implements api.StrictServerInterface.
func (s *server) GetProfileSchema(context.Context, api.GetProfileSchemaRequestObject) (api.GetProfileSchemaResponseObject, error) {
	return document{value: s.service.ProfileSchema()}, nil
}

func profileItems(versions []vod.ProfileVersion) []api.ProfileItem {
	items := []api.ProfileItem{}
	for _, v := range versions {
		items = append(items, api.ProfileItem{Name: v.Name, VersionID: v.VersionID, DetailsURL: profileURL(v)})
	}
	return items
}

func profileURL(v vod.ProfileVersion) string {
	return fmt.Sprintf("/profiles/%s?versionId=%d", url.PathEscape(v.Name), v.VersionID)
}
