package httpd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	maxBody   = 1 << 20  // bytes
	maxImport = 32 << 20 // bytes
	// bodyPatience is how long a body may take to arrive: a connection that
	// sends nothing is not held for ever.
	bodyPatience = 2 * time.Minute

	typeJSON = "application/json"
	typeYAML = "application/yaml" // RFC 9512
)

// bodyRule says what a route takes as its body. The zero value: none, and what
// comes nevertheless is not read.
type bodyRule struct {
	limit int64
	yaml  bool       // YAML is taken beside JSON
	typed func() any // what a JSON text must fit, key by key
}

// bodyRules gives the rule of every route with a body.
func bodyRules() map[string]bodyRule {
	text := func() any { return new(jsontext.Value) }
	return map[string]bodyRule{
		"POST /ingests":                    {limit: maxBody, typed: func() any { return new(api.Submission) }},
		"PUT /ingests/{ingestId}/schedule": {limit: maxBody, typed: func() any { return new(api.ScheduleChange) }},
		"PUT /assets/{assetId}/playback":   {limit: maxBody, typed: func() any { return new(api.PlaybackSelection) }},
		"PUT /profiles/{name}":             {limit: maxBody, yaml: true, typed: text},
		"POST /imports":                    {limit: maxImport, typed: text},
		"POST /sources/check":              {limit: maxBody, typed: func() any { return new(api.FileCheck) }},
	}
}

// read checks the body and gives the request with it, ready for the generated
// binding, which would take unknown and repeated keys and whatever follows.
// place is what the body takes until the request is answered.
func (b bodyRule) read(w http.ResponseWriter, r *http.Request, place *bodyPlace) (*http.Request, error) {
	if b.limit == 0 {
		return r, nil
	}
	if r.ContentLength == 0 {
		return nil, vod.Faultf(vod.Invalid, "The request needs a body.")
	}
	mediaType, err := b.mediaType(r)
	if err != nil {
		return nil, err
	}
	data, err := b.readAll(w, r, place)
	if err != nil {
		return nil, err
	}
	if mediaType == typeJSON {
		if err := json.Unmarshal(data, b.typed(), json.RejectUnknownMembers(true)); err != nil {
			return nil, badJSON(err)
		}
	}
	checked := r.Clone(r.Context())
	checked.Header.Set("Content-Type", mediaType)
	checked.Body, checked.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
	return checked, nil
}

// mediaType gives the body's type as the generated binding knows it.
func (b bodyRule) mediaType(r *http.Request) (string, error) {
	if coding := r.Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return "", vod.Faultf(vod.Unsupported, "The body must come without Content-Encoding.")
	}
	switch givenType(r) {
	case typeJSON:
		return typeJSON, nil
	case typeYAML, "application/x-yaml", "text/yaml", "text/x-yaml":
		if b.yaml {
			return typeYAML, nil
		}
	}
	wanted := typeJSON
	if b.yaml {
		wanted += " or " + typeYAML
	}
	return "", vod.Faultf(vod.Unsupported, "The body's Content-Type must be %s.", wanted)
}

// givenType is the one media type of the body; what cannot be parsed, or stands
// beside another one, is none.
func givenType(r *http.Request) string {
	given := r.Header.Values("Content-Type")
	if len(given) != 1 {
		return ""
	}
	mediaType, _, err := mime.ParseMediaType(given[0])
	if err != nil {
		return "" // The library gives the type beside broken parameters too.
	}
	return mediaType
}

// readAll reads the body. What makes it a large one must have arrived before
// it takes a place that others may wait for.
func (b bodyRule) readAll(w http.ResponseWriter, r *http.Request, place *bodyPlace) ([]byte, error) {
	tooLarge := vod.Faultf(vod.TooLarge, "The body is larger than %d MiB.", b.limit>>20)
	size := b.limit
	if r.ContentLength >= 0 {
		size = r.ContentLength
	}
	if size > b.limit {
		return nil, tooLarge
	}
	conn := http.NewResponseController(w)
	// A writer without deadlines (a test's recorder) has no connection to hold.
	_ = conn.SetReadDeadline(time.Now().Add(bodyPatience))
	defer func() { _ = conn.SetReadDeadline(time.Time{}) }()
	body := http.MaxBytesReader(w, r.Body, b.limit)
	var data bytes.Buffer
	_, err := io.CopyN(&data, body, smallBody)
	if err == nil && size > smallBody {
		if err := place.take(r, size); err != nil {
			w.Header().Set("Retry-After", strconv.Itoa(int(roomPatience.Seconds())))
			return nil, err
		}
		if r.ContentLength >= 0 {
			data.Grow(int(size) - data.Len() + bytes.MinRead) // ReadFrom wants that much beside what comes.
		}
		_, err = data.ReadFrom(body)
	}
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return nil, tooLarge
	case err != nil && !errors.Is(err, io.EOF):
		return nil, vod.Faultf(vod.Invalid, "The body did not arrive whole.")
	case data.Len() == 0:
		return nil, vod.Faultf(vod.Invalid, "The request needs a body.")
	}
	return data.Bytes(), nil
}

// badJSON names the place of what is wrong with a JSON body.
func badJSON(err error) *vod.Fault {
	var syntax *jsontext.SyntacticError
	var semantic *json.SemanticError
	switch {
	case errors.As(err, &syntax) && errors.Is(syntax.Err, jsontext.ErrDuplicateName):
		return badKey(string(syntax.JSONPointer), "is given twice")
	case errors.As(err, &syntax):
		return vod.Faultf(vod.Invalid, "The body is not JSON from byte %d on.", syntax.ByteOffset)
	case errors.As(err, &semantic) && errors.Is(semantic.Err, json.ErrUnknownName):
		return badKey(string(semantic.JSONPointer), "is not known here")
	case errors.As(err, &semantic):
		return badKey(string(semantic.JSONPointer), "has a value of the wrong type or form")
	}
	return vod.Faultf(vod.Invalid, "The body is not JSON.")
}

// badKey refuses a key of the body by its JSON pointer (RFC 6901).
func badKey(pointer, message string) *vod.Fault {
	pointer = shown(pointer)
	detail := fmt.Sprintf("The key %s %s.", pointer, message)
	if pointer == "" {
		detail = fmt.Sprintf("The body %s.", message)
	}
	return &vod.Fault{Code: vod.Invalid, Message: detail, Problems: []vod.FieldProblem{{Path: pointer, Message: message}}}
}
