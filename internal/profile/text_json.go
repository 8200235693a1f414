package profile

import (
	"bytes"
	"encoding/json"
	"errors"
)

// readJSON reads a JSON text (RFC 8259). Objects with the same key twice are
// refused, which the standard library's decoder would not do.
func (r *reader) readJSON(data []byte) any {
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			before := data[:min(int(syntax.Offset), len(data))]
			r.stop("", "line %d: %v", 1+bytes.Count(before, []byte("\n")), err)
		} else {
			r.stop("", "%v", err)
		}
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	return r.jsonValue(dec, "", 0)
}

func (r *reader) jsonValue(dec *json.Decoder, path string, depth int) any {
	if !r.enter(path, depth) {
		return nil
	}
	token, err := dec.Token()
	if err != nil {
		r.stop(path, "%v", err)
		return nil
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '[' {
			return r.jsonList(dec, path, depth)
		}
		return r.jsonObject(dec, path, depth)
	case json.Number:
		n, ok := number(token.String())
		if !ok {
			r.refuse(path, "the number is too long or too large")
		}
		return n
	case string:
		return r.text(path, token)
	default:
		return token
	}
}

func (r *reader) jsonList(dec *json.Decoder, path string, depth int) any {
	list := []any{}
	for dec.More() && !r.stopped {
		list = append(list, r.jsonValue(dec, index(path, len(list)), depth+1))
	}
	r.jsonEnd(dec, path)
	return list
}

func (r *reader) jsonObject(dec *json.Decoder, path string, depth int) any {
	object := map[string]any{}
	for dec.More() && !r.stopped {
		token, err := dec.Token()
		key, ok := token.(string)
		if err != nil || !ok {
			r.stop(path, "a key is not a string")
			return object
		}
		at := pointer(path, r.text(path, key))
		if _, twice := object[key]; twice {
			r.refuse(at, "the key stands here twice")
		}
		object[key] = r.jsonValue(dec, at, depth+1)
	}
	r.jsonEnd(dec, path)
	return object
}

func (r *reader) jsonEnd(dec *json.Decoder, path string) {
	if r.stopped {
		return
	}
	if _, err := dec.Token(); err != nil {
		r.stop(path, "%v", err)
	}
}
