package httpd

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// document answers with the JSON of a value that holds texts of others: stored
// documents, file names, messages. The generated answers would write <, > and
// & of these as escapes.
type document struct {
	value any
	// still is the value with the clock at zero, where the value tells time: the
	// ETag is made of it. nil: the value itself.
	still any
}

func (d document) write(w http.ResponseWriter) error {
	text, err := encode(d.value)
	if err != nil {
		return err
	}
	header := w.Header()
	if d.still != nil {
		still, err := encode(d.still)
		if err != nil {
			return err
		}
		header.Set("ETag", etagOf(still))
	} else {
		header.Set("ETag", etagOf(text))
	}
	header.Set("Content-Type", typeJSON)
	header.Set("Content-Length", strconv.Itoa(len(text)))
	_, err = w.Write(text)
	return err
}

func encode(value any) ([]byte, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	err := enc.Encode(value)
	return text.Bytes(), err
}

// VisitGetIngestResponse implements api.GetIngestResponseObject.
func (d document) VisitGetIngestResponse(w http.ResponseWriter) error { return d.write(w) }

// VisitGetTaskResponse implements api.GetTaskResponseObject.
func (d document) VisitGetTaskResponse(w http.ResponseWriter) error { return d.write(w) }

// VisitGetProfileResponse implements api.GetProfileResponseObject.
func (d document) VisitGetProfileResponse(w http.ResponseWriter) error { return d.write(w) }

// VisitGetProfileSchemaResponse implements api.GetProfileSchemaResponseObject.
func (d document) VisitGetProfileSchemaResponse(w http.ResponseWriter) error { return d.write(w) }
