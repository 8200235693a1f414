package conformance

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// value is a JSON value with the order of its members and numbers as written.
// A nil value is one that is not there; all methods take it.
type value struct {
	kind  jsontext.Kind
	text  string   // of a string, its content; of a number, as written
	names []string // of an object, in order
	of    []*value // of an object, by names; of an array, its elements
}

// parse reads exactly one JSON value (RFC 8259): valid UTF-8, no name twice in
// an object.
func parse(text []byte) (*value, error) {
	d := jsontext.NewDecoder(bytes.NewReader(text))
	v, err := read(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more follows after the JSON value")
	}
	return v, nil
}

// read takes one value; the decoder bounds its depth.
func read(d *jsontext.Decoder) (*value, error) {
	token, err := d.ReadToken()
	if errors.Is(err, io.EOF) {
		return nil, io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, err
	}
	v := &value{kind: token.Kind(), text: token.String()}
	if v.kind != '{' && v.kind != '[' {
		return v, nil
	}
	for d.PeekKind() != '}' && d.PeekKind() != ']' {
		if v.kind == '{' {
			name, err := d.ReadToken()
			if err != nil {
				return nil, err
			}
			v.names = append(v.names, name.String())
		}
		element, err := read(d)
		if err != nil {
			return nil, err
		}
		v.of = append(v.of, element)
	}
	_, err = d.ReadToken()
	return v, err
}

// get is the member of an object, or nil.
func (v *value) get(names ...string) *value {
	for _, name := range names {
		if v == nil || v.kind != '{' {
			return nil
		}
		i := slices.Index(v.names, name)
		if i < 0 {
			return nil
		}
		v = v.of[i]
	}
	return v
}

// list is the elements of an array.
func (v *value) list() []*value {
	if !v.is("array") {
		return nil
	}
	return v.of
}

// str is the content of a string, else "".
func (v *value) str() string {
	if !v.is("string") {
		return ""
	}
	return v.text
}

// whole is a number without fraction and exponent.
func (v *value) whole() (int64, bool) {
	if !v.is("number") {
		return 0, false
	}
	n, err := strconv.ParseInt(v.text, 10, 64)
	return n, err == nil
}

// is tells whether the value is of one of the types, given with | between.
func (v *value) is(types string) bool {
	return slices.Contains(strings.Split(types, "|"), v.typeName())
}

func (v *value) typeName() string {
	if v == nil {
		return "missing"
	}
	switch v.kind {
	case 'n':
		return "null"
	case '"':
		return "string"
	case '0':
		return "number"
	case '{':
		return "object"
	case '[':
		return "array"
	}
	return "boolean"
}

// String is the value as compact JSON.
func (v *value) String() string {
	if v == nil {
		return "nothing"
	}
	var b bytes.Buffer
	v.write(&b)
	return b.String()
}

func (v *value) write(b *bytes.Buffer) {
	switch v.kind {
	case '"':
		quoted, err := jsontext.AppendQuote(nil, v.text)
		if err != nil { // It came out of a decoder that refuses bad UTF-8.
			quoted = []byte(strconv.Quote(v.text))
		}
		b.Write(quoted)
	case '{', '[':
		v.writeAll(b)
	default:
		b.WriteString(v.text)
	}
}

func (v *value) writeAll(b *bytes.Buffer) {
	b.WriteByte(byte(v.kind))
	for i, element := range v.of {
		if i > 0 {
			b.WriteByte(',')
		}
		if v.kind == '{' {
			b.WriteString(strconv.Quote(v.names[i]) + ":")
		}
		element.write(b)
	}
	b.WriteByte(byte(v.kind) + 2) // ASCII: [ ] and { } are two apart.
}

// same tells whether two values are the same sequence of JSON tokens.
func same(a, b *value) bool { return a.String() == b.String() }
