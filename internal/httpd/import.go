package httpd

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// maxImportRows bounds the memory of an import: a body full of empty documents
// would become hundreds of times its size. One full of real ones has fewer.
const maxImportRows = 100_000

// importRows counts the documents of an import, items of lists too, without
// keeping any. The text is JSON; where it were none, the count ends.
func importRows(text []byte) (rows int) {
	d := jsontext.NewDecoder(bytes.NewBuffer(text))
	count := func() error {
		rows++
		return eachMember(d, func(name string) error {
			if name != "items" || d.PeekKind() != '[' {
				return d.SkipValue()
			}
			return eachElement(d, func() error { rows++; return d.SkipValue() })
		})
	}
	if d.PeekKind() == '[' {
		_ = eachElement(d, count)
	} else {
		_ = count()
	}
	return rows
}

// eachElement reads an array, whose elements each reads.
func eachElement(d *jsontext.Decoder, each func() error) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != ']' {
		if err := each(); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// eachMember reads an object, whose values each reads; anything else it skips.
func eachMember(d *jsontext.Decoder, each func(name string) error) error {
	if d.PeekKind() != '{' {
		return d.SkipValue()
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		if err := each(name.String()); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}
