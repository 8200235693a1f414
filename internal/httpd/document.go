package httpd

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// document answers with the JSON of a value that holds texts of others: stored
// documents, file names, messages. The generated answers would write <, > and
// & of these as escapes.
type document struct {
	value any
	// still is the value with the clock at zero, where the value tells time: the
	// ETag is made of it. nil: the value itself.
	still any
	// stored are documents that take the place of each "input" and "outputs"
	// that is null in the value, in their order: as they are, without the copy
	// and the second look that an encoder would give them. They are most of a
	// detail, and took most of its time.
	stored []json.RawMessage
}

func (d document) write(w http.ResponseWriter) error {
	text, err := d.text()
	if err != nil {
		return err
	}
	header := w.Header()
	if d.still != nil {
		still, err := encode(d.still)
		if err != nil {
			return err
		}
		header.Set("ETag", etagOf(append([][]byte{still}, texts(d.stored)...)...))
	} else {
		header.Set("ETag", etagOf(text))
	}
	header.Set("Content-Type", typeJSON)
	header.Set("Content-Length", strconv.Itoa(len(text)))
	_, err = w.Write(text)
	return err
}

// text is the document itself.
func (d document) text() ([]byte, error) {
	text, err := encode(d.value)
	if err != nil {
		return nil, err
	}
	return filled(text, d.stored)
}

// DetailText is what the API answers of a run, for pages that show the same.
func DetailText(run vod.Run, now time.Time) ([]byte, error) {
	shown := detail(run, now)
	d := document{stored: takeDocuments(&shown)}
	d.value = shown
	return d.text()
}

func encode(value any) ([]byte, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	err := enc.Encode(value)
	return text.Bytes(), err
}

// filled puts documents where the keys input and outputs of a JSON text are
// null. Within strings the quotes of these would be escaped, so that only keys
// are found.
func filled(text []byte, documents []json.RawMessage) ([]byte, error) {
	size := len(text)
	for _, d := range documents {
		size += len(d)
	}
	whole := make([]byte, 0, size)
	for _, d := range documents {
		at, ok := nextNull(text)
		if !ok {
			return nil, errors.New("there are more documents than places for them")
		}
		whole = append(append(whole, text[:at]...), d...)
		text = text[at+len("null"):]
	}
	return append(whole, text...), nil
}

// nextNull is where the next input or outputs that is null stands.
func nextNull(text []byte) (at int, ok bool) {
	const null = `":null`
	for {
		i := bytes.Index(text[at:], []byte(null))
		if i < 0 {
			return 0, false
		}
		key := text[:at+i]
		at += i + len(null)
		if bytes.HasSuffix(key, []byte(`"input`)) || bytes.HasSuffix(key, []byte(`"outputs`)) {
			return at - len("null"), true
		}
	}
}

func texts(documents []json.RawMessage) (list [][]byte) {
	for _, d := range documents {
		list = append(list, d)
	}
	return list
}

// VisitGetIngestResponse implements api.GetIngestResponseObject.
func (d document) VisitGetIngestResponse(w http.ResponseWriter) error { return d.write(w) }

// VisitGetTaskResponse implements api.GetTaskResponseObject.
func (d document) VisitGetTaskResponse(w http.ResponseWriter) error { return d.write(w) }

// VisitGetProfileResponse implements api.GetProfileResponseObject.
func (d document) VisitGetProfileResponse(w http.ResponseWriter) error { return d.write(w) }

// VisitGetProfileSchemaResponse implements api.GetProfileSchemaResponseObject.
func (d document) VisitGetProfileSchemaResponse(w http.ResponseWriter) error { return d.write(w) }
