package sqlstore

import (
	"bytes"
	"cmp"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Column binds one column to one field of a domain type: it reads the field
// for a statement and fills it from a row. Values of equal fields are equal
// under ==, which is how a change finds what differs.
type Column interface {
	Value() (driver.Value, error)
	Scan(value any) error
}

// text is a string that is never NULL.
type text[T ~string] struct{ field *T }

func (c text[T]) Value() (driver.Value, error) { return string(*c.field), nil }

func (c text[T]) Scan(value any) error {
	s, ok := value.(string)
	if !ok {
		return mismatch(value, "text")
	}
	*c.field = T(s)
	return nil
}

// said is a text that programs and sources have a part in. What a database may
// not keep of it is replaced: how work ended must be written whatever was said.
type said struct{ field *string }

func (c said) Value() (driver.Value, error) {
	return Clean(*c.field), nil
}

func (c said) Scan(value any) error { return text[string](c).Scan(value) }

// priority is a text of which the empty one is [vod.Normal].
type priority struct{ field *vod.Priority }

func (c priority) Value() (driver.Value, error) { return string(cmp.Or(*c.field, vod.Normal)), nil }

func (c priority) Scan(value any) error { return text[vod.Priority](c).Scan(value) }

// number is an integer that is never NULL.
type number[T int | int64] struct{ field *T }

func (c number[T]) Value() (driver.Value, error) { return int64(*c.field), nil }

func (c number[T]) Scan(value any) error {
	n, ok := value.(int64)
	if !ok {
		return mismatch(value, "integer")
	}
	*c.field = T(n)
	return nil
}

// real is a floating point number that is never NULL.
type real struct{ field *float64 }

func (c real) Value() (driver.Value, error) { return *c.field, nil }

func (c real) Scan(value any) error {
	f, ok := value.(float64)
	if !ok {
		return mismatch(value, "real")
	}
	*c.field = f
	return nil
}

// flag is 0 or 1.
type flag struct{ field *bool }

func (c flag) Value() (driver.Value, error) {
	if *c.field {
		return int64(1), nil
	}
	return int64(0), nil
}

func (c flag) Scan(value any) error {
	n, ok := value.(int64)
	if !ok {
		return mismatch(value, "integer")
	}
	*c.field = n == 1
	return nil
}

// instant is a time in milliseconds that is never NULL.
type instant struct{ field *time.Time }

func (c instant) Value() (driver.Value, error) { return c.field.UnixMilli(), nil }

func (c instant) Scan(value any) error {
	n, ok := value.(int64)
	if !ok {
		return mismatch(value, "integer")
	}
	*c.field = time.UnixMilli(n).UTC()
	return nil
}

// maybe is a time in milliseconds; NULL is the zero time.
type maybe struct{ field *time.Time }

func (c maybe) Value() (driver.Value, error) {
	if c.field.IsZero() {
		return nil, nil
	}
	return c.field.UnixMilli(), nil
}

func (c maybe) Scan(value any) error {
	if value == nil {
		*c.field = time.Time{}
		return nil
	}
	return instant(c).Scan(value)
}

// document is JSON text kept as it came; NULL is none.
type document struct{ field *json.RawMessage }

func (c document) Value() (driver.Value, error) {
	if len(*c.field) == 0 {
		return nil, nil
	}
	return string(*c.field), nil
}

func (c document) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*c.field = nil
	case string:
		*c.field = json.RawMessage(v)
	default:
		return mismatch(value, "text")
	}
	return nil
}

// encoded is a value of ours kept as JSON; NULL is a nil slice, map or pointer.
type encoded[T any] struct{ field *T }

func (c encoded[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(*c.field)
	if err != nil {
		return nil, fmt.Errorf("encode a column: %w", err)
	}
	if bytes.Equal(b, []byte("null")) {
		return nil, nil
	}
	return string(b), nil
}

func (c encoded[T]) Scan(value any) error {
	var none T
	*c.field = none
	switch v := value.(type) {
	case nil:
		return nil
	case string:
		return json.Unmarshal([]byte(v), c.field)
	}
	return mismatch(value, "text")
}

func mismatch(value any, want string) error {
	return fmt.Errorf("the column holds %T, not %s", value, want)
}

// Text binds a string that is never NULL, for an adapter's own queries.
func Text[T ~string](field *T) Column { return text[T]{field} }

// Number binds an integer that is never NULL.
func Number[T int | int64](field *T) Column { return number[T]{field} }

// Values reads all columns.
func Values(columns []Column) ([]any, error) {
	all := make([]any, len(columns))
	for i, c := range columns {
		v, err := c.Value()
		if err != nil {
			return nil, err
		}
		all[i] = v
	}
	return all, nil
}
