package auth

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// wellFormed tells whether a text is a JWS in compact form whose header and
// claims are JSON objects that every reader takes for the same: UTF-8, and no
// name twice in an object (RFC 7515 section 4, RFC 7519 section 4).
func wellFormed(text string) bool {
	if strings.ContainsAny(text, "\r\n") { // The decoder would skip them.
		return false
	}
	header, rest, _ := strings.Cut(text, ".")
	claims, signature, ok := strings.Cut(rest, ".")
	if !ok || signature == "" {
		return false
	}
	for _, part := range []string{header, claims} {
		data, err := base64.RawURLEncoding.Strict().DecodeString(part)
		if err != nil || !utf8.Valid(data) || !uniqueNames(data) {
			return false
		}
	}
	return true
}

// uniqueNames tells whether data is one JSON object, without a name that stands
// twice in it or in an object within.
func uniqueNames(data []byte) bool {
	if data = bytes.TrimLeft(data, " \t\r\n"); len(data) == 0 || data[0] != '{' {
		return false
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	type scope struct {
		names map[string]bool // nil: an array
		name  bool            // the next token is a name
	}
	var open []*scope
	for {
		token, err := decoder.Token()
		if err != nil {
			return errors.Is(err, io.EOF) && len(open) == 0
		}
		var in *scope
		if len(open) > 0 {
			in = open[len(open)-1]
		}
		switch text, isText := token.(string); {
		case token == json.Delim('}') || token == json.Delim(']'):
			open = open[:len(open)-1]
			continue
		case in != nil && in.name && isText:
			if in.names[text] {
				return false
			}
			in.names[text], in.name = true, false
			continue
		case in != nil && in.names != nil:
			in.name = true // After this value.
		}
		switch token {
		case json.Delim('{'):
			open = append(open, &scope{names: map[string]bool{}, name: true})
		case json.Delim('['):
			open = append(open, &scope{})
		}
	}
}
