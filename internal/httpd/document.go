package httpd

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// document answers with the JSON of a value that holds texts of others: stored
// documents, file names, messages. The generated answers would write <, > and
// & of these as escapes.
type document struct{ value any }

func (d document) write(w http.ResponseWriter) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(d.value); err != nil {
		return err
	}
	w.Header().Set("Content-Type", typeJSON)
	_, err := text.WriteTo(w)
	return err
}

// VisitListIngestsResponse implements api.ListIngestsResponseObject.
func (d document) VisitListIngestsResponse(w http.ResponseWriter) error { return d.write(w) }

// VisitGetIngestResponse implements api.GetIngestResponseObject.
func (d document) VisitGetIngestResponse(w http.ResponseWriter) error { return d.write(w) }

// VisitGetTaskResponse implements api.GetTaskResponseObject.
func (d document) VisitGetTaskResponse(w http.ResponseWriter) error { return d.write(w) }

// VisitGetProfileResponse implements api.GetProfileResponseObject.
func (d document) VisitGetProfileResponse(w http.ResponseWriter) error { return d.write(w) }

// VisitGetProfileSchemaResponse implements api.GetProfileSchemaResponseObject.
func (d document) VisitGetProfileSchemaResponse(w http.ResponseWriter) error { return d.write(w) }
