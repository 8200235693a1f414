package httpd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	contract "github.com/via-orchestrate/orchestrate/api"
	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// ImportIngests implements api.StrictServerInterface.
func (s *server) ImportIngests(ctx context.Context, r api.ImportIngestsRequestObject) (api.ImportIngestsResponseObject, error) {
	text := bytes.TrimSpace(*r.Body)
	if importRows(text) > maxImportRows {
		return nil, vod.Faultf(vod.TooLarge, "The body has more than %d documents; send them in several imports.", maxImportRows)
	}
	rows, err := s.importDocuments(ctx, text)
	if err != nil {
		return nil, err
	}
	result := api.ImportIngests200JSONResponse{Rows: []api.ImportRow{}}
	for _, row := range rows {
		result.Rows = append(result.Rows, api.ImportRow{
			IngestID: row.IngestID, Outcome: api.ImportRowOutcome(row.Outcome), Problem: textOrNull(row.Problem),
		})
	}
	return result, nil
}

// importDocuments imports one document, or each of an array. In an array, one
// that is refused as a whole becomes a row of its own: those before it stand.
func (s *server) importDocuments(ctx context.Context, text []byte) ([]orchestrate.ImportRow, error) {
	if text[0] != '[' {
		return s.service.Import(ctx, Caller(ctx), text)
	}
	var documents []json.RawMessage
	if err := json.Unmarshal(text, &documents); err != nil {
		return nil, badJSON(err)
	}
	var rows []orchestrate.ImportRow
	for i, document := range documents {
		more, err := s.service.Import(ctx, Caller(ctx), document)
		var fault *vod.Fault
		switch {
		case errors.As(err, &fault):
			more = []orchestrate.ImportRow{{Outcome: "refused", Problem: fmt.Sprintf("Document %d: %s", i+1, fault.Message)}}
		case err != nil:
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// CheckSource implements api.StrictServerInterface.
func (s *server) CheckSource(ctx context.Context, r api.CheckSourceRequestObject) (api.CheckSourceResponseObject, error) {
	same, err := s.service.SameFile(ctx, Caller(ctx), orchestrate.FileCheck{
		Path: r.Body.Path, Size: r.Body.Size, Inode: r.Body.Inode, Dev: r.Body.Dev, MTime: r.Body.MTime.Time,
	})
	if err != nil {
		return nil, err
	}
	return api.CheckSource200JSONResponse{Same: same}, nil
}

// GetHealth implements api.StrictServerInterface.
func (s *server) GetHealth(context.Context, api.GetHealthRequestObject) (api.GetHealthResponseObject, error) {
	return api.GetHealth200JSONResponse{Status: "ok"}, nil
}

// GetReadiness implements api.StrictServerInterface.
func (s *server) GetReadiness(ctx context.Context, _ api.GetReadinessRequestObject) (api.GetReadinessResponseObject, error) {
	if err := s.service.Ready(ctx); err != nil {
		s.log.WarnContext(ctx, "not ready", "error", err)
		if vod.CodeOf(err) == vod.Unavailable {
			return nil, err
		}
		return nil, vod.Faultf(vod.Unavailable, "The server cannot take work now. Its log tells why.")
	}
	return api.GetReadiness200JSONResponse{Status: "ok"}, nil
}

// GetOpenAPI implements api.StrictServerInterface.
func (s *server) GetOpenAPI(context.Context, api.GetOpenAPIRequestObject) (api.GetOpenAPIResponseObject, error) {
	text := contract.Document()
	return api.GetOpenAPI200ApplicationYamlResponse{Body: bytes.NewReader(text), ContentLength: int64(len(text))}, nil
}
